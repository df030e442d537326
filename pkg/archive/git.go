package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An epoch is one repository of a public-inbox list (version 2): a line of commits, each with one
// file, which is a mail ("m") or a mail taken back ("d").
type epoch struct {
	path string
	key  string // in Cursor.Epochs
	size int64  // of its packs and loose objects, roughly
}

func newEpoch(path string) epoch {
	e := epoch{path: path, key: filepath.Base(path)}
	packs, err := os.ReadDir(filepath.Join(path, "objects", "pack"))
	if err != nil {
		return e // the reading proper says what is wrong
	}
	for _, p := range packs {
		if info, err := p.Info(); err == nil {
			e.size += info.Size()
		}
	}
	return e
}

// epochs returns the N.git below dir by number; some may be missing.
func epochs(dir string) []epoch {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	type numbered struct {
		n int
		epoch
	}
	var found []numbered
	for _, e := range entries {
		digits, ok := strings.CutSuffix(e.Name(), ".git")
		n, isNumber := number([]byte(digits), 6)
		if path := filepath.Join(dir, e.Name()); ok && isNumber && isRepo(path) {
			found = append(found, numbered{n, newEpoch(path)})
		}
	}
	slices.SortFunc(found, func(a, b numbered) int {
		if a.n != b.n {
			return a.n - b.n
		}
		return strings.Compare(a.key, b.key)
	})
	list := make([]epoch, len(found))
	for i, f := range found {
		list[i] = f.epoch
	}
	return list
}

// isRepo reports whether the directory at path is a git repository (the bare part of one).
func isRepo(path string) bool {
	if info, err := os.Stat(filepath.Join(path, "objects")); err != nil || !info.IsDir() {
		return false
	}
	head, err := os.Lstat(filepath.Join(path, "HEAD"))
	if err != nil || head.IsDir() {
		return false
	}
	for _, name := range []string{"refs", "packed-refs", "reftable"} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return true
		}
	}
	return false
}

// isInbox reports whether the newest commit of a repository is one of public-inbox. An empty
// repository is ErrNoMail.
func isInbox(ctx context.Context, path string) (bool, error) {
	g := repository{path}
	tip, err := g.tip(ctx)
	if err != nil {
		return false, err
	}
	if tip == "" {
		return false, &Error{Path: path, Kind: ErrNoMail, Detail: "a git repository without a commit", Hint: "fetch into it first"}
	}
	names, _, err := g.run(ctx, "ls-tree", "--name-only", tip)
	if err != nil {
		return false, err
	}
	name := strings.TrimSpace(string(names))
	return name == "m" || name == "d", nil
}

// An inbox is the epochs of one list.
type inbox struct{ epochs []epoch }

func newInbox(path, list string, es []epoch) *Source {
	s := &Source{name: path, kind: "public-inbox", list: list, form: &inbox{es}}
	for _, e := range es {
		s.size += e.size
	}
	return s
}

func (in *inbox) messages(ctx context.Context, s *Source, from Cursor, yield func(Raw, error) bool) {
	next := Cursor{Form: formGit, Epochs: map[string]string{}}
	if from.Form == formGit {
		maps.Copy(next.Epochs, from.Epochs) // those missing today may come back
	}
	var done int64
	x := inboxReader{source: s, yield: yield}
	for _, e := range in.epochs {
		tip, ok := x.epoch(ctx, e, next.Epochs[e.key], done)
		if !ok {
			return
		}
		if tip != "" {
			next.Epochs[e.key] = tip
		}
		done += e.size
		s.progress.Store(done)
	}
	s.cursor = next
}

// An inboxReader delivers the mails of epochs.
type inboxReader struct {
	source *Source
	yield  func(Raw, error) bool
	buf    []byte
	count  int
}

// fail delivers the error that ends the sequence.
func (x *inboxReader) fail(err error) (string, bool) {
	if e := (*Error)(nil); errors.As(err, &e) && x.count > 0 && e.Detail == "" {
		e.Detail = strconv.Itoa(x.count) + " messages were read before"
	}
	x.yield(Raw{}, err)
	return "", false
}

// epoch delivers what came into e after the commit old, and returns the newest commit.
func (x *inboxReader) epoch(ctx context.Context, e epoch, old string, done int64) (tip string, ok bool) {
	g := repository{e.path}
	tip, err := g.tip(ctx)
	if err != nil {
		return x.fail(err)
	}
	if tip == "" || tip == old {
		return tip, true // nothing there yet, or nothing new
	}
	base, gone, err := g.since(ctx, old, tip)
	if err != nil {
		return x.fail(err)
	}
	list, err := g.commits(ctx, base, tip)
	if err != nil {
		return x.fail(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if gone.len() > 0 {
		if ok, err := x.purged(ctx, g, gone, list); !ok {
			if err != nil {
				return x.fail(err)
			}
			return "", false
		}
	}
	r := mailReader{repo: g, most: x.source.options.MaxMessage}
	defer r.close()
	for i := range list.len() {
		obj, err := r.mail(ctx, list, i, x.buf)
		if err != nil {
			return x.fail(err)
		}
		if e.size > 0 {
			x.source.progress.Store(done + int64(float64(e.size)*float64(i+1)/float64(list.len())))
		}
		if obj.name == "" {
			continue // QUIRK: a commit without a mail, such as an empty first one
		}
		x.buf = obj.data
		raw := obj.raw(g.path, list.at(i))
		raw.List = x.source.list
		x.count++
		if !x.yield(raw, nil) {
			return "", false
		}
	}
	if err := r.finish(); err != nil {
		return x.fail(err)
	}
	return tip, true
}

// purged delivers as deleted what the commits in gone had brought and those in list do not: history
// was rewritten to take mails out of it. It returns false when the sequence has to end.
func (x *inboxReader) purged(ctx context.Context, g repository, gone, list commits) (bool, error) {
	kept := map[string]bool{}
	check := mailReader{repo: g}
	defer check.close()
	for i := range list.len() {
		obj, err := check.mail(ctx, list, i, nil)
		if err != nil {
			return false, err
		}
		if !obj.removal {
			kept[obj.name] = true
		}
	}
	old := mailReader{repo: g, most: x.source.options.MaxMessage}
	defer old.close()
	for i := range gone.len() {
		obj, err := old.mail(ctx, gone, i, x.buf)
		if err != nil {
			return false, err
		}
		if obj.name == "" || obj.removal || kept[obj.name] {
			continue
		}
		x.buf = obj.data
		raw := obj.raw(g.path, gone.at(i))
		raw.List = x.source.list
		raw.Deleted = true
		if !x.yield(raw, nil) {
			return false, nil
		}
	}
	return true, nil
}

// commits is a list of object names in binary, 20 or 32 bytes each: an epoch may have a million.
type commits struct {
	ids  []byte
	size int
}

func (c commits) len() int {
	if c.size == 0 {
		return 0
	}
	return len(c.ids) / c.size
}

func (c commits) at(i int) string { return hex.EncodeToString(c.ids[i*c.size : (i+1)*c.size]) }

// A repository runs git. Nothing it runs writes, asks, or uses the network.
type repository struct{ path string }

// command prepares a git command. --git-dir spares git the search and with it the refusal to touch
// a repository that another user owns, which mirrors often are.
func (g repository) command(ctx context.Context, args ...string) *exec.Cmd {
	all := append([]string{
		"--git-dir=" + g.path, "--no-replace-objects",
		"-c", "protocol.allow=never", // a partial clone would fetch what is missing
	}, args...)
	cmd := exec.CommandContext(ctx, "git", all...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GIT_") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_CONFIG_NOSYSTEM=1")
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// run runs git to its end and returns what it prints and its exit code. Exit code 1, which answers a
// question with no, is no error.
func (g repository) run(ctx context.Context, args ...string) ([]byte, int, error) {
	var stdout, stderr headBuffer
	stdout.most, stderr.most = 64<<10, 4<<10
	cmd := g.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err == nil {
		return stdout.Bytes(), 0, nil
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && ctx.Err() == nil {
		return stdout.Bytes(), 1, nil
	}
	return nil, -1, g.wrap(ctx, err, stderr.Bytes())
}

// wrap makes an *Error of a git command that failed.
func (g repository) wrap(ctx context.Context, err error, stderr []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return &Error{Path: g.path, Kind: ErrUnreadable, Detail: "public-inbox mirrors are read with git, which is not installed", Hint: "install git"}
	}
	e := &Error{Path: g.path, Kind: ErrCorrupt, Err: err, Hint: "check it with git fsck, or mirror it again"}
	line, _, _ := strings.Cut(strings.TrimSpace(string(stderr)), "\n")
	if line != "" {
		e.Err = errors.New(line)
	}
	if errors.Is(err, fs.ErrPermission) || strings.Contains(line, "Permission denied") {
		e.Kind, e.Hint = ErrUnreadable, "give yourself the right to read it"
	}
	return e
}

// tip returns the newest commit; "" if there is none. Nothing is fixed about the branch's name: HEAD
// is used if it leads anywhere, else the only branch, else the one with the newest commit.
func (g repository) tip(ctx context.Context) (string, error) {
	out, code, err := g.run(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
	if err != nil {
		return "", err
	}
	if id := strings.TrimSpace(string(out)); code == 0 && id != "" {
		return id, nil
	}
	out, _, err = g.run(ctx, "for-each-ref", "--sort=-committerdate", "--count=1", "--format=%(objectname)", "refs/heads", "refs/remotes")
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

// since returns the commit behind which tip has what old has not. That is old itself, unless history
// was rewritten: then it is where the two part, and gone are the commits that only old has. If nothing is
// left of old (git has pruned it) everything is new and what is gone cannot be known.
func (g repository) since(ctx context.Context, old, tip string) (base string, gone commits, err error) {
	if old == "" {
		return "", gone, nil
	}
	// Only what looks like an object name goes on a command line.
	if _, err := hex.DecodeString(old); err != nil {
		return "", gone, nil //nolint:nilerr // a cursor that someone edited: read all again
	}
	if _, code, err := g.run(ctx, "cat-file", "-e", old+"^{commit}"); err != nil || code != 0 {
		return "", gone, ctx.Err() // git exits with 128 for an object it does not have
	}
	out, code, err := g.run(ctx, "merge-base", old, tip)
	if err != nil {
		return "", gone, err
	}
	if code == 0 {
		base = strings.TrimSpace(string(out))
	}
	if base == old {
		return old, gone, nil
	}
	gone, err = g.commits(ctx, base, old)
	return base, gone, err
}

// commits lists what tip has and base has not, oldest first.
func (g repository) commits(ctx context.Context, base, tip string) (commits, error) {
	args := []string{"rev-list", "--reverse", tip}
	if base != "" {
		args = append(args, "^"+base)
	}
	args = append(args, "--")
	var stderr headBuffer
	stderr.most = 4 << 10
	ids := hexLines{}
	cmd := g.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &ids, &stderr
	if err := cmd.Run(); err != nil {
		return commits{}, g.wrap(ctx, err, stderr.Bytes())
	}
	return commits{ids.ids, ids.size}, nil
}

// hexLines is a writer that keeps the object names it is given, one a line, in binary.
type hexLines struct {
	ids  []byte
	size int
	part []byte
}

// Write implements io.Writer.
func (h *hexLines) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		line, rest, whole := bytes.Cut(p, lf)
		p = rest
		if !whole || len(h.part) > 0 {
			h.part = append(h.part, line...)
			line = h.part
		}
		if !whole {
			if len(h.part) > 128 {
				return 0, errGitOutput
			}
			break
		}
		if h.size == 0 {
			h.size = len(line) / 2
		}
		if len(line) != 2*h.size || h.size == 0 {
			return 0, errGitOutput
		}
		var err error
		if h.ids, err = hex.AppendDecode(h.ids, line); err != nil {
			return 0, errGitOutput
		}
		h.part = h.part[:0]
	}
	return n, nil
}

// headBuffer keeps the first most bytes written to it and lets the rest go.
type headBuffer struct {
	bytes.Buffer
	most int
}

// Write implements io.Writer.
func (b *headBuffer) Write(p []byte) (int, error) {
	if room := b.most - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// ReadFrom hides that of bytes.Buffer, which knows no bounds.
func (b *headBuffer) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{b}, r)
}
