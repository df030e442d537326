package eval

// Agreement compares two labellers: a takes the place of the labels, b that of the predictions. F1 and kappa are the same
// either way round; precision and recall change places. There are no baselines, as nobody predicts.
func Agreement(a, b Set, o Options) *Report {
	p := Predictions{People: b.People}
	for _, m := range b.Messages {
		p.Messages = append(p.Messages, Prediction{Message: m, Reasons: map[string][]string{}})
	}
	for _, t := range b.Threads {
		p.Threads = append(p.Threads, ThreadPrediction{Thread: t})
	}
	for _, t := range b.Branches {
		p.Branches = append(p.Branches, ThreadPrediction{Thread: t})
	}
	r := Compare(a, p, o)
	for i := range r.Fields {
		f := &r.Fields[i]
		f.Baselines, f.Tags, f.WithEvidence = nil, 0, 0
	}
	return r
}
