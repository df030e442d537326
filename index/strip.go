package index

import (
	"slices"
	"time"

	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

// What a record repeats of its mail, as bits.
const (
	sameID = 1 << iota
	sameDate
	sameReceived
	sameSubject
	sameFrom
	sameTo
	sameCc
	sameReferences
	sameInReplyTo
	sameDefects
)

// strip returns the record without what the header says as well, and what that is.
func strip(rec *analysis.Record, h *mail.Header) (*analysis.Record, int) {
	r := *rec
	same := 0
	if r.ID == h.ID {
		r.ID, same = "", same|sameID
	}
	if r.Date.Equal(h.Date) {
		r.Date, same = time.Time{}, same|sameDate
	}
	if r.Received.Equal(h.Received) {
		r.Received, same = time.Time{}, same|sameReceived
	}
	if r.Subject == h.Subject {
		r.Subject, same = "", same|sameSubject
	}
	if r.From == person(h.From) {
		r.From, same = analysis.Person{}, same|sameFrom
	}
	if samePeople(r.To, h.To) {
		r.To, same = nil, same|sameTo
	}
	if samePeople(r.Cc, h.Cc) {
		r.Cc, same = nil, same|sameCc
	}
	if slices.Equal(r.References, h.References) {
		r.References, same = nil, same|sameReferences
	}
	if slices.Equal(r.InReplyTo, h.InReplyTo) {
		r.InReplyTo, same = nil, same|sameInReplyTo
	}
	if slices.Equal(r.Defects, h.Defects) {
		r.Defects, same = nil, same|sameDefects
	}
	return &r, same
}

// restore undoes strip. Lists that were empty come back empty and not nil, as records have them.
func restore(r *analysis.Record, h *mail.Header, same int) {
	if same&sameID != 0 {
		r.ID = h.ID
	}
	if same&sameDate != 0 {
		r.Date = h.Date
	}
	if same&sameReceived != 0 {
		r.Received = h.Received
	}
	if same&sameSubject != 0 {
		r.Subject = h.Subject
	}
	if same&sameFrom != 0 {
		r.From = person(h.From)
	}
	if same&sameTo != 0 {
		r.To = people(h.To)
	}
	if same&sameCc != 0 {
		r.Cc = people(h.Cc)
	}
	if same&sameReferences != 0 {
		r.References = append([]string{}, h.References...)
	}
	if same&sameInReplyTo != 0 {
		r.InReplyTo = append([]string{}, h.InReplyTo...)
	}
	if same&sameDefects != 0 {
		r.Defects = append([]string{}, h.Defects...)
	}
}

func person(a mail.Address) analysis.Person { return analysis.Person{Name: a.Name, Addr: a.Addr} }

func people(list []mail.Address) []analysis.Person {
	out := make([]analysis.Person, len(list))
	for i, a := range list {
		out[i] = person(a)
	}
	return out
}

func samePeople(a []analysis.Person, b []mail.Address) bool {
	return slices.EqualFunc(a, b, func(p analysis.Person, q mail.Address) bool { return p == person(q) })
}
