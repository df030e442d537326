// Package sentiment says in which tone the author of a mail answers (positive, neutral, negative) and
// whether he is uncivil, with the sentences that show it.
//
// In go the author's own sentences, cut from the mail by someone else: quoted text, greetings,
// closings, signatures and code must not be among them. Out come two verdicts:
//
//	m := sentiment.Default()
//	r := m.Read(&sentiment.Input{Sentences: []string{"Nice cleanup, thanks for doing this!"}, Reply: true})
//	r.Tone.Label              // "positive"
//	r.Tone.Hits[0].Sentence   // 0: the evidence
//
// Each sentence is scored by linear heads over words, word pairs, character n-grams and the counts of
// a phrase lexicon of this project's own wording; a second, readable stage weighs the strongest
// sentences of the mail. A tag the author gives (Input.Signal) decides the tone: an ack is approval, a
// NAK displeasure. Whatever stays below its threshold is neutral, and a label other than neutral always
// names a sentence.
//
// Tone is not stance: a polite NAK and a rude ack exist. Incivility means insult or mockery of a person,
// a group or their work; strong words about a compiler are none. Irony is seen only where it leaves
// marks, a restated opinion of somebody else is not told from the author's own, and the labels the
// model was tuned on were given by language models that read the mail (see the card).
package sentiment
