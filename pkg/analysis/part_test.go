package analysis_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/analysis"
)

func TestPartOfADebate(t *testing.T) {
	t.Parallel()
	at := func(month int) time.Time { return time.Date(2025, time.Month(month), 1, 0, 0, 0, 0, time.UTC) }
	whole := func(id, subject string, messages, month int) analysis.ThreadSummary {
		return analysis.ThreadSummary{ID: id, Subject: subject, Label: "debate", DebateScore: 0.9, Messages: messages, First: at(month), Last: at(month + 1)}
	}
	piece := func(subject string, month int, partial bool) analysis.ThreadSummary {
		return analysis.ThreadSummary{ID: "piece", Subject: subject, Label: "rust", DebateScore: 0.1, Messages: 1, First: at(month), Last: at(month), Partial: partial}
	}
	const subject = "[PATCH v2 0/3] rust: add abstractions"
	a, b := whole("a", subject, 20, 5), whole("b", "Re: "+subject, 30, 6)
	contested := piece("Re: "+subject, 5, true)
	contested.Label, contested.DebateScore = "debate", 0.6
	moved := piece("Re: "+subject, 5, true)
	moved.Label, moved.DebateScore, moved.PartOf = "debate", 0.9, &analysis.Part{ID: "gone", Label: "other", DebateScore: 0.2}
	tests := []struct {
		name    string
		debates []analysis.ThreadSummary
		piece   analysis.ThreadSummary
		of      string
		byOwn   string
	}{
		{"no debate", nil, piece("Re: "+subject, 5, true), "", ""},
		{"it begins a thread", []analysis.ThreadSummary{a}, piece(subject, 5, false), "", ""},
		{"another version", []analysis.ThreadSummary{a}, piece("Re: [PATCH v3 0/3] rust: add abstractions", 5, true), "", ""},
		{"another patch", []analysis.ThreadSummary{a}, piece("Re: [PATCH v2 1/3] rust: add abstractions", 5, true), "", ""},
		{"long before", []analysis.ThreadSummary{a}, piece("Re: "+subject, 3, true), "", ""},
		{"long after", []analysis.ThreadSummary{a}, piece("Re: "+subject, 8, true), "", ""},
		{"one word", []analysis.ThreadSummary{whole("w", "Rust", 20, 5)}, piece("Re: Rust", 5, true), "", ""},
		{"a piece of what is a piece", []analysis.ThreadSummary{func() analysis.ThreadSummary {
			s := a
			s.PartOf = &analysis.Part{ID: "x", Label: "rust"}
			return s
		}()}, piece("Re: "+subject, 5, true), "", ""},
		{"a debate by itself", []analysis.ThreadSummary{a}, contested, "", ""},
		{"its debate is gone", nil, moved, "", "other"},
		{"an answer", []analysis.ThreadSummary{a}, piece("Re: "+subject, 5, false), "a", "rust"},
		{"a patch whose cover is missing", []analysis.ThreadSummary{a}, piece(subject, 5, true), "a", "rust"},
		{"the largest", []analysis.ThreadSummary{a, b}, piece("Re: "+subject, 6, true), "b", "rust"},
		{"another debate than before", []analysis.ThreadSummary{a}, moved, "a", "other"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, reversed := range []bool{false, true} {
				var d analysis.Debates
				for i := range tt.debates {
					if reversed {
						i = len(tt.debates) - 1 - i
					}
					s := tt.debates[i]
					d.Note(&s)
				}
				s := tt.piece
				d.Settle(&s)
				once := s
				d.Settle(&s)
				if diff := cmp.Diff(once, s); diff != "" {
					t.Errorf("settled twice (-once +twice):\n%s", diff)
				}
				switch {
				case tt.of == "" && s.PartOf != nil:
					t.Errorf("it is a piece of %s", s.PartOf.ID)
				case tt.of != "" && (s.PartOf == nil || s.PartOf.ID != tt.of || s.PartOf.Label != tt.byOwn || s.Label != "debate" || s.DebateScore != 0.9):
					t.Errorf("%s %v, %+v; want a piece of %s", s.Label, s.DebateScore, s.PartOf, tt.of)
				case tt.of == "" && tt.byOwn != "" && s.Label != tt.byOwn:
					t.Errorf("label %s, want %s", s.Label, tt.byOwn)
				}
			}
		})
	}
}
