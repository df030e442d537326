package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Names in an index directory.
const (
	lockName      = "lock"
	gateName      = "gate"
	currentName   = "CURRENT"
	genPrefix     = "gen-"
	metaName      = "meta.json"
	storeName     = "store" // bleve's, below a generation
	dictName      = "dictionary"
	storeKindName = "index_meta.json" // bleve's, beside its store
)

// meta is what a generation says of itself beside bleve's own files. It is written last, so a
// generation without it is unfinished.
type meta struct {
	Schema      int               `json:"schema"`
	Fingerprint string            `json:"fingerprint"`
	Messages    int               `json:"messages"`
	Threads     int               `json:"threads"`
	Files       map[string]int64  `json:"files"`          // below the generation -> bytes
	Sums        map[string]uint32 `json:"sums,omitempty"` // CRC-32 of those that hold none themselves, which is all but segments
}

// A State says whether an index can be used and, if not, why it must be built anew.
type State uint8

// The states of an index.
const (
	Ready       State = iota
	Missing           // nothing was ever published there
	OlderSchema       // written by an older version: rebuild
	NewerSchema       // written by a newer version: update this program
	OtherRules        // readable, but the tags come from other rules: retag
	Corrupt           // files are missing, cut short or changed: rebuild
)

func (s State) String() string {
	names := [...]string{"ready", "missing", "older schema", "newer schema", "other rules", "corrupt"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}

// Check looks at an index directory without opening the index. Fingerprint is that of the rules in
// use; an empty one is not compared. The error is about the directory itself, or says what is wrong
// with a Corrupt index.
func Check(dir, fingerprint string) (State, error) {
	m, _, err := published(dir)
	var schema *SchemaError
	switch {
	case errors.Is(err, ErrNoIndex):
		return Missing, nil
	case errors.As(err, &schema) && schema.Have > schema.Want:
		return NewerSchema, nil
	case errors.As(err, &schema):
		return OlderSchema, nil
	case err != nil:
		return Corrupt, err
	case fingerprint != "" && m.Fingerprint != fingerprint:
		return OtherRules, nil
	}
	return Ready, nil
}

// published reads which generation is current and what it says of itself.
func published(dir string) (m meta, gen string, err error) {
	text, err := os.ReadFile(filepath.Join(dir, currentName))
	if errors.Is(err, fs.ErrNotExist) {
		return meta{}, "", fmt.Errorf("%w in %s", ErrNoIndex, dir)
	}
	if err != nil {
		return meta{}, "", fmt.Errorf("index: %w", err)
	}
	gen, sum, ok := readCurrent(string(text))
	if !ok {
		return meta{}, "", fmt.Errorf("%w: %s names no generation", ErrCorrupt, filepath.Join(dir, currentName))
	}
	path := filepath.Join(dir, gen, metaName)
	text, err = os.ReadFile(path)
	if err != nil {
		return meta{}, gen, damaged(fmt.Errorf("%s: %w", filepath.Join(dir, currentName), err))
	}
	if sum != noSum && sum != uint64(crc32.ChecksumIEEE(text)) {
		return meta{}, gen, fmt.Errorf("%w: %s does not fit %s (the checksum differs)", ErrCorrupt, path, filepath.Join(dir, currentName))
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return meta{}, gen, fmt.Errorf("%w: %s: %w", ErrCorrupt, path, err)
	}
	if m.Schema != SchemaVersion {
		return m, gen, &SchemaError{Dir: dir, Have: m.Schema, Want: SchemaVersion}
	}
	return m, gen, m.look(filepath.Join(dir, gen))
}

// withPublished runs use on what is published, which nobody removes meanwhile, and again when it could not be
// kept from being replaced.
func withPublished(dir string, use func(m meta, gen string) error) error {
	const attempts = 20
	for attempt := 1; ; attempt++ {
		leave := enterGate(dir)
		m, gen, err := published(dir)
		if err == nil {
			err = use(m, gen)
		}
		leave()
		if err == nil {
			return nil
		}
		// Without the gate (a directory we may only read) the generation may have been replaced under us.
		if _, now, perr := published(dir); attempt == attempts || perr != nil || now == gen {
			return err
		}
	}
}

// currentLine is what CURRENT holds: the name of a generation and the CRC-32 of its meta.
func currentLine(gen string, sum uint32) string { return fmt.Sprintf("%s %08x\n", gen, sum) }

// noSum stands for the checksum of a meta that CURRENT does not give.
const noSum = math.MaxUint64

// readCurrent takes a currentLine apart, and nothing that differs from one in a byte. The name alone is
// what CURRENT held before there were checksums.
func readCurrent(text string) (gen string, sum uint64, ok bool) {
	gen, digits, both := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
	if _, ok := genNumber(gen); !ok {
		return "", 0, false
	}
	if !both {
		return gen, noSum, text == gen+"\n"
	}
	sum, err := strconv.ParseUint(digits, 16, 32)
	return gen, sum, err == nil && text == currentLine(gen, uint32(sum))
}

func genNumber(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, genPrefix)
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && !strings.ContainsAny(digits, "+-")
}

// nextGen is a name no generation has.
func nextGen(dir string) (string, error) {
	gens, err := generations(dir)
	if err != nil {
		return "", err
	}
	last := 0
	for _, g := range gens {
		if n, ok := genNumber(g); ok {
			last = max(last, n)
		}
	}
	return fmt.Sprintf("%s%06d", genPrefix, last+1), nil
}

func generations(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	var out []string
	for _, e := range entries {
		if _, ok := genNumber(e.Name()); ok && e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// gateWait is how long a writer waits for readers that are just opening before it leaves an old
// generation to the next writer.
const gateWait = 2 * time.Second

// sweep removes every generation but one, and what publish left when it was killed. What cannot be removed
// now is removed the next time.
func sweep(ctx context.Context, dir, keep string) error {
	_ = os.Remove(filepath.Join(dir, currentName+".tmp")) // seldom there
	gens, err := generations(dir)
	if err != nil {
		return err
	}
	gens = slices.DeleteFunc(gens, func(g string) bool { return g == keep })
	if len(gens) == 0 {
		return nil
	}
	gate := flock.New(filepath.Join(dir, gateName), flock.SetPermissions(0o600))
	defer func() { _ = gate.Close() }()
	ctx, cancel := context.WithTimeout(ctx, gateWait)
	defer cancel()
	if ok, err := gate.TryLockContext(ctx, 5*time.Millisecond); !ok || err != nil {
		return nil // a reader is opening; the generation stays for the next sweep
	}
	var errs []error
	for _, g := range gens {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, g)))
	}
	return errors.Join(errs...)
}

// enterGate keeps generations from being removed until the returned function is called. A directory
// that cannot be written to has no writer either, so no gate is no trouble.
func enterGate(dir string) (leave func()) {
	gate := flock.New(filepath.Join(dir, gateName), flock.SetFlag(os.O_RDONLY))
	if err := gate.RLock(); err != nil {
		return func() {}
	}
	return func() { _ = gate.Close() }
}

// derive makes a generation that begins as another one is: segment files are shared by hard links,
// the rest is copied.
func derive(from, to string) error {
	if err := os.MkdirAll(filepath.Join(to, storeName), 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(from, storeName))
	if err != nil {
		return err
	}
	files := []string{storeKindName}
	if _, err := os.Stat(filepath.Join(from, dictName)); err == nil {
		files = append(files, dictName)
	}
	for _, e := range entries {
		files = append(files, filepath.Join(storeName, e.Name()))
	}
	for _, name := range files {
		src, dst := filepath.Join(from, name), filepath.Join(to, name)
		if isSegment(name) && os.Link(src, dst) == nil {
			continue
		}
		if err := copyFile(src, dst); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

// seal makes a closed generation durable and writes its meta, whose checksum it returns: files that no
// segment of the published snapshot needs are removed first. Live are the segment files in use.
func seal(dir string, m meta, live map[string]bool) (sum uint32, err error) {
	store := filepath.Join(dir, storeName)
	entries, err := os.ReadDir(store)
	if err != nil {
		return 0, err
	}
	m.Files, m.Sums = map[string]int64{}, map[string]uint32{}
	names := []string{storeKindName}
	if _, err := os.Stat(filepath.Join(dir, dictName)); err == nil {
		names = append(names, dictName)
	}
	for _, e := range entries {
		if isSegment(e.Name()) && !live[e.Name()] {
			if err := os.Remove(filepath.Join(store, e.Name())); err != nil {
				return 0, err
			}
			continue
		}
		names = append(names, storeName+"/"+e.Name())
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if m.Files[name], err = syncFile(path); err != nil {
			return 0, err
		}
		if !isSegment(name) {
			if m.Sums[name], err = sumOf(path); err != nil {
				return 0, err
			}
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		return 0, err
	}
	text = append(text, '\n')
	if err := writeFile(filepath.Join(dir, metaName), text); err != nil {
		return 0, err
	}
	return crc32.ChecksumIEEE(text), errors.Join(syncDir(store), syncDir(dir))
}

// isSegment tells bleve's segments, which are never changed and end with a checksum, from the other files.
func isSegment(name string) bool { return filepath.Ext(name) == ".zap" }

// trainedDictionary is the dictionary of a generation's store; nil when none was trained.
func trainedDictionary(gen string) ([]byte, error) {
	dict, err := os.ReadFile(filepath.Join(gen, dictName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	return dict, nil
}

// publish makes a sealed generation the current one; sum is that of its meta. Done says that it is, if maybe not yet on
// the disk: then err is of that.
func publish(dir, gen string, sum uint32) (done bool, err error) {
	tmp := filepath.Join(dir, currentName+".tmp")
	if err := writeFile(tmp, []byte(currentLine(gen, sum))); err != nil {
		return false, err
	}
	if err := os.Rename(tmp, filepath.Join(dir, currentName)); err != nil {
		return false, err
	}
	return true, syncDir(dir)
}

func writeFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFile waits until a file is on disk and returns its size. bbolt and zap do so themselves, apart
// from copies and links.
func syncFile(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	st, err := f.Stat()
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	return st.Size(), nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fileNames are the names of a meta in order.
func (m *meta) fileNames() []string { return slices.Sorted(maps.Keys(m.Files)) }
