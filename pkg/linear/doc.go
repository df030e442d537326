// Package linear reads sentences with small linear models: words and pieces of words go in, a score
// for every head (positive, uncivil, oppose, ...) comes out, with the words that carried it.
//
// A [Reader] cuts a sentence into [Token] values and hashes words, word pairs and character 3-5-grams
// into buckets, once for all heads. A [Model] holds one int8 weight per bucket and head, a few dense
// weights (lexicon counts and the like, chosen by the caller) and a calibration per head. A [Logit] is
// the second stage: a multinomial logistic regression over named numbers. A [Bundle] keeps models in
// one checked file.
//
//	var r linear.Reader
//	text := r.Read([]string{"This is utter nonsense."}, nil)
//	var memo linear.Memo
//	var scores [2]float64
//	model.Score(&text.Sentences[0], &memo, scores[:])
//
// Training ([TrainModel], [TrainLogit]) is pure Go and repeats bit for bit with the same rows and seed.
// Phrases ([Lexicon]) are matched over the same tokens, so rules and heads share one pass.
//
// The package knows nothing of mail, tone or stance, keeps no training text in its models but single
// words and word pairs, and does not detect languages: it is made for English.
package linear
