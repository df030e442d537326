package ingest

import (
	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/body"
	"rustle/pkg/patch"
)

// document makes what the index keeps of an analysed message.
func document(d *analysis.Draft) index.Doc {
	doc := index.Doc{Record: d.Record, Mail: d.Mail}
	for _, b := range d.Text.Blocks {
		kind := index.Other
		switch {
		case b.Kind.Own():
			kind = index.Own
		case b.Kind == body.Quote:
			kind = index.Quoted
		case b.Kind == body.Diff:
			kind = index.Diff
		}
		if n := len(doc.Parts); n > 0 && doc.Parts[n-1].Kind == kind && doc.Parts[n-1].End == b.Start {
			doc.Parts[n-1].End = b.End
			continue
		}
		doc.Parts = append(doc.Parts, index.Part{Kind: kind, Start: b.Start, End: b.End})
	}
	for _, f := range d.Files {
		if f.Pre != "" {
			doc.BlobsPre = append(doc.BlobsPre, f.Pre)
		}
		if f.Post != "" {
			doc.BlobsPost = append(doc.BlobsPost, f.Post)
		}
	}
	if d.Record.Kind == "patch" {
		doc.PatchID = patch.ID(d.Text.Text)
	}
	return doc
}
