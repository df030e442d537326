package stance_test

import (
	"testing"

	"rustle/pkg/stance"
)

// signal reads a reply by Ada Lovelace.
func signal(m *stance.Model, trailers []stance.Trailer, sentences ...string) stance.Verdict {
	return m.Signal(&stance.Input{
		Sentences: sentences, Trailers: trailers, Name: "Ada Lovelace", Addr: "ada@example.org", Reply: true,
	})
}

func TestNoSignal(t *testing.T) {
	t.Parallel()
	m := stance.Default()
	for _, s := range []string{
		"",
		"Ack.",
		"I withdraw my NAK.",
		"I'm taking my NACK back.",
		"Drop your nack, please.",
		"Your NAK was for another reason.",
		"Please share an early ack or nack.",
		"An ack/nack from the maintainers would help.",
		"I won't NAK this.",
		"I am not going to nack it.",
		"I don't feel strongly enough to NACK.",
		"This approach was nacked by Grace.",
		"Grace NAKed the first version.",
		"I would NAK any driver that does this.",
		"I would have NAKed it had I seen it.",
		"If you send this again, somebody may NAK it.",
		"Should I NAK it to make that clear?",
		"Self-NACK, I found a bug.",
		"So I would put \"NAK because nobody can test it\".",
		"The bus returns a NAK when no slave answers.",
		"NAK handling is done by the controller.",
		"The transfer got no ack from the slave.",
		"The patch was applied to the wrong tree.",
		"I applied this on top of v6.10 and it builds.",
		"Once this is applied, the warning goes away.",
		"It cannot be applied cleanly.",
		"Applied on top of the old branch, it fails.",
		"I picked this location because the tool lives there.",
		"I kept your Reviewed-by.",
		"I dropped his Acked-by since the patch changed.",
		"Reviewed-by: Grace Hopper <grace@example.org>",
		"Do you have an ack from the maintainer?",
		"We need an ack from the network people.",
		"It has been merged into mainline.",
		"No.",
		"Anyway, I will apply this patch.",
		"Send it again with these two hunks and I will accept it.",
		"We will take it as a fix for the next release.",
		"I am not going to take the time to try what I suggest.",
		"Nack to what, exactly?",
		"They should be grouped as a whole, and applied to all boards.",
		"I applied the patches to v6.14-rc7 and did a quick pass.",
		"The patches were cleaned up and applied to the wrong tree.",
		"It was written as plain text, and merged via another tree.",
		"I applied both of them to my test branch and the board no longer boots.",
		"I also applied the series adding the missing helper.",
		"Applied suggestions from v2.",
		"Applied the suggested changes to the comment.",
		"An ack for the second half would be appreciated.",
		"My Acked-by was dropped between v3 and v4.",
		"My Reviewed-by got lost in the resend.",
	} {
		if v := signal(m, nil, s); v.Label != stance.None {
			t.Errorf("%q: %s by %v", s, v.Label, v.Hits)
		}
	}
}

func TestSignal(t *testing.T) {
	t.Parallel()
	m := stance.Default()
	check := func(want, rule string, sentences ...string) {
		t.Helper()
		v := signal(m, nil, sentences...)
		if v.Label != want || len(v.Hits) == 0 || v.Hits[0].Rule != rule {
			t.Errorf("%q: %s by %v, want %s by %s", sentences, v.Label, v.Hits, want, rule)
		}
	}
	check(stance.Nak, "NAK-2", "NAK.")
	check(stance.Nak, "NAK-2", "Nack, this breaks the other boards.")
	check(stance.Nak, "NAK-2", "Of course, NACK.")
	check(stance.Nak, "NAK-2", "Strong NAK here.")
	check(stance.Nak, "NAK-2", "Same NAK as for the last version.")
	check(stance.Nak, "NAK-3", "So NAK to changing the other two as well.")
	check(stance.Nak, "NAK-3", "Sorry, but NAK.")
	check(stance.Nak, "NAK-3", "Old tools expect it, so nak.")
	check(stance.Nak, "NAK-4", "You cannot do that, that's a clear NAK.")
	check(stance.Nak, "NAK-4", "Please consider this a formal NAK.")
	check(stance.Nak, "NAK-5", "It is a no, a big NACK on this one.")
	check(stance.Nak, "NAK-6", "I will NAK that patch every time you post it.")
	check(stance.Nak, "NAK-6", "I'll have to nack this series.")
	check(stance.Nak, "NAK-7", "My NAK still stands.")
	check(stance.Nak, "NAK-7", "You will continue to get a NACK while it regresses.")
	check(stance.Nak, "NAK-8", "I'm not going to merge this.")
	check(stance.Nak, "NAK-8", "We can't take this until it works.")
	check(stance.Nak, "NAK-8", "I will not apply this.")
	check(stance.Nak, "NAK-8", "I refuse to merge this series.")
	check(stance.Nak, "NAK-9", "No.", "This is not a solution.")
	check(stance.Apply, "APPLY-2", "Applied, thanks!")
	check(stance.Apply, "APPLY-2", "Applied to the next branch (with the typo fixed).")
	check(stance.Apply, "APPLY-2", "Pulled.")
	check(stance.Apply, "APPLY-2", "Series applied, thank you.")
	check(stance.Apply, "APPLY-2", "Thanks, applied.")
	check(stance.Apply, "APPLY-3", "I've queued this up for the next cycle.")
	check(stance.Apply, "APPLY-3", "I dropped the last paragraph, and applied.")
	check(stance.Apply, "APPLY-3", "Fixed the typo, and applied to the build tree.")
	check(stance.Apply, "APPLY-3", "I removed that paragraph and applied to the build tree.")
	check(stance.Apply, "APPLY-3", "Ok, I've cleaned this up and applied it to the network tree.")
	check(stance.Ack, "ACK-2", "You can have my ack for taking it through your tree.")
	check(stance.Ack, "ACK-2", "Acked-by: Ada Lovelace <ada@example.org>")
	check(stance.Review, "REV-2", "Both patches: Reviewed-by: Ada Lovelace <ada@example.org>")
	check(stance.Review, "REV-2", "With that fixed, feel free to add my Reviewed-by.")
	check(stance.Test, "TEST-2", "Tested-by; Ada Lovelace <ada@example.org>")
}

func TestTrailers(t *testing.T) {
	t.Parallel()
	m := stance.Default()
	for _, c := range []struct {
		token, value, want string
	}{
		{"Reviewed-by", "Grace Hopper <grace@example.org>", stance.None},
		{"Reviewed-by", "", stance.None},
		{"Signed-off-by", "Ada Lovelace <ada@example.org>", stance.None},
		{"Suggested-by", "Ada Lovelace <ada@example.org>", stance.None},
		{"Cc", "Ada Lovelace <ada@example.org>", stance.None},
		{"Reviewed-by", "Ada Lovelace <ada@work.example.com>", stance.Review},
		{"Reviewed-by", "\"Lovelace, Ada\" <ada.l@work.example.com>", stance.Review},
		{"Acked-by", "Somebody Else <ADA@example.org>", stance.Ack},
		{"Acked-by", "Ada Lovelace <ada@example.org> # network part", stance.Ack},
		{"Tested-by", "ada@example.org", stance.Test},
		{"Reported-and-tested-by", "Ada Lovelace <ada@example.org>", stance.Test},
		{"Reviewed-and-tested-by", "Ada Lovelace <ada@example.org>", stance.Review},
		{"Nacked-by", "Ada Lovelace <ada@example.org>", stance.Nak},
		{"NAK", "Ada Lovelace <ada@example.org>", stance.Nak},
	} {
		if v := signal(m, []stance.Trailer{{Token: c.token, Value: c.value}}); v.Label != c.want {
			t.Errorf("%s: %s: %s, want %s", c.token, c.value, v.Label, c.want)
		}
	}
}

func TestSignalOrder(t *testing.T) {
	t.Parallel()
	m := stance.Default()
	own := func(tokens ...string) (ts []stance.Trailer) {
		for _, k := range tokens {
			ts = append(ts, stance.Trailer{Token: k, Value: "Ada Lovelace <ada@example.org>"})
		}
		return ts
	}
	for _, c := range []struct {
		trailers []stance.Trailer
		sentence string
		want     string
	}{
		{own("Tested-by", "Reviewed-by"), "", stance.Review},
		{own("Reviewed-by", "Acked-by"), "", stance.Ack},
		{own("Acked-by"), "Applied, thanks.", stance.Apply},
		{own("Acked-by"), "NAK for the second one.", stance.Nak},
		{own("Reviewed-by"), "NAK ;)", stance.Review},
		{own("Nacked-by", "Reviewed-by"), "NAK ;)", stance.Nak},
		{nil, "NAK ;)", stance.Nak},
	} {
		if v := signal(m, c.trailers, c.sentence); v.Label != c.want {
			t.Errorf("%v %q: %s, want %s", c.trailers, c.sentence, v.Label, c.want)
		}
	}
}

// A posted patch carries tags along; it gives none.
func TestPostedPatchGivesNoSignal(t *testing.T) {
	t.Parallel()
	v := stance.Default().Signal(&stance.Input{
		Sentences: []string{"Applied changes from the last round.", "NAK."}, Patch: true, Name: "Ada Lovelace", Addr: "ada@example.org",
		Trailers: []stance.Trailer{{Token: "Reviewed-by", Value: "Ada Lovelace <ada@example.org>"}},
	})
	if v.Label != stance.None {
		t.Errorf("%+v", v)
	}
}
