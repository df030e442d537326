package ingest_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rustle/index"
	"rustle/pkg/archive"
	"rustle/pkg/ingest"
	"rustle/pkg/mail"
)

// data is the directory of the real archives, which are not part of the repository.
func data(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("RUSTLE_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(filepath.Join(dir, "ksummit.mbox.gz")); err != nil || testing.Short() {
		t.Skip("needs the archives that RUSTLE_DATA names")
	}
	return dir
}

// lore's mbox and its git epoch of one list hold the same mail.
func TestMboxAndEpochAgree(t *testing.T) {
	t.Parallel()
	from := data(t)
	root := t.TempDir()
	repo := filepath.Join(root, "ksummit", "git", "0.git")
	bundle, err := filepath.Abs(filepath.Join(from, "ksummit-0.bundle"))
	if err != nil {
		t.Fatal(err)
	}
	git(t, repo, "", "clone", "--quiet", "--mirror", bundle, repo)
	a, b := filepath.Join(root, "a"), filepath.Join(root, "b")
	take(t, a, ingest.Options{Sources: []ingest.Source{{Path: filepath.Join(from, "ksummit.mbox.gz"), List: "ksummit"}}})
	stats := take(t, b, ingest.Options{Sources: []ingest.Source{{Path: filepath.Join(root, "ksummit"), List: "ksummit"}}})
	if stats.New < 3000 {
		t.Errorf("%d new mails in the epoch, want more than 3000", stats.New)
	}
	same(t, "epoch", dumpWithout(t, a), dumpWithout(t, b))
}

// Every mail of the test corpus is kept, the unreadable ones with what could be read.
func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "index")
	stats := take(t, dir, ingest.Options{Sources: sources("../../testdata/archives")})
	if stats.Read != 117 || stats.New+stats.Known != stats.Read {
		t.Errorf("read %d, new %d, known %d; want 117 read, each new or known", stats.Read, stats.New, stats.Known)
	}
	for _, d := range []string{mail.DefectBrokenMIME, mail.DefectNoFrom} {
		if stats.Damaged[d] == 0 {
			t.Errorf("no mail counted as damaged by %s: %v", d, stats.Damaged)
		}
	}
	for _, e := range entries(t, dir) {
		if !filepath.IsAbs(e.Path) || e.Mails != stats.New || !e.LastRun.Equal(now) || !e.LastSuccess.Equal(now) {
			t.Errorf("ledger: %+v", e)
		}
	}
	again := take(t, dir, ingest.Options{Sources: sources("../../testdata/archives")})
	if again.Read != 0 {
		t.Errorf("a second run read %d mails", again.Read)
	}
}

func entries(t failer, dir string) []ingest.Entry {
	t.Helper()
	list, err := ingest.Ledger(dir)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func packed(t failer, path, text string, keep int) string {
	t.Helper()
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, path, b.String()[:b.Len()-keep])
}

// An archive that ends in damage gives its mails up to there, is reported, and is read again when it is whole.
func TestDamagedArchive(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var text strings.Builder
	for i := range 400 {
		l := letter{id: fmt.Sprintf("m%d@x.test", i), from: "A <a@b.test>", subject: fmt.Sprint("s", i), body: strings.Repeat(fmt.Sprint(i*7919), 300), date: now}
		text.WriteString(l.text(1))
	}
	bad := packed(t, filepath.Join(root, "bad.mbox.gz"), text.String(), 2000)
	l := letter{id: "good@x.test", from: "A <a@b.test>", subject: "s", body: "b", date: now}
	good := write(t, filepath.Join(root, "good.mbox"), l.text(1))
	dir := filepath.Join(root, "index")
	o := ingest.Options{Dir: dir, Sources: sources(bad, good, filepath.Join(root, "none.mbox")), Analyzer: analyzer(), Now: now}
	stats, err := ingest.Run(t.Context(), o)
	var damaged *archive.Error
	if !errors.Is(err, archive.ErrTruncated) || !errors.Is(err, archive.ErrNotFound) || !errors.As(err, &damaged) {
		t.Fatalf("error %v, want one that says truncated and one that says not found", err)
	}
	if stats.Sources[0].New < 200 || stats.Sources[0].Error == "" || stats.Sources[1].New != 1 {
		t.Errorf("sources: %+v", stats.Sources)
	}
	list := entries(t, dir)
	if len(list) != 2 || list[0].Error == "" || !list[0].LastSuccess.IsZero() || list[1].Error != "" {
		t.Errorf("ledger: %+v, want the damaged archive with its error, the good one, and not the missing one", list)
	}
	o.Standing = true
	if _, err := ingest.Run(t.Context(), o); err == nil {
		t.Error("no error the second time")
	}
	if list = entries(t, dir); len(list) != 3 || list[0].Mails != stats.Sources[0].New {
		t.Errorf("ledger: %+v, want the configured archive that is missing too, and mails counted once", list)
	}
	packed(t, bad, text.String(), 0)
	take(t, dir, ingest.Options{Sources: sources(bad)})
	whole := filepath.Join(root, "whole")
	take(t, whole, ingest.Options{Sources: sources(good, bad)})
	same(t, "repaired", dump(t, whole), dump(t, dir))
	if list = entries(t, dir); list[0].Error != "" || list[0].Mails != 400 {
		t.Errorf("ledger: %+v", list[0])
	}

	// A fresh build is all or nothing.
	gen := generation(t, dir)
	o.Fresh = true
	if _, err := ingest.Run(t.Context(), o); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("a fresh build without one of its archives: %v", err)
	}
	if got := generation(t, dir); got != gen {
		t.Errorf("a fresh build that failed published %s", got)
	}
	o.Sources = o.Sources[:2]
	if _, err := ingest.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	same(t, "fresh", dump(t, whole), dump(t, dir))
}

// Mails of which hardly anything is left are kept and do not end the run.
func TestNothingIsDropped(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	l := letter{id: "a@x.test", from: "A <a@b.test>", subject: "s", body: "b", date: now}
	const separator = "From mboxrd@z Thu Jan  1 00:00:00 1970\n"
	box := write(t, filepath.Join(root, "box.mbox"), l.text(1)+separator+"\n\n"+separator+"\x00\x01\n\n"+separator+"no header here\n\n"+separator+"From: b\n\n\n"+separator+"\n")
	dir := filepath.Join(root, "index")
	stats := take(t, dir, ingest.Options{Sources: sources(box)})
	if stats.Read < 5 || stats.New+stats.Known != stats.Read || len(stats.Damaged) == 0 {
		t.Errorf("%+v", stats)
	}
	big := letter{id: "big@x.test", from: "A <a@b.test>", subject: "s", body: strings.Repeat("0123456789abcdef\n", 1000), date: now}
	box = write(t, filepath.Join(root, "big.mbox"), big.text(1))
	stats = take(t, dir, ingest.Options{Sources: sources(box), Archive: archive.Options{MaxMessage: 2000}})
	if stats.New != 1 || stats.Damaged[mail.DefectTooLarge] != 1 {
		t.Errorf("a mail cut by the archive: %+v", stats)
	}
}

func TestStdinAndRepeatedSources(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	l := letter{id: "a@x.test", from: "A <a@b.test>", subject: "s", body: "b", date: now}
	dir := filepath.Join(root, "index")
	for i, want := range []int{1, 0} {
		stats := take(t, dir, ingest.Options{Sources: sources("-"), Archive: archive.Options{Stdin: strings.NewReader(l.text(1))}})
		if stats.Read != 1 || stats.New != want {
			t.Errorf("run %d from standard input: %+v", i, stats)
		}
	}
	box := write(t, filepath.Join(root, "boxes", "box.mbox"), l.text(1))
	stats := take(t, dir, ingest.Options{Sources: sources(box, box, filepath.Dir(box))})
	if stats.Read != 1 || len(stats.Sources) != 1 {
		t.Errorf("one archive named three times: %+v", stats)
	}
	// The same archive under another name of the list: the mail is on both.
	take(t, dir, ingest.Options{Sources: []ingest.Source{{Path: box, List: "other"}}})
	if lines := strings.Join(dump(t, dir), ""); !strings.Contains(lines, `"lists":["list1.lists.test","other"]`) {
		t.Error(lines)
	}
}

func TestBusy(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "index")
	from := corpus(t, root)
	_, err := ingest.Run(t.Context(), ingest.Options{Dir: dir, Sources: from, Analyzer: analyzer(), Now: now, Progress: func(p ingest.Progress) {
		if p.Stage != ingest.Writing {
			return
		}
		if _, err := ingest.Run(context.Background(), ingest.Options{Dir: dir, Sources: from, Analyzer: analyzer(), Now: now}); !errors.Is(err, index.ErrBusy) {
			t.Errorf("a second writer: %v, want %v", err, index.ErrBusy)
		}
		if _, err := ingest.Retag(context.Background(), ingest.RetagOptions{Dir: dir, Analyzer: analyzer()}); !errors.Is(err, index.ErrNoIndex) {
			t.Errorf("retag before there is an index: %v, want %v", err, index.ErrNoIndex)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// Other rules give the same as if they had been there from the start, and no archive is needed.
func TestRetag(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	dir := filepath.Join(root, "index")
	take(t, dir, ingest.Options{Sources: from})
	want := dump(t, dir)
	gen := generation(t, dir)
	stats, err := ingest.Retag(t.Context(), ingest.RetagOptions{Dir: dir, Analyzer: analyzer()})
	if err != nil || stats.Written != 0 || generation(t, dir) != gen {
		t.Fatalf("retag by the same rules: %+v, %v", stats, err)
	}
	for _, s := range from {
		if err := os.Remove(s.Path); err != nil {
			t.Fatal(err)
		}
	}
	stats, err = ingest.Retag(t.Context(), ingest.RetagOptions{Dir: dir, Analyzer: analyzer(), Force: true})
	if err != nil || stats.Written != 90 {
		t.Fatalf("retag: %+v, %v", stats, err)
	}
	same(t, "retag", want, dump(t, dir))
	if err := ingest.Compact(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	same(t, "compact", want, dump(t, dir))
	r, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if s, err := r.Stats(t.Context()); err != nil || s.Segments != 1 || s.Deleted != 0 {
		t.Errorf("after compact: %d segments, %d deleted documents, %v", s.Segments, s.Deleted, err)
	}
}

// An archive leaves the record with its mail, when the index was built anew without it, and not before.
func TestWithout(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	dir := filepath.Join(root, "index")
	take(t, dir, ingest.Options{Sources: from})
	gone := func(e ingest.Entry) bool { return strings.HasSuffix(e.Path, "box1.mbox") }
	o := ingest.Options{Sources: []ingest.Source{from[0], {Path: filepath.Join(root, "nosuch.mbox")}}, Fresh: true, Without: gone}
	o.Dir, o.Analyzer, o.Now = dir, analyzer(), now
	if _, err := ingest.Run(t.Context(), o); !errors.Is(err, ingest.ErrPartial) {
		t.Fatal(err)
	}
	if list := entries(t, dir); len(list) != 3 {
		t.Errorf("ledger after a run that changed nothing: %+v", list)
	}
	take(t, dir, ingest.Options{Sources: []ingest.Source{from[0], from[2]}, Fresh: true, Without: gone})
	if list := entries(t, dir); len(list) != 2 || strings.HasSuffix(list[1].Path, "box1.mbox") {
		t.Errorf("ledger: %+v", list)
	}
}
