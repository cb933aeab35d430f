package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/store/graph"
)

// reader reads the records of one transaction. Without a transaction it reads an
// empty store: what a dry run sees before there is a file.
type reader struct {
	path    string
	file    os.FileInfo // when the transaction began
	tx      *bolt.Tx
	raw     io.ReaderAt // the file that tx reads, for what looks at its pages
	names   interner
	buckets map[string]*bolt.Bucket // looked up once: bbolt's own cache is not safe for several goroutines
}

var errKey = errors.New("the key is malformed")

func newReader(path string, tx *bolt.Tx) (*reader, error) {
	if err := checkFormat(path, tx); err != nil {
		return nil, err
	}
	r := &reader{path: path, tx: tx, names: interner{}, buckets: map[string]*bolt.Bucket{}}
	for _, name := range buckets() {
		r.buckets[string(name)] = tx.Bucket(name)
	}
	return r, nil
}

// damaged names the record that could not be read.
func (r *reader) damaged(err error, where string, args ...any) error {
	return &CorruptError{Path: r.path, Where: fmt.Sprintf(where, args...), Err: err}
}

func (r *reader) get(bucket, key []byte) []byte {
	if r.tx == nil {
		return nil
	}
	v := r.buckets[string(bucket)].Get(key)
	r.bound(bucket, nil, v)
	return v
}

// bound panics, for guard to recover, when a damaged page makes a key or value
// longer than any can be: it would reach beyond the file, into memory that may
// belong to anyone.
func (r *reader) bound(bucket, k, v []byte) {
	if len(k) > bolt.MaxKeySize || int64(len(v)) > r.tx.Size() {
		panic(&CorruptError{Path: r.path, Where: "bucket " + string(bucket), Err: errors.New("an entry is longer than the file")})
	}
}

// each yields the records of a bucket whose keys begin with prefix, in order.
func (r *reader) each(bucket, prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		if r.tx == nil {
			return
		}
		c := r.buckets[string(bucket)].Cursor()
		for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
			r.bound(bucket, k, v)
			if !yield(k, v) {
				return
			}
		}
	}
}

// last returns the number of the last record of a bucket of numbers, 0 if empty.
func (r *reader) last(bucket []byte) (uint64, error) {
	if r.tx == nil {
		return 0, nil
	}
	k, _ := r.tx.Bucket(bucket).Cursor().Last()
	if k == nil {
		return 0, nil
	}
	n, ok := numberOf(k)
	if !ok {
		return 0, r.damaged(errKey, "last key of %s", bucket)
	}
	return n, nil
}

// gone returns what is kept of a deleted key.
func (r *reader) gone(id graph.Identity) (gone, bool, error) {
	key := objectKey(id)
	rec := r.get(bucketGone, key)
	if rec == nil {
		return gone{}, false, nil
	}
	g, err := decodeGone(key, rec)
	if err != nil {
		return gone{}, false, r.damaged(err, "deleted %s %s of %s", id.Kind, id.Key, id.Instance)
	}
	return g, true, nil
}

// undo returns the before-image of an object in a version; false when the
// version did not touch it.
func (r *reader) undo(version uint64, id graph.Identity) (undo, bool, error) {
	key := undoKey(version, id)
	rec := r.get(bucketUndo, key)
	if rec == nil {
		return undo{}, false, nil
	}
	u, err := decodeUndo(key, rec, id, r.names)
	if err == nil && u.previous >= version {
		err = fmt.Errorf("version %d cannot come after %d", version, u.previous)
	}
	if err != nil {
		return undo{}, false, r.damaged(err, "before-image of %s %s of %s in version %d", id.Kind, id.Key, id.Instance, version)
	}
	return u, true, nil
}

// undone is one before-image with what it belongs to.
type undone struct {
	id graph.Identity
	undo
}

// undos yields the before-images of one version, by kind, instance and key.
func (r *reader) undos(version uint64) iter.Seq2[undone, error] {
	return func(yield func(undone, error) bool) {
		for k, v := range r.each(bucketUndo, numberKey(version)) {
			id, ok := identityOf(r.names, k[8:])
			if !ok {
				yield(undone{}, r.damaged(errKey, "before-image %.80q of version %d", k[8:], version))
				return
			}
			u, err := decodeUndo(k, v, id, r.names)
			if err != nil {
				yield(undone{}, r.damaged(err, "before-image of %s %s of %s in version %d", id.Kind, id.Key, id.Instance, version))
				return
			}
			if !yield(undone{id, u}, nil) {
				return
			}
		}
	}
}

// base is the oldest version whose state can be rebuilt: 0, the empty graph,
// until a prune.
func (r *reader) base() (uint64, error) {
	rec := r.get(bucketStore, keyBase)
	if rec == nil {
		return 0, nil
	}
	n, err := openNumber(keyBase, rec)
	if err != nil {
		return 0, r.damaged(err, "oldest version")
	}
	return n, nil
}

// version returns a version record, which must be there.
func (r *reader) version(n uint64) (graph.Version, error) {
	key := numberKey(n)
	v, err := decodeVersion(key, r.get(bucketVersion, key), n)
	if err != nil {
		return v, r.damaged(err, "version %d", n)
	}
	return v, nil
}

// newest returns the newest version record, a zero one when there is none.
func (r *reader) newest() (graph.Version, error) {
	n, err := r.last(bucketVersion)
	if err != nil || n == 0 {
		return graph.Version{}, err
	}
	return r.version(n)
}

// instance returns the record of an instance, nil when there is none.
func (r *reader) instance(name string) (*instance, error) {
	key := []byte(name)
	rec := r.get(bucketInstance, key)
	if rec == nil {
		return nil, nil
	}
	in, err := decodeInstance(key, rec, name)
	if err != nil {
		return nil, r.damaged(err, "instance %s", name)
	}
	return in, nil
}

// instances yields all instance records by name, removed ones too.
func (r *reader) instances() ([]*instance, error) {
	var out []*instance
	for k, v := range r.each(bucketInstance, nil) {
		in, err := decodeInstance(k, v, string(k))
		if err != nil {
			return nil, r.damaged(err, "instance %s", k)
		}
		out = append(out, in)
	}
	return out, nil
}

// mapped returns one mapped relationship, nil when there is none.
func (r *reader) mapped(instance, relKey string) (*mapped, error) {
	key := joinKey(nil, instance, relKey)
	rec := r.get(bucketMapped, key)
	if rec == nil {
		return nil, nil
	}
	m, err := decodeMapped(key, rec, relKey)
	if err != nil {
		return nil, r.damaged(err, "mapped relationship %s of %s", relKey, instance)
	}
	return m, nil
}

// mappedOf yields the mapped relationships of an instance by key.
func (r *reader) mappedOf(instance string) iter.Seq2[*mapped, error] {
	return func(yield func(*mapped, error) bool) {
		prefix := append([]byte(instance), 0)
		for k, v := range r.each(bucketMapped, prefix) {
			m, err := decodeMapped(k, v, string(k[len(prefix):]))
			if err != nil {
				yield(nil, r.damaged(err, "mapped relationship %.80q", k))
				return
			}
			if !yield(m, nil) {
				return
			}
		}
	}
}
