package body

import (
	"slices"
	"strings"
)

// headerBlocks decides the header lines that Outlook and others put above a quote without marks, and the quote.
func (s *splitter) headerBlocks() {
	for i := range s.lines {
		if !s.open(i) {
			continue
		}
		v := s.at(i)
		start := i
		switch v[0] {
		case '-', '_':
			// "-----Original Message-----", "---------- Forwarded message ---------", and the rule above From:.
			if !originalRule(v) {
				continue
			}
			i = s.nextText(i)
			if i == len(s.lines) {
				return
			}
			if s.isQuote(i) && v[0] == '-' {
				s.mark(start, Attribution)
				continue
			}
		case 'B':
			if v != "Begin forwarded message:" {
				continue
			}
			i = s.nextText(i)
			if i == len(s.lines) {
				return
			}
		case '*', 'F', 'V', 'D', 'E', '\xe5', '\xd0', '\xe7': // *From:, From, Von, De and Da, Expéditeur, 发件人, От, 差出人
		default:
			continue
		}
		end := s.headerBlock(i)
		if end < 0 {
			if start != i && s.open(start) && !strings.HasPrefix(v, "_") {
				end = i // the rule alone
			} else {
				continue
			}
		}
		if above := s.prevText(start); above >= 0 && s.open(above) && isRuleOf(s.at(above), '_') {
			start = above
		}
		s.markRange(start, end, Attribution)
		s.below(end)
		return
	}
}

// originalRule reports whether v is a line such as "-----Original Message-----".
func originalRule(v string) bool {
	if isRuleOf(v, '_') {
		return true
	}
	if !strings.HasPrefix(v, "--") {
		return false
	}
	inner := strings.Trim(v, "- ")
	if len(v) < len(inner)+4 || len(inner) > 60 {
		return false
	}
	inner = strings.ToLower(inner)
	for _, words := range []string{"original message", "original mail", "original appointment", "mail original", "ursprüngliche mail", "message original", "originalnachricht", "oorspronkelijke bericht", "alkuperäinen viesti", "forwarded message", "ursprüngliche nachricht", "message d'origine", "mensaje original", "mensagem original", "messaggio originale", "oorspronkelijk bericht", "原始邮件", "邮件原件", "исходное сообщение", "пересылаемое сообщение", "weitergeleitete nachricht", "message transféré"} {
		if strings.HasPrefix(inner, words) {
			return true
		}
	}
	return false
}

// isRuleOf reports whether v is a row of at least 20 of the sign c.
func isRuleOf(v string, c byte) bool {
	if len(v) < 20 {
		return false
	}
	for i := range len(v) {
		if v[i] != c {
			return false
		}
	}
	return true
}

type headerWords struct{ from, sent, to, subject string }

// headerBlock returns the line behind a block of From, Sent or Date, To and Subject lines that begins at line i, -1 when
// there is none. In-body headers of a pasted patch have no To.
func (s *splitter) headerBlock(i int) int {
	v := strings.TrimLeft(s.at(i), "*")
	for _, w := range [...]headerWords{
		{"From", "Sent|Date", "To|Cc|CC", "Subject"},
		{"Von", "Gesendet|Datum", "An", "Betreff"},
		{"De", "Envoyé|Date", "À|A", "Objet"},
		{"De", "Enviado|Fecha|Data|Enviada", "Para", "Asunto|Assunto"},
		{"Da", "Inviato|Data", "A", "Oggetto"},
		{"Expéditeur", "Envoyé|Date", "À|Destinataire", "Objet"},
		{"Van", "Verzonden|Datum", "Aan", "Onderwerp"},
		{"Från", "Skickat|Datum", "Till", "Ämne"},
		{"发件人", "发送时间|日期|时间", "收件人", "主题"},
		{"差出人", "送信日時|日時", "宛先", "件名"},
		{"От", "Отправлено|Дата", "Кому", "Тема"},
	} {
		if !isField(v, w.from) {
			continue
		}
		sent, to, subject := false, false, false
		last := i
		for k := i + 1; k < len(s.lines) && k <= i+14 && !s.lines[k].blank; k++ {
			f := strings.TrimLeft(s.at(k), "*")
			switch {
			case anyField(f, w.sent):
				sent = true
				last = k
			case anyField(f, w.to):
				to = true
				last = k
			case isField(f, "Cc"), isField(f, "CC"), isField(f, "Reply-To"), isField(f, "Importance"), isField(f, "抄送"), isField(f, "Kopie"), isField(f, "Message-ID"):
				last = k
			case anyField(f, w.subject):
				subject = true
				last = k
			default:
				if !to || subject && !isBlank(s.text[s.lines[k].start]) {
					k = len(s.lines) // text below the block
				} else {
					last = k // a long list of recipients
				}
			}
		}
		if subject && to && sent {
			return last + 1
		}
	}
	return -1
}

func anyField(v, names string) bool {
	for name := range strings.SplitSeq(names, "|") {
		if isField(v, name) {
			return true
		}
	}
	return false
}

// isField reports whether v is "name: ..." in one of the forms of mail programs: "name : ", "*name:*", "name：".
func isField(v, name string) bool {
	rest, ok := strings.CutPrefix(v, name)
	if !ok {
		return false
	}
	rest = strings.TrimLeft(rest, "* \u00a0")
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")
}

// below decides what stands below a header block: a quote, all of it, unless its lines have quote marks, which says that
// the author answers in between.
func (s *splitter) below(from int) {
	next := s.nextText(from - 1)
	marked := 0
	for i := next; i < len(s.lines) && marked < 3; i++ {
		if s.isQuote(i) && s.lines[i].depth == 1 {
			marked++
		}
	}
	if next == len(s.lines) || s.isQuote(next) || marked == 3 && s.o.Parent == "" {
		return
	}
	trust := false
	if s.o.Parent != "" {
		words, hits := s.coverage(from, len(s.lines), 0)
		trust = words >= 20 && hits*10 >= words*5
	}
	for i := from; i < len(s.lines); {
		if s.lines[i].blank {
			i++
			continue
		}
		end := i + 1
		for end < len(s.lines) && !s.lines[end].blank {
			end++
		}
		own := false
		if trust && !s.isQuote(i) {
			// The author answers between the paragraphs of a quote without marks.
			words, hits := s.coverage(i, end, 0)
			own = words >= 4 && hits == 0
		}
		if !own {
			for k := i; k < end; k++ {
				l := &s.lines[k]
				if !l.done || l.kind != Quote {
					l.depth = 0
				}
				l.kind, l.done, l.depth = Quote, true, min(l.depth+1, maxDepth)
			}
		}
		i = end
	}
}

// footers decides what list software and mail programs put around a text.
func (s *splitter) footers() {
	for i := range s.lines {
		if !s.open(i) {
			continue
		}
		v := s.raw(i)
		switch v[0] {
		case '-':
			s.armor(i, v)
			switch {
			case (v == "-" || v == "--") && s.unsubscribe(i):
				s.markRange(i, len(s.lines), Footer)
			case v == "-" && s.open(i+1) && strings.HasPrefix(s.raw(i+1), "Registered "):
				// The seat of a company, as some countries ask for.
				for k := i; s.open(k); k++ {
					s.mark(k, Footer)
				}
			}
		case '_':
			if isRuleOf(v, '_') && s.unsubscribe(i) {
				s.markRange(i, len(s.lines), Footer)
			}
		case '[':
			if v[len(v)-1] == ']' && (containsFold(v, "use only") || hasFold(v, "[amd ") || hasFold(v, "[external") || v == "[Public]" || hasFold(v, "[caution")) {
				s.mark(i, Footer)
			}
		case '*', 'T', 'C', 'I', 'S', 'G', 'N', 'D':
			s.notice(i, v)
		}
	}
}

// unsubscribe reports whether the few lines below line i, up to the end, come from list software.
func (s *splitter) unsubscribe(i int) bool {
	const maxLines = 9
	sign := false
	n := 0
	for k := i + 1; k < len(s.lines); k++ {
		if s.lines[k].blank {
			continue
		}
		v := s.at(k)
		if n++; n > maxLines || s.isQuote(k) {
			// Another footer may follow.
			return sign && (v[0] == '_' || v[0] == '-')
		}
		sign = sign || containsFold(v, "mailing list") || containsFold(v, "unsubscribe") || containsFold(v, "/mailman")
	}
	return sign
}

// armor decides the lines of OpenPGP.
func (s *splitter) armor(i int, v string) {
	switch {
	case v == "-----BEGIN PGP SIGNED MESSAGE-----":
		k := i
		for k < len(s.lines) && !s.lines[k].blank {
			k++
		}
		if k <= i+4 {
			s.markRange(i, k, Footer)
		}
	case strings.HasPrefix(v, "-----BEGIN PGP "):
		for k := i; k < len(s.lines); k++ {
			l := &s.lines[k]
			if l.blank {
				continue
			}
			if s.isQuote(k) {
				return
			}
			l.kind, l.done = Footer, true
			if strings.HasPrefix(s.raw(k), "-----END PGP ") {
				return
			}
		}
	}
}

// notice decides notices about confidentiality and advertisements of mail programs near the end.
func (s *splitter) notice(i int, v string) {
	if !noticeStart(strings.TrimLeft(v, "*_ ")) {
		return
	}
	if i > 0 && !s.lines[i-1].blank && !s.lines[i-1].done {
		return
	}
	end := i
	for end < len(s.lines) && !s.lines[end].blank {
		end++
	}
	if strings.HasPrefix(v, "Sent from ") || strings.HasPrefix(v, "Get ") {
		end = i + 1
	}
	s.markRange(i, end, Footer)
}

func noticeStart(v string) bool {
	for _, start := range [...]string{
		"This email and any ", "This e-mail and any ", "This message and any ", "This email may contain", "This e-mail may contain", "This message may contain", "This communication contains", "This message contains confidential", "This email contains confidential",
		"The information contained in this ", "The contents of this ", "The information in this e",
		"CONFIDENTIALITY", "Confidentiality Notice", "CONFIDENTIAL NOTICE", "IMPORTANT NOTICE:", "NOTICE: This", "DISCLAIMER", "Disclaimer:",
		"Sent from my ", "Sent from Mail for", "Sent from Outlook", "Sent from Proton", "Sent with Proton", "Sent via ", "Get Outlook for",
	} {
		if strings.HasPrefix(v, start) {
			return true
		}
	}
	return false
}

// maxSignature is how many lines a signature may have.
const maxSignature = 12

// signatures decides what stands below "-- ": few short lines up to the end, or up to the quote of a mail that answers
// above it.
//
// QUIRK: "--" without the blank counts too. Prose below a "-- ", which some write as a dash, does not.
func (s *splitter) signatures() {
	for i := range s.lines {
		if !s.open(i) || s.lines[i].indent > 0 || s.raw(i) != "--" && s.raw(i) != "- --" { // "- --" is what OpenPGP makes of it
			continue
		}
		end, n, long := i+1, 0, 0
		for end < len(s.lines) && n <= maxSignature && (s.lines[end].blank || !s.lines[end].done || s.lines[end].kind == Footer) {
			if !s.lines[end].blank && !s.lines[end].done {
				if n > 0 && attributionEnd(s.at(end)) && s.attributionStart(end) >= 0 && s.isQuote(s.nextText(end)) {
					end = s.attributionStart(end)
					break
				}
				n++
				if l := s.lines[end]; l.end-l.start > 80 {
					long++
				}
			}
			end++
		}
		limit := 4
		if strings.HasPrefix(s.text[s.lines[i].start:s.lines[i].next], "-- ") {
			limit = maxSignature
		}
		if n > limit || long > 2 || end < len(s.lines) && n > 6 || s.talk(i+1, end) {
			continue
		}
		for k := i; k < end; k++ {
			if !s.lines[k].blank {
				s.mark(k, Signature)
			}
		}
	}
}

// talk reports whether the lines from..to-1 talk to someone rather than name their author: two or more of them end like
// sentences and speak of I or you.
func (s *splitter) talk(from, to int) bool {
	words, sentences := 0, 0
	for i := from; i < to; i++ {
		if s.lines[i].blank {
			continue
		}
		v := s.at(i)
		last := v[len(v)-1]
		if last == '.' || last == '?' || last == '!' || last == ',' {
			sentences++
		}
		for word := range strings.FieldsSeq(v) {
			switch strings.ToLower(strings.Trim(word, ",.?!")) {
			case "i", "you", "this", "we", "it", "patch", "please", "should", "i'm", "i'll", "don't":
				words++
			}
		}
	}
	return words >= 3 && sentences >= 2
}

// frame decides greetings and closings: the first and the last own lines around what is quoted, and closings with a
// postscript below.
func (s *splitter) frame() {
	s.greeting()
	s.closings()
	s.signed()
}

// signed decides a closing phrase and the author's name that are a paragraph, wherever they stand.
func (s *splitter) signed() {
	if s.o.Author == "" {
		return
	}
	for i := range s.lines {
		if !s.open(i) || i > 0 && !s.lines[i-1].blank && !s.lines[i-1].done {
			continue
		}
		last := i
		if s.open(i + 1) {
			last++
		}
		if v := s.at(last); len(v) <= 50 && !s.open(last+1) && wordCount(v) <= 4 && closingPhrase(s.at(i)) && sharesName(v, s.o.Author) {
			s.markRange(i, last+1, Closing)
		}
	}
}

// greeting decides the first own lines, also below an attribution and what was left out of a quote.
func (s *splitter) greeting() {
	for i := range s.lines {
		l := &s.lines[i]
		if l.blank || l.done && (!l.kind.Own() || l.kind == Code && isSnip(s.at(i))) {
			continue
		}
		if !l.done && isGreeting(s.at(i)) {
			s.mark(i, Greeting)
		}
		break
	}
	// A mail that answers several people greets each of them.
	for i := range s.lines {
		if s.open(i) && (i == 0 || s.lines[i-1].blank || s.isQuote(i-1)) && hails(s.at(i)) {
			s.mark(i, Greeting)
		}
	}
}

// hails reports whether a whole line is a greeting wherever it stands: "Hi Ada,".
func hails(v string) bool {
	if len(v) > 40 || v[len(v)-1] != ',' && v[len(v)-1] != '!' {
		return false
	}
	for _, start := range [...]string{"Hi ", "Hello ", "Hey ", "Dear "} {
		if strings.HasPrefix(v, start) {
			return isGreeting(v)
		}
	}
	return false
}

// isGreeting reports whether a whole line is a greeting: "Hi Ada,", "Hello all", "Dear maintainers,", "Ada,".
func isGreeting(v string) bool {
	if len(v) > 60 {
		return false
	}
	bare := strings.TrimRight(v, ",.!:; -")
	if bare == "" {
		return false
	}
	marked := len(bare) < len(v)
	words := strings.Fields(bare)
	if len(words) == 0 || len(words) > 7 {
		return false
	}
	first := strings.ToLower(strings.TrimRight(words[0], ","))
	switch first {
	case "hi", "hello", "hey", "dear", "hallo", "hola", "greetings", "howdy", "heya", "salut", "bonjour", "ciao", "moin", "hej", "namaste", "hiya":
		if len(words) > 5 && !marked {
			return false
		}
		// "Hi, this is broken" goes on as prose.
		return len(words) <= 2 || marked || !strings.HasSuffix(words[0], ",")
	case "good":
		return len(words) > 1 && slices.Contains([]string{"morning", "day", "evening", "afternoon"}, strings.ToLower(strings.Trim(words[1], ",")))
	}
	// "Ada," alone; with two names too.
	if v[len(v)-1] != ',' || len(words) > 3 {
		return false
	}
	for _, w := range words {
		if !isName(w) || answers(w) {
			return false
		}
	}
	return true
}

// closings decides the last lines of every piece of own text: in front of the end, a quote, a signature, a diff.
func (s *splitter) closings() {
	last := true
	for i := len(s.lines) - 1; i >= 0; i-- {
		l := &s.lines[i]
		if l.blank {
			continue
		}
		if l.done {
			// Trailers and links stand below a closing: "Thanks, Ada" and then the tag.
			if l.kind.Own() && l.kind != Trailer && !(l.kind == Code && isLink(s.at(i))) {
				i = s.regionStart(i)
				last = false
			}
			continue
		}
		s.closing(i, last)
		last = false
		i = s.regionStart(i)
	}
}

// regionStart returns the first line of the piece of own text that line i ends.
func (s *splitter) regionStart(i int) int {
	for i > 0 && (s.lines[i-1].blank || !s.lines[i-1].done || s.lines[i-1].kind.Own()) {
		i--
	}
	return i
}

// closing decides the closing that ends at line i: names, a phrase such as "Best regards,", or both. Without a phrase a
// name counts below the last own line, or when it is known to be the author's.
func (s *splitter) closing(i int, last bool) {
	const maxLines = 4
	top := -1 // first line of the closing
	names := 0
	for k, n := i, 0; k >= 0 && n < maxLines; k-- {
		if s.lines[k].blank {
			continue
		}
		if !s.open(k) {
			break
		}
		n++
		v := s.at(k)
		switch {
		case closingPhrase(v):
			top = k
			// One more phrase above: "Thanks!" and "Best regards,".
			if above := s.prevText(k); above < 0 || !s.open(above) || !closingPhrase(s.at(above)) {
				k = -1
			}
		case names < 2 && (s.isSender(v) || isShortName(v)) && (names == 0 || !s.lines[k+1].blank):
			names++
			if s.isSender(v) && s.certain(k, v, last) {
				top = k
			}
		default:
			k = -1
		}
	}
	if top < 0 {
		s.card(i)
		return
	}
	for k := top; k <= i; k++ {
		if !s.lines[k].blank {
			s.mark(k, Closing)
		}
	}
}

// card decides a signature without "-- ": a closing phrase, a name, and below them up to line i a few lines that are no
// sentences, such as a post and a telephone number.
func (s *splitter) card(i int) {
	const maxLines = 12
	name, n := -1, 0
	for k := i; k >= 0 && n < maxLines; k-- {
		if s.lines[k].blank {
			continue
		}
		if !s.open(k) {
			return
		}
		n++
		v := s.at(k)
		if n > 2 && closingPhrase(v) && name >= 0 && (s.isSender(s.at(name)) || isShortName(s.at(name))) {
			s.mark(k, Closing)
			s.mark(name, Closing)
			for k = name + 1; k <= i; k++ {
				if !s.lines[k].blank {
					s.mark(k, Signature)
				}
			}
			return
		}
		if len(v) > 60 || sentenceLike(v) || answers(v) || v[len(v)-1] == '?' {
			return
		}
		name = k
	}
}

// isShortName reports whether v can be a name below a closing phrase, in small letters too: "ada", "ada e-e", "Ada."
func isShortName(v string) bool {
	words := strings.Fields(strings.Trim(v, "-/~*_. \t"))
	if len(words) == 0 || len(words) > 3 || len(v) > 30 {
		return false
	}
	for _, w := range words {
		if answers(w) {
			return false
		}
		for i := range len(w) {
			if !isAlpha(w[i]) && w[i] != '-' && w[i] != '.' && w[i] != '\'' && w[i] < 0x80 {
				return false
			}
		}
	}
	return true
}

// certain reports whether a name may stand for a closing without a phrase above it: it is the author's, or it stands
// in a paragraph of its own at the end.
func (s *splitter) certain(i int, v string, last bool) bool {
	if s.o.Author != "" && sharesName(v, s.o.Author) {
		return true
	}
	if dashed := strings.IndexByte("-/~", v[0]) >= 0; dashed && (last || s.lines[i].indent >= 8 || strings.HasPrefix(v, "--") || len(v) > 1 && v[1] != ' ') {
		return true
	}
	if !last {
		return false
	}
	alone := i > 0 && s.lines[i-1].blank
	return alone && strings.IndexByte(v, '@') < 0 && s.prevText(i) >= 0 && !isLower(v[0])
}

// sharesName reports whether a word of v is a word of the author's name, or v his initials.
func sharesName(v, author string) bool {
	author = strings.ToLower(author)
	parts := strings.FieldsFunc(author, func(r rune) bool { return r == ' ' || r == '-' || r == '.' || r == ',' || r == '"' })
	initials := make([]byte, 0, len(parts))
	for _, p := range parts {
		initials = append(initials, p[0])
	}
	for w := range strings.FieldsSeq(strings.ToLower(v)) {
		w = strings.Trim(w, "-/~.,()<>*_")
		if w == "" {
			continue
		}
		if w == string(initials) {
			return true
		}
		for _, p := range parts {
			if w == p || len(w) >= 3 && strings.HasPrefix(p, w) || len(w) == 1 && p[0] == w[0] {
				return true
			}
		}
	}
	return false
}

// closingPhrase reports whether a whole line closes a mail: "Thanks,", "Best regards", "Cheers, Ada".
func closingPhrase(v string) bool {
	if len(v) > 50 {
		return false
	}
	lower := strings.ToLower(strings.Trim(v, "-*_/~ "))
	if strings.HasPrefix(lower, "gr{oetje") {
		return true
	}
	end := 0
	for end < len(lower) && lower[end] != ',' && lower[end] != '.' && lower[end] != '!' && lower[end] != ';' && lower[end] != '-' && lower[end] != ':' {
		end++
	}
	rest := strings.Trim(lower[end:], ",.!;-:() ")
	phrase := strings.TrimSpace(lower[:end])
	if !isClosingPhrase(phrase) {
		// "Thanks Ada", "Cheers Ada" without a comma.
		first, name, found := strings.Cut(phrase, " ")
		if !found || rest != "" || !isClosingPhrase(first) || len(strings.Fields(name)) > 2 || !namesIn(v, first) {
			return false
		}
		return true
	}
	if rest == "" {
		return true
	}
	words := strings.Fields(rest)
	return len(words) <= 3 && (namesIn(v, phrase) || isClosingPhrase(rest))
}

// namesIn reports whether what follows phrase in v, case kept, looks like a name.
func namesIn(v, phrase string) bool {
	at := strings.Index(strings.ToLower(v), phrase)
	if at < 0 || at+len(phrase) > len(v) {
		return false
	}
	words := strings.Fields(strings.Trim(v[at+len(phrase):], ",.!;-:() "))
	for _, w := range words {
		if !isName(w) || answers(w) {
			return false
		}
	}
	return len(words) > 0
}

// isClosingPhrase knows the phrases; v is lower case without punctuation at its ends.
func isClosingPhrase(v string) bool {
	switch v {
	case "thanks", "thanx", "thank you", "thx", "tia", "cheers", "regards", "best", "best regards", "best wishes", "kind regards", "warm regards",
		"with best regards", "with kind regards", "with regards", "many thanks", "thanks a lot", "thanks again", "thank you very much", "thanks so much",
		"thanks in advance", "thank you in advance", "yours", "yours sincerely", "sincerely", "sincerely yours",
		"br", "brs", "rgds", "hth", "hth hand", "hope this helps", "hope that helps", "ciao", "bye", "all the best", "take care", "have a nice day", "have a great day", "have a good day",
		"have a nice weekend", "have a good weekend", "mit freundlichen grüßen", "viele grüße", "gruß", "grüße", "liebe grüße", "mfg", "cordialement", "saludos", "atenciosamente",
		"best regard", "kindest regards", "very best regards", "respectfully", "love", "later", "greetings", "greets", "with best wishes", "thanks a bunch", "thanks a million", "ttyl",
		"much appreciated", "cordially", "tschüss", "peace", "hugs":
		return true
	}
	for _, and := range [...]string{" and ", " & "} {
		if first, second, found := strings.Cut(v, and); found {
			return isClosingPhrase(first) && isClosingPhrase(second)
		}
	}
	return false
}

// isSender reports whether a line can be the name of its author at the end of a mail: up to four words that look like
// names, "/Ada", "-- Ada", "- Ada", "~Ada", "A.", initials.
func (s *splitter) isSender(v string) bool {
	if len(v) > 40 {
		return false
	}
	bare := strings.TrimLeft(v, "-/~*_— \t")
	bare = strings.TrimRight(bare, "*_/- ")
	if bare == "" {
		return false
	}
	// "NAK." and other answers are no names; a name has no full stop behind it, save an initial.
	if last := bare[len(bare)-1]; last == '?' || last == '!' || last == ':' || last == ';' || last == '.' && len(bare) > 2 && !(s.o.Author != "" && sharesName(bare, s.o.Author)) {
		return false
	}
	words := strings.Fields(bare)
	if len(words) == 0 || len(words) > 4 {
		return false
	}
	if len(words) == 1 && strings.HasPrefix(v, "--") && isShortName(v) {
		return true
	}
	if s.o.Author != "" && len(words) <= 2 && isShortName(v) && sharesName(v, s.o.Author) {
		return true
	}
	for i, w := range words {
		if w[0] == '(' || w[0] == '<' {
			return i > 0
		}
		if strings.IndexByte(w, '@') > 0 && len(words) == 1 {
			return true // the address below the name
		}
		if answers(w) {
			return false
		}
		if !isName(w) && !(s.o.Author != "" && len(w) > 1 && isAlpha(w[0]) && sharesName(w, s.o.Author)) {
			return false
		}
	}
	return true
}

// isName reports whether a word looks like a name: a capital, then letters, dots, hyphens; or bytes of another script.
func isName(w string) bool {
	w = strings.Trim(w, ",.()")
	if w == "" {
		return false
	}
	if w[0] >= 0x80 {
		return true
	}
	if !isUpper(w[0]) || len(w) > 20 {
		return false
	}
	for i := 1; i < len(w); i++ {
		if !isAlpha(w[i]) && w[i] != '-' && w[i] != '.' && w[i] != '\'' && w[i] < 0x80 {
			return false
		}
	}
	return true
}

// answers reports whether a single word says something: a line that consists of it is prose, whatever stands around it.
func answers(w string) bool {
	switch strings.ToLower(strings.Trim(w, ",.!?()-*_/")) {
	case "me", "you'll", "us", "they", "them", "mine", "both", "none", "some", "all", "any", "neither", "either", "everyone", "nobody", "someone", "today", "tomorrow", "soon", "later", "always", "often",
		"sometimes", "rarely", "nothing", "something", "everything", "nowhere", "somewhere", "usually", "mostly", "partly", "only", "just", "yup", "aye", "nah", "already", "probably", "possibly", "likely", "unlikely",
		"nak", "nack", "nacked", "naked", "ack", "acked", "applied", "pulled", "queued", "merged", "picked", "reviewed", "tested", "yes", "no", "yep", "nope", "yeah", "ok", "okay",
		"agreed", "done", "fixed", "same", "ditto", "sure", "right", "indeed", "exactly", "lgtm", "thanks", "please", "ping", "bump", "correct", "wrong", "nice", "great", "good",
		"bad", "bullshit", "crap", "ugh", "argh", "hmm", "hm", "oh", "wow", "why", "what", "how", "where", "when", "huh", "sigh", "never", "maybe", "perhaps", "true", "false", "sorry",
		"oops", "cool", "awesome", "perfect", "absolutely", "definitely", "certainly", "interesting", "seriously", "really", "obviously", "dropped", "reverted", "rejected", "understood",
		"noted", "confirmed", "resend", "rfc", "fwiw", "imo", "imho", "patch", "this", "that", "it", "the", "and", "or", "not", "you", "we", "lol", "todo", "note", "next", "also", "so",
		"but", "however", "anyway", "first", "second", "finally", "well", "again", "here", "there", "now", "then", "congratulations", "congrats", "welcome", "adding", "removed", "added",
		"changed", "changes", "tl;dr", "summary", "background", "motivation", "tested-by", "rust", "linux", "kernel", "links", "references", "notes", "testing", "gesundheit":
		return true
	}
	return false
}
