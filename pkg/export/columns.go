package export

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

func messageTable() []column[analysis.Record] {
	type r = analysis.Record
	return []column[r]{
		{"id", "string", "Message-ID without angle brackets", func(m *r) string { return m.ID }},
		{"thread", "string", "Message-ID of the root of the thread", func(m *r) string { return m.Thread }},
		{"parent", "string", "Message-ID of the mail answered, present in the data or not; empty for a root", func(m *r) string { return m.Parent }},
		{"depth", "integer", "steps to the root", func(m *r) string { return strconv.Itoa(m.Depth) }},
		{"date", "time", "Date header, UTC", func(m *r) string { return when(m.Date) }},
		{"received", "time", "when the list received it, UTC; empty when unknown", func(m *r) string { return when(m.Received) }},
		{"subject", "string", "subject as sent, decoded", func(m *r) string { return m.Subject }},
		{"from_name", "string", "name in the From header", func(m *r) string { return m.From.Name }},
		{"from_addr", "string", "address in the From header", func(m *r) string { return m.From.Addr }},
		{"person", "string", "the person behind the address: canonical name", func(m *r) string { return m.Person }},
		{"role", "string", "top-maintainer | maintainer | reviewer | rust-maintainer | developer | bot", func(m *r) string { return m.Role }},
		{"subsystem", "string", "entry of MAINTAINERS that the role is for", func(m *r) string { return m.RoleClaim.Subsystem }},
		{"role_source", "string", "what the role rests on", func(m *r) string { return m.RoleClaim.Source }},
		{"kind", "string", "patch | cover | reply | mail | bot | merge-request", func(m *r) string { return m.Kind }},
		{"to", "list", "addresses in To", func(m *r) string { return list(addrs(m.To)) }},
		{"cc", "list", "addresses in Cc", func(m *r) string { return list(addrs(m.Cc)) }},
		{"lists", "list", "mailing lists the mail was sent to", func(m *r) string { return list(m.Lists) }},
		{"references", "list", "Message-IDs of the References header", func(m *r) string { return list(m.References) }},
		{"in_reply_to", "list", "Message-IDs of the In-Reply-To header", func(m *r) string { return list(m.InReplyTo) }},
		{"series_version", "integer", "version of the patch series; empty outside a series", func(m *r) string { return series(m, func(s *analysis.Series) int { return s.Version }) }},
		{"series_part", "integer", "part of the series, 0 is the cover letter", func(m *r) string { return series(m, func(s *analysis.Series) int { return s.Part }) }},
		{"series_total", "integer", "parts of the series, 0 when the subject does not count", func(m *r) string { return series(m, func(s *analysis.Series) int { return s.Total }) }},
		{"trailers", "list", "trailers given by the author himself: Token: value", func(m *r) string { return list(given(m.Trailers)) }},
		{"files", "list", "files touched by the patch", func(m *r) string { return list(m.Files) }},
		{"words", "integer", "words of the author's own prose", func(m *r) string { return strconv.Itoa(m.Words) }},
		{"rust", "boolean", "part of a discussion about Rust in the kernel, or a Rust change", func(m *r) string { return strconv.FormatBool(m.Rust) }},
		{"topics", "list", "arguments the author puts forward, ids of the taxonomy", func(m *r) string { return list(ids(m.Topics)) }},
		{"entities", "list", "drivers and subsystems of the Rust effort the mail is about", func(m *r) string { return list(ids(m.Entities)) }},
		{"sentiment", "string", "positive | neutral | negative, toward what is answered; with a score under 0.5 it does not count as a tone", func(m *r) string { return m.Sentiment.Label }},
		{"sentiment_score", "number", "calibrated confidence in the label, 0..1", func(m *r) string { return score(m.Sentiment.Score) }},
		{"incivility", "boolean", "true | false; true with a score under 0.5 does not count", func(m *r) string { return m.Incivility.Label }},
		{"incivility_score", "number", "calibrated confidence in the label, 0..1", func(m *r) string { return score(m.Incivility.Score) }},
		{"stance", "string", "support | conditional | oppose | none, toward Rust or the Rust change at hand; with a score under 0.5 it does not count as a position", func(m *r) string { return m.Stance.Label }},
		{"stance_score", "number", "calibrated confidence in the label, 0..1", func(m *r) string { return score(m.Stance.Score) }},
		{"stance_evidence", "string", "the sentence with the most weight for the stance", func(m *r) string { return strongest(m.Stance.Evidence) }},
		{"signal", "string", "ack | review | test | nak | apply | none, given by the author in this mail", func(m *r) string { return m.Signal }},
		{"defects", "list", "what was wrong with the raw mail", func(m *r) string { return list(m.Defects) }},
		{"sources", "list", "where the mail was found: path, then @offset or the commit", func(m *r) string { return list(sources(m.Sources)) }},
		{"hash", "string", "hash of the content", func(m *r) string { return m.Hash }},
		{"topic_scores", "list", "scores of the topics in their order; one under 0.27 does not count as an argument put forward", func(m *r) string { return list(tagScores(m.Topics)) }},
	}
}

// unsureColumns are the columns of tags that do not count, made alike in every table.
func unsureColumns[T any](of func(*T) map[string]int, names ...string) []column[T] {
	out := make([]column[T], 0, len(names))
	for _, k := range names {
		doc := "mails tagged as " + k + ", with a score under 0.5: not counted in " + k
		out = append(out, column[T]{"unsure_" + k, "integer", doc, func(x *T) string { return strconv.Itoa(of(x)[k]) }})
	}
	return out
}

// The names of what can be unsure.
func positionNames() []string { return []string{"support", "conditional", "oppose"} }
func toneNames() []string     { return []string{"positive", "negative", "uncivil"} }

func threadTable() []column[analysis.ThreadSummary] {
	type s = analysis.ThreadSummary
	return slices.Concat([]column[s]{
		{"id", "string", "Message-ID of the root", func(t *s) string { return t.ID }},
		{"subject", "string", "subject of the root", func(t *s) string { return t.Subject }},
		{"lists", "list", "mailing lists", func(t *s) string { return list(t.Lists) }},
		{"messages", "integer", "mails in the data", func(t *s) string { return strconv.Itoa(t.Messages) }},
		{"participants", "integer", "people who wrote", func(t *s) string { return strconv.Itoa(len(t.Participants)) }},
		{"first", "time", "date of the first mail, UTC", func(t *s) string { return when(t.First) }},
		{"last", "time", "date of the last mail, UTC", func(t *s) string { return when(t.Last) }},
		{"partial", "boolean", "the mail that began the thread lies outside the data", func(t *s) string { return strconv.FormatBool(t.Partial) }},
		{"missing", "list", "Message-IDs referred to but not in the data", func(t *s) string { return list(t.Missing) }},
		{"label", "string", "debate | rust | other", func(t *s) string { return t.Label }},
		{"debate_score", "number", "how much a thread about Rust is a debate, 0..1: the label is debate from 0.5 on; 0 of other threads", func(t *s) string { return score(t.DebateScore) }},
		{"heat", "integer", "0 calm, 1 pointed, 2 heated, 3 hostile", func(t *s) string { return strconv.Itoa(t.Heat) }},
		{"topics", "list", "arguments, the strongest first: id=mails that count", func(t *s) string {
			return list(threadTags(t.Topics, func(k analysis.ThreadTag) int { return k.Messages }))
		}},
		{"entities", "list", "drivers and subsystems: id=mails", func(t *s) string {
			return list(threadTags(t.Entities, func(k analysis.ThreadTag) int { return k.Messages }))
		}},
		{"support", "integer", "mails in support, with a score of 0.5 or more", func(t *s) string { return strconv.Itoa(t.Stances["support"]) }},
		{"conditional", "integer", "mails that put a condition, with a score of 0.5 or more", func(t *s) string { return strconv.Itoa(t.Stances["conditional"]) }},
		{"oppose", "integer", "mails in opposition, with a score of 0.5 or more", func(t *s) string { return strconv.Itoa(t.Stances["oppose"]) }},
		{"none", "integer", "mails without a position that counts", func(t *s) string { return strconv.Itoa(t.Stances["none"]) }},
		{"signals", "list", "explicit signals: kind=mails", func(t *s) string { return list(counts(t.Signals)) }},
		{"roles", "list", "participants or mails by role, as the record counts them: role=number", func(t *s) string { return list(counts(t.Roles)) }},
		{"series", "list", "patch series of the thread", func(t *s) string { return list(t.Series) }},
		{"outcome", "string", "applied | superseded | naked | dropped | undecided", func(t *s) string { return t.Outcome.Label }},
		{"outcome_id", "string", "Message-ID of the mail that shows it", func(t *s) string { return t.Outcome.ID }},
		{"author", "string", "person who wrote the root", func(t *s) string { return t.Author }},
		{"branches", "integer", "discussions inside a large thread; JSON has them whole", func(t *s) string { return strconv.Itoa(len(t.Branches)) }},
	}, unsureColumns(func(t *s) map[string]int { return t.Unsure }, positionNames()...), []column[s]{
		{"part_of", "string", "Message-ID of the root of the debate that this thread is a piece of, by its subject; label and debate_score are those of that debate", func(t *s) string {
			if t.PartOf == nil {
				return ""
			}
			return t.PartOf.ID
		}},
		{"unsure_topics", "list", "arguments of mails whose score for it is under 0.27, not counted in topics: id=mails", func(t *s) string {
			return list(threadTags(t.Topics, func(k analysis.ThreadTag) int { return k.Unsure }))
		}},
	})
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func score(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }

func series(m *analysis.Record, of func(*analysis.Series) int) string {
	if m.Series == nil {
		return ""
	}
	return strconv.Itoa(of(m.Series))
}

func addrs(people []analysis.Person) []string {
	out := make([]string, 0, len(people))
	for _, p := range people {
		out = append(out, p.Addr)
	}
	return out
}

func given(trailers []analysis.Trailer) []string {
	out := make([]string, 0, len(trailers))
	for _, t := range trailers {
		if t.Given {
			out = append(out, t.Token+": "+t.Value)
		}
	}
	return out
}

func ids(tags []analysis.Tag) []string {
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		out = append(out, t.ID)
	}
	return out
}

// threadTags counts the mails of each tag, and leaves out those without one.
func threadTags(tags []analysis.ThreadTag, mails func(t analysis.ThreadTag) int) []string {
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		if n := mails(t); n > 0 {
			out = append(out, t.ID+"="+strconv.Itoa(n))
		}
	}
	return out
}

func tagScores(tags []analysis.Tag) []string {
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		out = append(out, score(t.Score))
	}
	return out
}

func counts(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+strconv.Itoa(m[k]))
	}
	return out
}

func sources(in []analysis.Source) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s.Commit != "" {
			out = append(out, s.Path+"@"+s.Commit)
		} else {
			out = append(out, s.Path+"@"+strconv.FormatInt(s.Offset, 10))
		}
	}
	return out
}

// strongest returns the sentence with the most weight, the first of equals.
func strongest(evidence []analysis.Evidence) string {
	best := -1
	for i, e := range evidence {
		own, bestOwn := e.Start != 0 || e.End != 0, best >= 0 && (evidence[best].Start != 0 || evidence[best].End != 0)
		if best < 0 || own && !bestOwn || own == bestOwn && e.Weight > evidence[best].Weight { // his own words before a subject line
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return strings.TrimSpace(evidence[best].Text)
}
