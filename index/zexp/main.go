package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

func parts(t string) []index.Part {
	var out []index.Part
	kind := index.Own
	start := 0
	diff := false
	at := 0
	add := func(k index.PartKind, s, e int) {
		if e <= s {
			return
		}
		if n := len(out); n > 0 && out[n-1].Kind == k && out[n-1].End == s {
			out[n-1].End = e
			return
		}
		out = append(out, index.Part{Kind: k, Start: s, End: e})
	}
	_ = kind
	_ = start
	for line := range strings.Lines(t) {
		k := index.Own
		switch {
		case strings.HasPrefix(line, ">"):
			k = index.Quoted
		case strings.HasPrefix(line, "diff --git"):
			diff = true
			k = index.Diff
		case diff && strings.HasPrefix(line, "-- \n"):
			diff = false
			k = index.Other
		case diff:
			k = index.Diff
		}
		add(k, at, at+len(line))
		at += len(line)
	}
	return out
}

func main() {
	dir := flag.String("dir", "/tmp/w/idx", "")
	batch := flag.Int("batch", 0, "")
	compact := flag.Bool("compact", false, "")
	prof := flag.String("prof", "", "")
	gc := flag.Int("gc", 100, "")
	lim := flag.Int64("limit", 0, "")
	dry := flag.Bool("dry", false, "")
	flag.Parse()
	debug.SetGCPercent(*gc)
	if *lim > 0 {
		debug.SetMemoryLimit(*lim << 20)
	}
	if *prof != "" {
		f, _ := os.Create(*prof)
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	start := time.Now()
	os.RemoveAll(*dir)
	w, err := index.OpenWriter(*dir, index.WriterOptions{Fingerprint: "x", BatchBytes: *batch})
	if err != nil {
		panic(err)
	}
	ch := make(chan []byte, 64)
	var wg sync.WaitGroup
	threads := map[string]*analysis.ThreadSummary{}
	var mu sync.Mutex
	n := 0
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for raw := range ch {
				m, _ := mail.Parse(raw)
				if m == nil {
					continue
				}
				rec := analysis.Record{ID: m.ID, Thread: m.ID, Date: m.Date, Received: m.Received, Subject: m.Subject, From: analysis.Person{Name: m.From.Name, Addr: m.From.Addr}, Person: m.From.Name, Role: "developer", Kind: "mail", Hash: m.Hash, References: m.References, InReplyTo: m.InReplyTo, Lists: m.Lists, Defects: m.Defects,
					Stance: analysis.Verdict{Label: "none"}, Sentiment: analysis.Verdict{Label: "neutral"}, Incivility: analysis.Verdict{Label: "false"}, Signal: "none"}
				if len(m.References) > 0 {
					rec.Thread = m.References[0]
					rec.Kind = "reply"
					rec.Depth = 1
				}
				for _, a := range m.To {
					rec.To = append(rec.To, analysis.Person{Name: a.Name, Addr: a.Addr})
				}
				for _, a := range m.Cc {
					rec.Cc = append(rec.Cc, analysis.Person{Name: a.Name, Addr: a.Addr})
				}
				rec.Sources = []analysis.Source{{Path: os.Args[len(os.Args)-1], Offset: 12345, List: "linux-kbuild"}}
				for line := range strings.Lines(m.Text) {
					if strings.HasPrefix(line, "+++ b/") {
						rec.Files = append(rec.Files, strings.TrimSpace(line[6:]))
					}
					if strings.Contains(line[:min(30, len(line))], "-by: ") {
						a, b, _ := strings.Cut(strings.TrimSpace(line), ": ")
						rec.Trailers = append(rec.Trailers, analysis.Trailer{Token: a, Value: b})
					}
				}
				mu.Lock()
				n++
				t := threads[rec.Thread]
				if t == nil {
					t = &analysis.ThreadSummary{ID: rec.Thread, Label: "other", Subject: rec.Subject}
					threads[rec.Thread] = t
				}
				t.Messages++
				t.Heat = t.Messages % 4
				t.Last = rec.Date
				mu.Unlock()
				if *dry {
					continue
				}
				if err := w.Put(index.Doc{Record: rec, Mail: m, Parts: parts(m.Text)}); err != nil {
					panic(err)
				}
			}
		}()
	}
	f, _ := os.Open(flag.Arg(0))
	r := bufio.NewReaderSize(f, 1<<20)
	var cur bytes.Buffer
	flush := func() {
		if cur.Len() > 0 {
			ch <- bytes.Clone(cur.Bytes())
			cur.Reset()
		}
	}
	for {
		line, err := r.ReadBytes('\n')
		if bytes.HasPrefix(line, []byte("From ")) && (cur.Len() == 0 || bytes.HasSuffix(cur.Bytes(), []byte("\n\n"))) {
			flush()
		} else {
			cur.Write(line)
		}
		if err != nil {
			break
		}
	}
	flush()
	close(ch)
	wg.Wait()
	for _, t := range threads {
		if err := w.PutThread(t); err != nil {
			panic(err)
		}
	}
	put := time.Since(start)
	if *compact {
		if err := w.Compact(context.Background()); err != nil {
			panic(err)
		}
	}
	comp := time.Since(start)
	if err := w.Commit(context.Background(), map[string][]byte{"cursor": []byte("abc")}); err != nil {
		panic(err)
	}
	fmt.Println("mails", n, "threads", len(threads), "put", put, "compact", comp-put, "commit", time.Since(start)-comp, "total", time.Since(start))
	w.Close()
	rd, err := index.Open(*dir)
	if err != nil {
		panic(err)
	}
	st, err := rd.Stats(context.Background())
	fmt.Printf("%+v %v\n", st, err)
	b, _ := os.ReadFile("/proc/self/status")
	for l := range strings.Lines(string(b)) {
		if strings.HasPrefix(l, "VmHWM") {
			fmt.Print(l)
		}
	}
}
