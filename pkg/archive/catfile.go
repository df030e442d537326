package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strconv"
)

var errGitOutput = errors.New("git answered what is no answer")

// An object is a mail, or its removal, as a commit holds it.
type object struct {
	name    string // of the blob; empty when there is none
	data    []byte
	cut     int64 // bytes of it that were left out
	removal bool
}

// raw makes a Raw of o, whose data is changed.
func (o object) raw(path, commit string) Raw {
	return Raw{
		Bytes:    normalize(o.data),
		Position: Position{Path: path, Commit: commit},
		Deleted:  o.removal,
		Blob:     o.name,
		Cut:      o.cut,
	}
}

// ahead is how many requests are on their way to git at a time. All of them together have to fit into the
// pipe's buffer (64 KiB), so that neither side ever waits for the other to read.
const ahead = 256

// A mailReader reads the mails of commits in order, with git cat-file --batch. The first question for every
// commit is its "m"; what has none is asked about one by one.
type mailReader struct {
	repo  repository
	most  int64 // bytes to keep of a mail; 0 for none, only names are wanted
	mails *batch
	rest  *batch
	asked int // requests sent to mails
}

// mail returns what commit i holds; its data is in buf if that is large enough. Commits have to be
// asked for in order, from the first.
func (r *mailReader) mail(ctx context.Context, list commits, i int, buf []byte) (object, error) {
	if r.mails == nil {
		var err error
		if r.mails, err = r.repo.batch(ctx, r.most == 0); err != nil {
			return object{}, err
		}
	}
	if r.asked-i <= ahead/2 { // half the window at a time: fewer wake-ups of git
		for last := min(list.len(), i+ahead); r.asked < last; r.asked++ {
			r.mails.ask(list.at(r.asked) + ":m")
		}
		if err := r.mails.send(ctx); err != nil {
			return object{}, err
		}
	}
	obj, kind, err := r.mails.answer(ctx, buf, r.most)
	if err != nil || kind == "blob" {
		return obj, err
	}
	return r.other(ctx, list.at(i), buf)
}

// other returns what a commit without an "m" holds.
func (r *mailReader) other(ctx context.Context, commit string, buf []byte) (object, error) {
	if r.rest == nil {
		var err error
		if r.rest, err = r.repo.batch(ctx, false); err != nil {
			return object{}, err
		}
	}
	obj, kind, err := r.rest.query(ctx, commit+":d", buf, max(r.most, 1))
	if err != nil {
		return object{}, err
	}
	if kind == "blob" {
		obj.removal = true
		return obj, nil
	}
	// Neither: it is empty, or its objects are damaged.
	tree, kind, err := r.rest.query(ctx, commit+"^{tree}", nil, 4<<10)
	if err != nil {
		return object{}, err
	}
	if kind != "tree" || bytes.Contains(tree.data, []byte(" m\x00")) || bytes.Contains(tree.data, []byte(" d\x00")) {
		return object{}, &Error{
			Path: r.repo.path, Kind: ErrCorrupt, Detail: "objects of commit " + commit + " are missing",
			Hint: "check it with git fsck, or mirror it again",
		}
	}
	return object{}, nil
}

// finish waits for git to end in order.
func (r *mailReader) finish() error {
	return errors.Join(r.mails.finish(), r.rest.finish())
}

// close ends git at once.
func (r *mailReader) close() {
	r.mails.kill()
	r.rest.kill()
}

// A batch is a running git cat-file --batch, or --batch-check.
type batch struct {
	repo    repository
	cmd     *exec.Cmd
	cancel  context.CancelFunc
	stdin   io.WriteCloser
	out     []byte // requests not yet sent
	replies replies
	stderr  headBuffer
	waited  bool
}

// batch starts git cat-file. Its methods finish and kill do nothing on a nil *batch.
func (g repository) batch(ctx context.Context, check bool) (*batch, error) {
	mode := "--batch"
	if check {
		mode = "--batch-check"
	}
	run, cancel := context.WithCancel(ctx)
	b := &batch{repo: g, cmd: g.command(run, "cat-file", mode), cancel: cancel}
	b.stderr.most = 4 << 10
	b.cmd.Stderr = &b.stderr
	stdout, err := b.cmd.StdoutPipe()
	if err == nil {
		b.stdin, err = b.cmd.StdinPipe()
	}
	if err == nil {
		err = b.cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, g.wrap(ctx, err, nil)
	}
	b.replies = replies{r: bufio.NewReaderSize(stdout, packedBuf), check: check}
	return b, nil
}

// ask queues a request.
func (b *batch) ask(object string) {
	b.out = append(b.out, object...)
	b.out = append(b.out, '\n')
}

// send sends the queued requests.
func (b *batch) send(ctx context.Context) error {
	_, err := b.stdin.Write(b.out)
	b.out = b.out[:0]
	return b.failed(ctx, err)
}

// query asks and waits for the answer.
func (b *batch) query(ctx context.Context, name string, buf []byte, most int64) (object, string, error) {
	b.ask(name)
	if err := b.send(ctx); err != nil {
		return object{}, "", err
	}
	return b.answer(ctx, buf, most)
}

// answer reads the answer to the oldest open request.
func (b *batch) answer(ctx context.Context, buf []byte, most int64) (object, string, error) {
	if err := ctx.Err(); err != nil {
		return object{}, "", err
	}
	obj, kind, err := b.replies.next(buf, most)
	return obj, kind, b.failed(ctx, err)
}

// failed says why git stopped talking.
func (b *batch) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	b.kill() // stderr is complete now
	return b.repo.wrap(ctx, err, b.stderr.Bytes())
}

func (b *batch) finish() error {
	if b == nil || b.waited {
		return nil
	}
	b.waited = true
	defer b.cancel()
	_ = b.stdin.Close() // git's exit code says more
	if err := b.cmd.Wait(); err != nil {
		return b.repo.wrap(context.Background(), err, b.stderr.Bytes())
	}
	return nil
}

func (b *batch) kill() {
	if b == nil || b.waited {
		return
	}
	b.waited = true
	_ = b.stdin.Close()
	b.cancel()
	_ = b.cmd.Wait() // it was told to die
}

// replies reads the output of git cat-file --batch:
//
//	NAME SP TYPE SP SIZE LF  CONTENT LF
//	REQUEST SP "missing" LF
//
// With check there is no content.
type replies struct {
	r     *bufio.Reader
	check bool
}

// next returns the next object and its type, which is empty if there is no such object. At most most
// bytes of its content are kept, in buf if that is large enough.
func (p replies) next(buf []byte, most int64) (object, string, error) {
	line, err := p.r.ReadSlice('\n')
	if err != nil {
		if errors.Is(err, bufio.ErrBufferFull) {
			err = errGitOutput
		}
		return object{}, "", noEOF(err)
	}
	line = line[:len(line)-1]
	if bytes.HasSuffix(line, []byte(" missing")) {
		return object{}, "", nil
	}
	name, rest, _ := bytes.Cut(line, []byte(" "))
	kind, digits, _ := bytes.Cut(rest, []byte(" "))
	size, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil || size < 0 || len(name) < 40 || len(name) > 64 || len(kind) == 0 {
		return object{}, "", errGitOutput
	}
	obj := object{name: string(name)}
	typ := string(kind) // line is in the reader's buffer
	if p.check {
		return obj, typ, nil
	}
	keep := min(size, most)
	obj.cut = size - keep
	buf = buf[:0]
	for int64(len(buf)) < keep { // by steps: the size is git's word only
		n := min(keep-int64(len(buf)), 1<<20)
		at := len(buf)
		if int64(cap(buf)-at) < n+1 { // room for a line end too
			buf = append(buf, make([]byte, n+1)...)
		}
		buf = buf[:at+int(n)]
		if _, err := io.ReadFull(p.r, buf[at:]); err != nil {
			return object{}, "", noEOF(err)
		}
	}
	obj.data = buf
	if _, err := io.CopyN(io.Discard, p.r, obj.cut); err != nil {
		return object{}, "", noEOF(err)
	}
	if c, err := p.r.ReadByte(); err != nil || c != '\n' {
		if err == nil {
			err = errGitOutput
		}
		return object{}, "", noEOF(err)
	}
	return obj, typ, nil
}
