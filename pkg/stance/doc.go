// Package stance reads two things from a mail: the explicit signal its author gives (ack, review, test,
// nak, apply) and where he stands toward Rust, or toward the Rust change at hand (support, conditional,
// oppose, none).
//
// In go the author's own sentences and trailers, and what is known of the mail's place: whether it is
// about Rust, who posted the patch, whom it answers. Out come verdicts with the rules that fired:
//
//	m := stance.Default()
//	in := &stance.Input{Sentences: []string{"Sorry, but NAK.", "This breaks every other architecture."}, Reply: true, Rust: true}
//	s := m.Signal(in)         // nak, by rule NAK-3 on sentence 0
//	v := m.Stance(in, s.Label) // oppose, because a NAK is
//
// A signal is what the author gives in this very mail: a trailer in his own name, or a performative
// sentence ("Applied, thanks"). Trailers of a posted patch, tags of others, quoted or hypothetical
// NAKs, conditions and withdrawals are none. Rules are data (data/signals.txt); those of one signal are
// numbered, NAK-1 (trailer) being the surest and NAK-8 (a refusal without the word) the weakest. When an
// author gives several, nak goes before apply, ack, review and test.
//
// Stance: a signal decides. Otherwise sentence heads (learned from kernel replies labelled by their own
// tags and from labelled mail), cue phrases (data/cues.txt) and the mail's place are weighed by a readable
// second stage, twice: each mail by itself, and then beside what its author says elsewhere in the thread,
// what he answers and what is answered to him. A whole thread is judged by
//
//	turns[i] = stance.Turn{Reading: m.Read(in, signal), Person: person, Parent: parent}
//	verdicts := m.Discussion(turns)
//
// Stance is not tone.
//
// Limits: irony, an opponent's case restated before it is refuted, and assent that lives from the mail
// it answers ("yes") are often missed; the labels used for tuning come from language models, see the
// card.
package stance
