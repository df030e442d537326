package mail_test

import (
	"bytes"
	"os"
	"testing"

	"rustle/pkg/mail"
)

// benchMails returns the mails of the archive named by MBOX (mboxrd as lore writes it), or one of testdata.
func benchMails(b *testing.B) (mails [][]byte, size int64) {
	b.Helper()
	if name := os.Getenv("MBOX"); name != "" {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		_, data, _ = bytes.Cut(data, []byte("\n"))
		mails = bytes.Split(data, []byte("\nFrom mboxrd@z Thu Jan  1 00:00:00 1970\n"))
	} else {
		data, err := os.ReadFile("testdata/valid/plain.eml")
		if err != nil {
			b.Fatal(err)
		}
		mails = append(mails, data)
	}
	for _, m := range mails {
		size += int64(len(m))
	}
	return mails, size
}

func BenchmarkParse(b *testing.B) {
	mails, size := benchMails(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range mails {
			if _, err := mail.Parse(m); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(mails)*b.N)/b.Elapsed().Seconds(), "mails/s")
}

func BenchmarkParseHeader(b *testing.B) {
	mails, size := benchMails(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range mails {
			if _, err := mail.ParseHeader(m); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(mails)*b.N)/b.Elapsed().Seconds(), "mails/s")
}

func BenchmarkBinary(b *testing.B) {
	mails, _ := benchMails(b)
	m, err := mail.Parse(mails[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var data []byte
	for b.Loop() {
		data, _ = m.AppendBinary(data[:0])
		var back mail.Message
		if err := back.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(data)))
}
