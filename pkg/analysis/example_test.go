package analysis_test

import (
	"fmt"
	"slices"

	"rustle/pkg/analysis"
	"rustle/pkg/mail"
	"rustle/pkg/thread"
)

func ExampleAnalyzer_Thread() {
	raw := []string{
		"From: Ada Tester <ada@example.org>\nDate: Mon, 02 Mar 2026 10:00:00 +0000\nMessage-ID: <1@example.org>\n" +
			"Subject: [PATCH] rust: clk: add abstractions\n\nAdd Rust abstractions for clocks.\n",
		"From: Ben Tester <ben@example.org>\nDate: Mon, 02 Mar 2026 11:00:00 +0000\nMessage-ID: <2@example.org>\nIn-Reply-To: <1@example.org>\n" +
			"Subject: Re: [PATCH] rust: clk: add abstractions\n\n> Add Rust abstractions for clocks.\n\nNAK. Two languages in one subsystem are twice the work.\n",
	}
	var headers []*mail.Header
	var inputs []analysis.Input
	for _, text := range raw {
		m, err := mail.Parse([]byte(text))
		if err != nil {
			fmt.Println(err)
			return
		}
		headers = append(headers, &m.Header)
		inputs = append(inputs, analysis.Input{Mail: m})
	}
	a, err := analysis.New(analysis.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range thread.Build(slices.Values(headers)) {
		r := a.Thread(t, inputs)
		for _, d := range r.Messages {
			fmt.Println(d.Record.Person, d.Record.Kind, d.Record.Signal, d.Record.Stance.Label)
			for _, e := range d.Record.SignalBy {
				fmt.Printf("  %s: %q\n", e.Rule, e.Text)
			}
		}
		fmt.Println(r.Summary.Outcome.Label, r.Summary.Outcome.ID)
	}
	// Output:
	// Ada Tester patch none none
	// Ben Tester reply nak oppose
	//   NAK-2: "NAK."
	// naked 2@example.org
}
