package people

import "strings"

// botOf recognises robots by name and address and returns the robot's one name.
//
// QUIRK: people answer from a robot's address (lkp@intel.com) and robots borrow the address of the person
// who runs them ("kernel test robot <oliver.example@intel.com>"): a name decides before an address, and
// an address makes a robot only when its name does not look like a person's.
func botOf(name, addr string) (bot, why string) {
	n := lower(strings.TrimSpace(name))
	local, domain, _ := strings.Cut(addr, "@")
	if bot, why = botByName(n, name); bot != "" {
		return bot, why
	}
	personal := strings.Contains(n, " ") // "Jo Doe <lkp@intel.com>" is Jo Doe at work
	return botByAddr(addr, local, domain, personal)
}

// botByName looks at a name; n is the name in lower case.
func botByName(n, name string) (bot, why string) {
	if !strings.Contains(n, "bot") && !strings.Contains(n, "ci") && !strings.Contains(n, "kernel") && !strings.Contains(n, "test") &&
		!strings.Contains(n, "jenkins") && !strings.Contains(n, "bug") && !strings.Contains(n, "auto") && !strings.Contains(n, "sashiko") &&
		!strings.Contains(n, "syz") && !strings.Contains(n, "patchew") && !strings.Contains(n, "mail") && !strings.Contains(n, "cki") {
		return "", "" // nearly everybody
	}
	for _, b := range [...]struct{ in, bot string }{
		{"kernel test robot", "kernel test robot"},
		{"kbuild test robot", "kernel test robot"},
		{"test robot", "kernel test robot"},
		{"0day robot", "kernel test robot"},
		{"syzbot", "syzbot"},
		{"syzkaller", "syzbot"},
		{"tip-bot", "tip-bot2"},
		{"patchwork-bot", "patchwork-bot"},
		{"pr-tracker-bot", "pr-tracker-bot"},
		{"kernelci", "KernelCI"},
		{"cki project", "CKI"},
		{"sashiko", "Sashiko"},
		{"bugbot", "bugbot"},
		{"bugzilla", "bugzilla"},
		{"regzbot", "regzbot"},
		{"linux kernel functional testing", "LKFT"},
		{"dependabot", "dependabot"},
		{"patchew", "patchew"},
		{"mail delivery", "mailer-daemon"},
	} {
		if strings.Contains(n, b.in) {
			return b.bot, "robot by name: " + b.in
		}
	}
	words := strings.FieldsFunc(n, func(r rune) bool {
		return r == ' ' || r == '-' || r == '_' || r == '.' || r == '+' || r == '[' || r == ']'
	})
	for i, w := range words {
		switch w {
		case "bot", "robot", "buildbot", "autobuilder":
			return strings.TrimSpace(name), "robot by name: " + w
		case "ci":
			// "Media CI", not "Ci Lu": a person's name has it in front.
			if i > 0 && i == len(words)-1 {
				return strings.TrimSpace(name), "robot by name: " + w
			}
		case "jenkins":
			if len(words) == 1 || i > 0 && words[0] == "ci" {
				return "jenkins", "robot by name: " + w
			}
		}
	}
	return "", ""
}

// botByAddr looks at an address. personal says that a person's name stands before it.
func botByAddr(addr, local, domain string, personal bool) (bot, why string) {
	base, plus, _ := strings.Cut(local, "+")
	for _, b := range [...]struct{ local, bot string }{
		{"tip-bot2", "tip-bot2"},
		{"tipbot", "tip-bot2"},
		{"tip-bot", "tip-bot2"},
		{"patchwork-bot", "patchwork-bot"},
		{"pr-tracker-bot", "pr-tracker-bot"},
		{"syzbot", "syzbot"},
		{"sashiko-bot", "Sashiko"},
		{"sashiko-reviews", "Sashiko"},
		{"bugzilla-daemon", "bugzilla"},
		{"mailer-daemon", "mailer-daemon"},
		{"postmaster", "mailer-daemon"},
	} {
		if base == b.local {
			return b.bot, "robot by address: " + addr
		}
	}
	if personal {
		return "", ""
	}
	switch {
	case addr == "lkp@intel.com":
		return "kernel test robot", "robot by address: " + addr
	case domain == "syzkaller.appspotmail.com":
		return "syzbot", "robot by address: " + addr
	case base == "bot" || base == "robot":
		// "bot+bpf-ci@kernel.org"
		name := base + "@" + domain
		if plus != "" {
			name = plus
		}
		return name, "robot by address: " + addr
	}
	for _, suffix := range [...]string{"-bot", "_bot", ".bot", "-robot", "-ci", "buildbot", "-bot2"} {
		if strings.HasSuffix(base, suffix) {
			return base, "robot by address: " + addr
		}
	}
	return "", ""
}

// Gateway says that many people write through the address, such as a list's or that of a bug tracker.
func Gateway(addr string) bool { return isGateway(lower(strings.TrimSpace(addr))) }

// isGateway says that many people write through the address, so that it tells nothing about who they are.
func isGateway(addr string) bool {
	local, domain, _ := strings.Cut(addr, "@")
	switch {
	case strings.HasPrefix(local, "devnull+"), strings.HasPrefix(local, "devnull@"):
		return true // b4 relay
	case local == "noreply", local == "no-reply", local == "notifications", local == "nobody", strings.HasPrefix(local, "reply+"):
		return true
	case domain == "vger.kernel.org", domain == "googlegroups.com", strings.HasPrefix(domain, "lists."):
		return true // a list that writes in the place of its members
	case strings.HasPrefix(domain, "rt."), strings.HasSuffix(local, "helpdesk"):
		return true
	case strings.HasSuffix(domain, "users.noreply.github.com"):
		return false // one person's address, though none can be written to
	}
	return false
}
