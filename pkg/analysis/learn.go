package analysis

import (
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
)

// Messages are the messages of the thread, in tree order.
func (p *Prepared) Messages() []*Draft { return p.drafts }

// ToneInput is what the last Judge gave the model of tone; empty for a bot.
func (d *Draft) ToneInput() sentiment.Input {
	return sentiment.Input{Sentences: d.said.Sentences, Signal: d.Record.Signal, Reply: d.said.Reply, Patch: d.said.Patch}
}

// StanceInput is what the last Judge gave the model of position; empty for a bot. Its Rust says whether
// the message belongs to what is about Rust.
func (d *Draft) StanceInput() stance.Input { return d.said }
