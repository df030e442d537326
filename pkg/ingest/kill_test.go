package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rustle/index"
	"rustle/pkg/ingest"
)

// A job is what the test program does as a child: see TestMain.
type job struct {
	Dir     string
	Sources []ingest.Source
	Chunk   int
	Fresh   bool
	Update  bool // as `rustle update` does it
	Retag   bool
	Compact bool
}

func child(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	ctx := context.Background()
	switch {
	case j.Retag:
		_, err := ingest.Retag(ctx, ingest.RetagOptions{Dir: j.Dir, Analyzer: analyzer(), Force: true})
		return err
	case j.Compact:
		return ingest.Compact(ctx, j.Dir)
	}
	_, err := ingest.Run(ctx, ingest.Options{
		Dir: j.Dir, Sources: j.Sources, Chunk: j.Chunk, Fresh: j.Fresh, Standing: j.Update, Analyzer: analyzer(), Now: now,
	})
	return err
}

// start runs a job in a process of its own.
func start(t failer, j job) *exec.Cmd {
	t.Helper()
	cmd := command(t, j)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// command is the process for a job.
func command(t failer, j job) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+string(text))
	return cmd
}

// soak asks for the long form of tests: see `make soak`.
func soak() bool { return os.Getenv("RUSTLE_SOAK") != "" }

// kills is how often TestKill kills.
func kills() int {
	if soak() {
		return 200
	}
	return 30
}

// corpus is a mailbox in several archives, small enough to be taken in many times.
func corpus(t failer, dir string) []ingest.Source {
	t.Helper()
	var boxes [3]strings.Builder
	for i := range 90 {
		l := letter{
			id: fmt.Sprintf("m%d@x.test", i), from: "Ann <ann@people.test>", subject: "Re: Rust in the kernel",
			body: strings.Repeat(bodies[i%len(bodies)]+"\n", 1+i%7), date: now.Add(time.Duration(i) * time.Minute),
		}
		if i%10 > 0 {
			l.refs = []string{fmt.Sprintf("m%d@x.test", i-i%10), fmt.Sprintf("m%d@x.test", i-1)}
		}
		boxes[i%3].WriteString(l.text(i % 3))
		if i%4 == 0 {
			boxes[(i+1)%3].WriteString(l.text((i + 1) % 3))
		}
	}
	var paths []string
	for i := range boxes {
		paths = append(paths, write(t, filepath.Join(dir, fmt.Sprintf("box%d.mbox", i)), boxes[i].String()))
	}
	return sources(paths...)
}

// A process killed at any moment leaves an index that opens, or none, with nothing lost of what was
// published, and the next run completes it to what an undisturbed run makes.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	whole := filepath.Join(root, "whole")
	take(t, whole, ingest.Options{Sources: from, Chunk: 40})
	want := dump(t, whole)
	part := filepath.Join(root, "part")
	take(t, part, ingest.Options{Sources: from[:1]})
	wantPart := dump(t, part)

	// prepare makes what a kind of job starts from, and says what the index may hold after a kill.
	prepare := func(i int, dir string) (j job, before []string) {
		j = job{Dir: dir, Sources: from, Chunk: 40}
		switch i % 5 {
		case 0: // the first ingest
			return j, nil
		case 1: // an increment
			take(t, dir, ingest.Options{Sources: from[:1]})
			j.Update = true
			return j, wantPart
		}
		take(t, dir, ingest.Options{Sources: from, Chunk: 40})
		j.Retag, j.Fresh, j.Compact = i%5 == 2, i%5 == 3, i%5 == 4
		return j, want
	}
	// How long each kind takes here, to kill all along it.
	var took [5]time.Duration
	for i := range took {
		j, _ := prepare(i, filepath.Join(root, fmt.Sprint("timed", i)))
		begin := time.Now()
		if err := start(t, j).Wait(); err != nil {
			t.Fatal(err)
		}
		took[i] = time.Since(begin)
	}
	random := rand.New(rand.NewPCG(1, 2))
	killed, i := 0, -1
	for killed < kills() && i < 2*kills() {
		i++
		dir := filepath.Join(root, fmt.Sprint(i))
		j, before := prepare(i, dir)
		begin := time.Now()
		cmd := start(t, j)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("kill %d: it failed by itself: %v", i, err)
			}
			// The machine is faster now than when it was timed: the next kill must come earlier.
			took[i%5] = time.Since(begin)
		case <-time.After(time.Duration(random.Int64N(int64(took[i%5])))):
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			if err := <-ended; err != nil {
				killed++
			}
		}
		state, err := index.Check(dir, "")
		if err != nil && !os.IsNotExist(err) {
			t.Fatalf("kill %d: %v", i, err)
		}
		if state == index.Missing && before != nil || state != index.Missing && state != index.Ready {
			t.Fatalf("kill %d: the index is %v", i, state)
		}
		if i%5 >= 2 {
			same(t, fmt.Sprintf("kill %d, before the next run", i), want, dump(t, dir))
		}
		stats := take(t, dir, ingest.Options{Sources: from, Chunk: 40})
		same(t, fmt.Sprintf("kill %d (%+v)", i, stats), want, dump(t, dir))
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if name := e.Name(); strings.HasPrefix(name, "spool") || strings.HasSuffix(name, ".tmp") && name != "sources.json.tmp" ||
				strings.HasPrefix(name, "gen-") && name != generation(t, dir) {
				t.Errorf("kill %d left %s", i, name)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if killed < kills() {
		t.Errorf("only %d of %d processes were killed before they had ended", killed, i+1)
	}
	t.Logf("%d of %d processes were killed at work; alone they take %v", killed, i+1, took)
}

// A process killed before its spool had lost its name leaves it to the next run, which takes it away.
func TestSpoolLeftBehind(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	dir := filepath.Join(root, "index")
	take(t, dir, ingest.Options{Sources: from})
	left := write(t, filepath.Join(dir, "spool"), "of a run that was killed")
	take(t, dir, ingest.Options{Sources: from})
	if _, err := os.Lstat(left); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", filepath.Base(left), err)
	}
}

// Cancellation leaves what was published, at whatever moment it comes.
func TestCancel(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	dir := filepath.Join(root, "index")
	take(t, dir, ingest.Options{Sources: from[:1]})
	want, gen := dump(t, dir), generation(t, dir)
	for _, stage := range []string{ingest.Reading, ingest.Indexing, ingest.Writing} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := ingest.Run(ctx, ingest.Options{
			Dir: dir, Sources: from, Analyzer: analyzer(), Now: now,
			Progress: func(p ingest.Progress) {
				if p.Stage == stage {
					cancel()
				}
			},
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: %v, want %v", stage, err, context.Canceled)
		}
		if got := generation(t, dir); got != gen {
			t.Fatalf("%s: published %s", stage, got)
		}
		same(t, stage, want, dump(t, dir))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ingest.Run(ctx, ingest.Options{Dir: dir, Sources: from, Analyzer: analyzer(), Now: now}); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled before it began: %v", err)
	}
	take(t, dir, ingest.Options{Sources: from})
	whole := filepath.Join(root, "whole")
	take(t, whole, ingest.Options{Sources: from})
	same(t, "after all", dump(t, whole), dump(t, dir))
}
