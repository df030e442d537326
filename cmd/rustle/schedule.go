package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// printSystemd writes a service and a timer for the user's own systemd. Persistent catches up a run
// that a switched-off machine missed; the random delay keeps mirrors from being asked by everybody
// at the full hour.
func (c *command) printSystemd(every time.Duration) error {
	_, err := fmt.Fprintf(c.env.stdout, `# ~/.config/systemd/user/rustle-update.service
[Unit]
Description=Take new list mail into rustle
Documentation=man:rustle-update(1)

[Service]
Type=oneshot
ExecStart=%s
SuccessExitStatus=75

# ~/.config/systemd/user/rustle-update.timer
[Unit]
Description=Take new list mail into rustle every %s

[Timer]
OnCalendar=%s
Persistent=true
RandomizedDelaySec=%d

[Install]
WantedBy=timers.target

# then: systemctl --user daemon-reload && systemctl --user enable --now rustle-update.timer
`, c.updateCommand(systemdQuote), shortDuration(every), calendar(every), int(min(every/10, 15*time.Minute).Seconds()))
	return err
}

// printCron writes a crontab line. Cron mails what a command prints: here only errors, and not that
// another run was still at work.
func (c *command) printCron(every time.Duration) error {
	_, err := fmt.Fprintf(c.env.stdout, "# crontab -e\n%s %s >/dev/null || [ $? -eq 75 ]\n", cronTime(every), strings.ReplaceAll(c.updateCommand(shellQuote), "%", `\%`))
	return err
}

// updateCommand is the command line that does what this one would, with absolute paths.
func (c *command) updateCommand(quote func(string) string) string {
	program := "rustle"
	if exe, err := os.Executable(); err == nil {
		program = exe
	}
	parts := []string{program, "update"}
	if c.cfgAt != "" {
		parts = append(parts, "--config", absolutePath(c.cfgAt))
	}
	if dir := orElse(c.indexAt, c.env.getenv("RUSTLE_INDEX")); dir != "" {
		parts = append(parts, "--index", absolutePath(dir))
	}
	for i, p := range parts {
		parts[i] = quote(p)
	}
	return strings.Join(parts, " ")
}

func absolutePath(p string) string {
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return p
}

func shellQuote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,=@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// systemdQuote quotes for ExecStart (systemd.service(5)): % and $ are special even in quotes.
func systemdQuote(s string) string {
	s = strings.NewReplacer("%", "%%", "$", "$$").Replace(s)
	if !strings.ContainsAny(s, " \t\"'\\;") {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// regular says whether a calendar can express an interval: minutes that divide an hour, hours that divide a
// day, or a day.
func regular(every time.Duration) bool {
	const day = 24 * time.Hour
	switch {
	case every < time.Hour:
		return every >= time.Minute && every%time.Minute == 0 && time.Hour%every == 0
	case every < day:
		return every%time.Hour == 0 && day%every == 0
	}
	return every == day
}

// calendar is the systemd.time(7) expression of a regular interval.
func calendar(every time.Duration) string {
	switch {
	case every >= 24*time.Hour:
		return "daily"
	case every >= time.Hour:
		return fmt.Sprintf("*-*-* 00/%d:00:00", int(every.Hours()))
	}
	return fmt.Sprintf("*-*-* *:00/%d:00", int(every.Minutes()))
}

// cronTime is the same for crontab(5). It is not the full hour, when everybody comes.
func cronTime(every time.Duration) string {
	switch {
	case every >= 24*time.Hour:
		return "17 4 * * *"
	case every >= time.Hour:
		return fmt.Sprintf("17 */%d * * *", int(every.Hours()))
	}
	return fmt.Sprintf("*/%d * * * *", int(every.Minutes()))
}

func shortDuration(d time.Duration) string {
	s := d.String()
	s = strings.TrimSuffix(s, "0s")
	if t := strings.TrimSuffix(s, "0m"); t != s && strings.HasSuffix(t, "h") {
		return t
	}
	return s
}
