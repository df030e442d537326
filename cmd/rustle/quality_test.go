package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/stance"
)

func TestCardQuality(t *testing.T) {
	t.Parallel()
	const head = "# Model card\n\n| set | samples | origin, licence |\n|---|---|---|\n| a | 1 | b |\n"
	const table = "\n## Measured\n\nBy thread: | in parts.\n\n| field | measure | by thread | other list |\n|---|---|---|---|\n"
	for _, c := range []struct{ card, want string }{
		{"", "not measured; the card of the models holds no figures"},
		{head, "not measured; the card of the models holds no figures"},
		{head + table + "\n## Limits\n\n| heat | kappa | 0.5 | 0.5 |\n", "not measured; the card of the models holds no figures"},
		{head + table + "| heat | kappa | many | few |\n", "not measured; the card of the models holds no figures"},
		{
			head + table + "| heat | quadratic kappa | 0.721 (0.719 - 0.723) | - |\n",
			"on threads from which the models have learned nothing, by X: heat quadratic kappa 0.72",
		},
		{
			head + table + "| stance | macro-F1 | 0.522 (0.5 - 0.6) | 0.514 |\n| stance | F1 of oppose | 0.21 | 0.227 |\n| tone | macro-F1 | 0.7 | - |\n| stance | calibration error | 0.1 | 0.1 |\n\n## Limits\n",
			"on a list from which the models have learned nothing, by X: stance macro-F1 0.51, F1 of oppose 0.23",
		},
	} {
		if diff := cmp.Diff([]string{c.want}, cardQuality(c.card, "by X")); diff != "" {
			t.Errorf("card %q (-want +got):\n%s", c.card, diff)
		}
	}
	if got := learnedFrom("# Model card\n\n| labelled mails | none |\n"); got != nil {
		t.Errorf("lists of a card without any: %v", got)
	}
	if diff := cmp.Diff([]string{"ksummit.lists.linux.dev", "linux-kbuild.vger.kernel.org"}, learnedFrom(stance.Default().Card())); diff != "" {
		t.Errorf("lists of the embedded card (-want +got):\n%s", diff)
	}
	got := strings.Join(cardQuality(stance.Default().Card(), "by X"), "")
	for _, field := range []string{"thread label macro-F1 0.", "heat quadratic kappa 0.", "sentiment macro-F1 0.", "incivility F1 of true 0.", "stance macro-F1 0.", "on a list"} {
		if !strings.Contains(got, field) {
			t.Errorf("the embedded card says nothing of %q: %s", field, got)
		}
	}
}
