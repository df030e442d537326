// Package eval compares predicted tags with labels and draws samples to label.
//
// In come labels ([Set], read by [ReadSet], [ReadMessages], [ReadSheet] ...) and predictions ([Predictions], read from
// the export's JSON Lines by [ReadRecords] and [ReadThreadRecords] or filled in by the caller). Out goes a [Report]: for each
// field precision, recall and F1 of every class, the main figure with a bootstrap interval, agreement beyond chance,
// calibration, the share of tags with evidence, baselines beside, and the worst mistakes.
//
//	gold, err := eval.ReadSet(os.DirFS("gold"))
//	report := eval.Compare(gold, predictions, eval.Options{})
//	report.Table(os.Stdout)
//
// Rules that a reader of the figures should know:
//   - Macro-F1 is the mean over the classes that occur in labels or predictions; a class with neither does not count.
//   - Intervals are the 2.5th and 97.5th percentile over resamples of whole threads, because mails of a thread are not
//     independent. The seed is fixed: same input, same interval.
//   - A labelled mail without a prediction is left out and counted in Missing, never scored as right or wrong.
//   - The majority baseline takes the majority from the very labels it is scored on, which flatters it.
//   - Nothing here knows what a model was trained on: figures on its own training labels are no quality.
//
// The same input gives the same bytes: no clock, no map order. What it does not do: it reads no index and no mail, and it
// trains nothing. It imports no other package of the project, so that labels can be scored against anything.
package eval
