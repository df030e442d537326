package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/util"
	zap "github.com/blevesearch/zapx/v17"
	bolt "go.etcd.io/bbolt"
)

const (
	boltName      = "root.bolt" // scorch's, in its store
	boltLockLimit = time.Second // how long to wait for its lock, which nobody should hold
)

// A snapshot is what a published generation holds: its segments, and the values that the last Commit left. It is read
// without bleve's Scorch, which starts goroutines and copies every value: a query has only milliseconds.
//
// Of root.bolt that means: the bucket of snapshots holds one bucket for each, newest last; in it are a bucket of values,
// one that says how segments are written, and one for each segment, with the name of its file and the documents
// that are deleted in it.
type snapshot struct {
	db     *bolt.DB
	tx     *bolt.Tx
	values *bolt.Bucket // nil when there are none
	views  []*view
	files  []string // of the segments
}

// openSnapshot opens the newest snapshot of a generation. Nobody may write to it any more.
func openSnapshot(gen string) (s *snapshot, err error) {
	s = &snapshot{}
	done := false
	defer func() {
		if !done { // also when a damaged file makes zap panic
			err = errors.Join(err, s.Close())
		}
	}()
	err = s.open(filepath.Join(gen, storeName))
	done = err == nil
	return s, err
}

func (s *snapshot) open(store string) (err error) {
	if s.db, err = bolt.Open(filepath.Join(store, boltName), 0, &bolt.Options{ReadOnly: true, Timeout: boltLockLimit}); err != nil {
		return err
	}
	if s.tx, err = s.db.Begin(false); err != nil {
		return err
	}
	all := s.tx.Bucket(util.BoltSnapshotsBucket)
	if all == nil {
		return nil
	}
	newest, _ := all.Cursor().Last()
	if newest == nil {
		return nil
	}
	b := all.Bucket(newest)
	if err := checkForm(b.Bucket(util.BoltMetaDataKey)); err != nil {
		return err
	}
	s.values = b.Bucket(util.BoltInternalKey)
	return b.ForEachBucket(func(key []byte) error {
		if bytes.Equal(key, util.BoltInternalKey) || bytes.Equal(key, util.BoltMetaDataKey) {
			return nil
		}
		return s.add(store, b.Bucket(key))
	})
}

// dropOld writes root.bolt of a closed generation anew with nothing but the newest snapshot: scorch keeps some older
// ones, each with all values, and the room of those it gave up. Every query reads the file as a whole for its checksum.
// That the result reaches the disk is up to seal.
func dropOld(gen string) error {
	path := filepath.Join(gen, storeName, boltName)
	lean := path + ".tmp" // in a generation that fails to be published, which is removed as a whole
	from, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: boltLockLimit, NoSync: true})
	if err != nil {
		return err
	}
	err = from.Update(func(tx *bolt.Tx) error {
		all := tx.Bucket(util.BoltSnapshotsBucket)
		if all == nil {
			return nil
		}
		newest, _ := all.Cursor().Last()
		var old [][]byte
		err := all.ForEachBucket(func(name []byte) error {
			if !bytes.Equal(name, newest) {
				old = append(old, bytes.Clone(name))
			}
			return nil
		})
		for _, name := range old {
			err = errors.Join(err, all.DeleteBucket(name))
		}
		return err
	})
	if err == nil {
		var to *bolt.DB
		if to, err = bolt.Open(lean, 0o600, &bolt.Options{NoSync: true}); err == nil {
			err = errors.Join(bolt.Compact(to, from, 0), to.Close())
		}
	}
	if err := errors.Join(err, from.Close()); err != nil {
		return err
	}
	return os.Rename(lean, path)
}

// checkForm refuses segments that are not written as this program writes them.
func checkForm(b *bolt.Bucket) error {
	if b == nil {
		return errors.New("it does not say how its segments are written")
	}
	var version uint32
	if v := b.Get(util.BoltMetaDataSegmentVersionKey); len(v) >= 4 { // QUIRK: bleve writes a zero byte behind it
		version = binary.BigEndian.Uint32(v)
	}
	kind, writer := b.Get(util.BoltMetaDataSegmentTypeKey), b.Get(util.BoltMetaDataFileWriterIDKey)
	if string(kind) != zap.Type || version != zap.Version || len(writer) > 0 {
		return fmt.Errorf("its segments are of the kind %q, version %d %q", kind, version, writer)
	}
	return nil
}

// add opens a segment in the directory store.
func (s *snapshot) add(store string, b *bolt.Bucket) error {
	name := string(b.Get(util.BoltPathKey))
	seg, err := new(zap.ZapPlugin).Open(filepath.Join(store, name))
	if err != nil {
		return err
	}
	var deleted *roaring.Bitmap
	if list := b.Get(util.BoltDeletedKey); list != nil {
		deleted = roaring.New()
		if _, err := deleted.ReadFrom(bytes.NewReader(list)); err != nil {
			return errors.Join(fmt.Errorf("%s: deleted documents: %w", name, err), seg.Close())
		}
	}
	v, err := newView(seg, deleted)
	if err != nil {
		return errors.Join(err, seg.Close())
	}
	s.views, s.files = append(s.views, v), append(s.files, name)
	return nil
}

// GetInternal is a value of the last Commit, as of a snapshot of bleve's; nil when there is none.
func (s *snapshot) GetInternal(key []byte) ([]byte, error) {
	if s.values == nil {
		return nil, nil
	}
	return bytes.Clone(s.values.Get(key)), nil
}

// Close releases the files.
func (s *snapshot) Close() error {
	var errs []error
	for _, v := range s.views {
		errs = append(errs, v.seg.Close())
	}
	if s.tx != nil {
		errs = append(errs, s.tx.Rollback())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}
