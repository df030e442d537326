package ingest_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
)

// search opens the index as a command does, counts, searches, and tells how many mails it saw and how long
// it took.
func search(t *testing.T, dir string) (mails int, took time.Duration) {
	t.Helper()
	begin := time.Now()
	r, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.Count(t.Context(), query.All{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = r.Search(t.Context(), query.Term{Field: query.Body, Text: "kernel"}, index.SearchOptions{Limit: 10, Snippets: true}); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return n, time.Since(begin)
}

// Searches answer from the last published state while mail is taken in: none fails and none sees less than one
// before it. How long they wait is measured by TestReadersDoNotWait.
func TestReadersAreNotDisturbed(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "index")
	from := corpus(t, root)
	take(t, dir, ingest.Options{Sources: from[:1]})
	before, _ := search(t, dir)
	// At every step of an ingest, so that each state is seen, however slow this machine is.
	states := []int{before}
	take(t, dir, ingest.Options{Sources: from, Chunk: 20, Progress: func(ingest.Progress) {
		if n, _ := search(t, dir); n != states[len(states)-1] {
			states = append(states, n)
		}
	}})
	if after, _ := search(t, dir); after != 90 || !slices.IsSorted(states) || len(states) < 3 {
		t.Errorf("%d mails in the end, states seen: %v", after, states)
	}
	// At any moment of one by another process.
	again := filepath.Join(root, "again")
	take(t, again, ingest.Options{Sources: from[:1]})
	searches, seen, _ := during(t, again, before, job{Dir: again, Sources: from, Chunk: 20})
	if after, _ := search(t, again); after != 90 {
		t.Errorf("%d mails in the end", after)
	}
	t.Logf("states %v; beside another process %d searches, states %v", states, searches, seen)
}

// during searches again and again while a job runs.
func during(t *testing.T, dir string, before int, j job) (searches int, states []int, took []time.Duration) {
	t.Helper()
	cmd := start(t, j)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			return searches, states, took
		default:
		}
		n, d := search(t, dir)
		searches++
		took = append(took, d)
		if n < before {
			t.Fatalf("a search saw %d mails after one saw %d", n, before)
		}
		if before = n; !slices.Contains(states, n) {
			states = append(states, n)
		}
	}
}

// During a full ingest of a real archive no search waits more than 200 ms longer than the slowest alone. The
// figure is of a machine with nothing else to do.
func TestReadersDoNotWait(t *testing.T) {
	if !soak() {
		t.Skip("measures time: make soak")
	}
	path := filepath.Join(data(t), "ksummit.mbox.gz")
	if named := os.Getenv("MBOX"); named != "" {
		path = named
	}
	dir := filepath.Join(t.TempDir(), "index")
	take(t, dir, ingest.Options{Sources: sources(path)})
	before, _ := search(t, dir)
	var alone []time.Duration
	for range 100 {
		_, d := search(t, dir)
		alone = append(alone, d)
	}
	for _, j := range []job{{Dir: dir, Sources: sources(path), Fresh: true}, {Dir: dir, Retag: true}, {Dir: dir, Compact: true}} {
		_, _, busy := during(t, dir, before, j)
		if len(busy) == 0 {
			t.Fatal("no search during the work")
		}
		slices.Sort(busy)
		slices.Sort(alone)
		t.Logf("%+v: %d searches, median %v, slowest %v; alone median %v, slowest %v", j, len(busy), busy[len(busy)/2], busy[len(busy)-1], alone[50], alone[99])
		if slowest, limit := busy[len(busy)-1], alone[99]+200*time.Millisecond; slowest > limit {
			t.Errorf("%+v: the slowest search took %v, alone %v", j, slowest, alone[99])
		}
	}
}
