package index

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"rustle/pkg/analysis"
	"encoding/json"
)

func TestZZSizes(t *testing.T) {
	dir := os.Getenv("ZZ")
	if dir == "" {
		t.Skip()
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var raws [][]byte
	tot, recs, heads, texts, np := 0, 0, 0, 0, 0
	for _, v := range r.views {
		for it := v.messages.Iterator(); it.HasNext(); {
			n := it.Next()
			if n%4 != 0 {
				continue
			}
			v.blob(n, func(b []byte) error {
				tot += len(b)
				raw, _ := r.unzip.dec.DecodeAll(b, nil)
				raws = append(raws, raw)
				m, _, _ := r.unzip.message(b, nil)
				recs += len(m.record)
				heads += len(m.head)
				texts += len(m.text)
				np += len(m.parts)
				return nil
			})
		}
	}
	fmt.Println("docs", len(raws), "blob", tot, "rec", recs, "head", heads, "text", texts, "parts", np)
	try := func(name string, o ...zstd.EOption) {
		e, _ := zstd.NewWriter(nil, append(o, zstd.WithEncoderConcurrency(1))...)
		st := time.Now()
		n := 0
		var buf []byte
		for _, r := range raws {
			buf = e.EncodeAll(r, buf[:0])
			n += len(buf)
		}
		fmt.Println(name, n, time.Since(st))
	}
	d := zstd.WithEncoderDictRaw(1, []byte(dictionary))
	try("fastest", zstd.WithEncoderLevel(zstd.SpeedFastest))
	try("default", zstd.WithEncoderLevel(zstd.SpeedDefault))
	try("better", zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	try("best", zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	try("fastest+d", d, zstd.WithEncoderLevel(zstd.SpeedFastest))
	try("default+d", d, zstd.WithEncoderLevel(zstd.SpeedDefault))
	try("better+d", d, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	try("best+d", d, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	try("default+d+w", d, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(1<<17))
	_ = bytes.Clone
	var x analysis.Record
	_ = json.Unmarshal
	_ = x
	// fields
	for _, f := range []string{"_id", "body", "subject", "subjx", "from", "to", "cc", "fromx", "tox", "ccx", "refs", "when", "thread", "trailer", "series", "file", "size", "recv", "pre"} {
		terms, posts, tb, bb, hap := 0, 0, 0, 0, 0
		for _, v := range r.views {
			v.terms(f, nil, nil, nil, func(term string) (bool, error) {
				bm, _ := v.term(f, term)
				terms++
				tb += len(term)
				c := int(bm.GetCardinality())
				posts += c
				if c == 1 {
					hap++
				}
				bb += int(bm.GetSerializedSizeInBytes())
				return true, nil
			})
		}
		fmt.Println(f, "terms", terms, "bytes", tb, "postings", posts, "bitmaps", bb, "hapax", hap)
	}
}
