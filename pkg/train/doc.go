// Package train learns the models of tone, incivility, position and threads from labels.
//
// What is learned from comes in three forms: tables of labelled text ([Table]); labels of mail and
// threads, whose text is taken from an index ([eval.Set]); and judgements of single sentences that name
// their sentence by its Message-ID and [linear.Key] and so carry no text ([Sentence]). Out comes one
// model file and its card:
//
//	c, err := train.Gather(ctx, analyzer, source, material, train.Options{})
//	model, err := c.Learn(ctx)
//	figures, err := c.Check(ctx)
//	card := c.Card(figures)
//
// What the models of a later stage learn from, the earlier stages have said without having seen the
// thread: else they would look surer than they are on new mail. [Corpus.Check] holds out whole threads,
// and then whole lists; what it holds out no stage has seen, the judged sentences included.
//
// The same material and options give the same bytes. The package reads no archive and no index: the
// caller hands it mail as a [Source]. It knows no clock.
package train
