package analysis

import (
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
)

// Messages are the messages of the thread, in tree order.
func (p *Prepared) Messages() []*Draft { return p.drafts }

// ToneInput is what the last Judge gave the model of tone; empty for a bot.
func (d *Draft) ToneInput() sentiment.Input {
	in := &d.position.Input
	return sentiment.Input{Sentences: in.Sentences, Signal: d.Record.Signal, Reply: in.Reply, Patch: in.Patch}
}

// Turns are what the last Judge gave the model of position, and the messages they stand for: all but those of
// bots.
func (p *Prepared) Turns() ([]stance.Turn, []*Draft) { return turns(p.drafts) }
