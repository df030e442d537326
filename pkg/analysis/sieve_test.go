package analysis

// The phrases are not exported: that the sieve lets each of them through is seen from inside only.

import (
	"strings"
	"testing"
)

func TestSieveLetsEveryPhraseThrough(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*phrases{"withdrawals": withdrawals, "droppings": droppings, "retractions": retractions, "mergers": mergers} {
		if p.may("") || p.may("Looks good to me.") {
			t.Errorf("%s: everything passes", name)
		}
		if !p.may("K\u00fcnftig") {
			t.Errorf("%s: text of other scripts must pass", name)
		}
		for _, phrase := range p.all {
			if name == "withdrawals" {
				phrase += " NAK" // what is taken back must be named besides, see withdrawn
			}
			for _, s := range []string{phrase, strings.ToUpper(phrase), "Well, " + phrase} {
				if !p.may(s) {
					t.Errorf("%s: %q does not pass", name, s)
				}
			}
		}
	}
}
