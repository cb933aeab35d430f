package store

import (
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/column"
	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
	"github.com/j1db/j1db/store/table"
)

// newest reads the objects of the newest version out of their tables.
type newest struct {
	*reader
	file *vault // of the reader, for several goroutines
	hash stage.Hasher
	// secretKey is what hash is keyed with.
	secretKey [secretLen]byte
	dir       *table.Directory
	tables    *table.Tables
	// keys finds entities, rels relationships, by the hash of their names.
	keys, rels *table.Index
}

// newest opens the tables of the newest version.
func (db *DB) newest(r *reader) (*newest, error) {
	n := &newest{reader: r}
	var err error
	if n.secretKey, err = r.secret(); err != nil {
		return nil, err
	}
	n.hash = stage.NewHasher(n.secretKey)
	if n.dir, err = r.directory(); err != nil {
		return nil, err
	}
	file := &vault{db: db, r: r}
	n.file = file
	n.tables = table.NewTables(file, n.dir, nil)
	if n.keys, err = table.OpenIndex(file, table.IndexKey); err != nil {
		return nil, r.damaged(err, "index of keys")
	}
	if n.rels, err = table.OpenIndex(file, table.IndexRelationship); err != nil {
		return nil, r.damaged(err, "index of relationships")
	}
	return n, nil
}

// secretLen is the length of a secret in bytes.
const secretLen = 16

// secret keys the hashes of the file; that of a store without a file is zero.
func (r *reader) secret() ([secretLen]byte, error) {
	var s [secretLen]byte
	if r.tx == nil {
		return s, nil
	}
	p := open(keySecret, r.get(bucketStore, keySecret), nil)
	b := p.Text()
	if err := p.Done(); err != nil || len(b) != len(s) {
		return s, r.damaged(errors.Join(err, errKey), "secret")
	}
	copy(s[:], b)
	return s, nil
}

// directory lists the tables.
func (r *reader) directory() (*table.Directory, error) {
	record := r.get(bucketStore, keyDirectory)
	d, err := table.DecodeDirectory(keyDirectory, record)
	if err == nil && record == nil {
		var newest uint64
		if newest, err = r.last(bucketVersion); err == nil && newest > 0 {
			err = errors.New("there is none, although there are versions")
		}
	}
	if err != nil {
		return nil, r.damaged(err, "directory of tables")
	}
	return d, nil
}

// view returns the view of a table.
func (n *newest) view(number uint32) (*table.View, error) {
	v, err := n.tables.View(number)
	if err != nil {
		return nil, n.damaged(err, "table %d", number)
	}
	return v, nil
}

// index returns the index of the names of a kind.
func (n *newest) index(kind graph.Kind) *table.Index {
	if kind == graph.EntityKind {
		return n.keys
	}
	return n.rels
}

// find returns where an object is, false when it is not alive.
func (n *newest) find(id graph.Identity) (table.Place, bool, error) {
	var buf [4]column.Entry
	found, err := n.index(id.Kind).Look(buf[:0], n.nameHash(id))
	if err != nil {
		return table.Place{}, false, n.damaged(err, "index of names")
	}
	for _, e := range found {
		is, err := n.is(table.Place{Table: e.Table, Row: e.Row}, id)
		if err != nil {
			return table.Place{}, false, err
		}
		if is {
			return table.Place{Table: e.Table, Row: e.Row}, true, nil
		}
	}
	return table.Place{}, false, nil
}

// is reports whether the object at a place, if one lives there, has a name.
func (n *newest) is(at table.Place, id graph.Identity) (bool, error) {
	v, err := n.view(at.Table)
	if err != nil {
		return false, err
	}
	alive, err := v.IsAlive(at.Row)
	if err != nil || !alive {
		return false, n.wrong(err, at)
	}
	has, err := v.Identity(at.Row)
	return has == id, n.wrong(err, at)
}

func (n *newest) wrong(err error, at table.Place) error {
	if err == nil {
		return nil
	}
	return n.damaged(err, "row %d of table %d", at.Row, at.Table)
}

// object returns the newest state of an object, nil when it is not alive.
func (n *newest) object(id graph.Identity) (*object, error) {
	at, ok, err := n.find(id)
	if err != nil || !ok {
		return nil, err
	}
	return n.load(at)
}

// load returns the object of a row, which must be alive.
func (n *newest) load(at table.Place) (*object, error) {
	v, err := n.view(at.Table)
	if err != nil {
		return nil, err
	}
	im, err := v.Image(at.Row)
	if err != nil {
		return nil, n.wrong(err, at)
	}
	parent, err := v.Value(at.Row, table.ColumnParent)
	if err != nil {
		return nil, n.wrong(err, at)
	}
	touched, err := v.Value(at.Row, table.ColumnTouched)
	if err != nil {
		return nil, n.wrong(err, at)
	}
	t, ok := touched.Int()
	if !ok || t <= 0 {
		return nil, n.wrong(fmt.Errorf("no version wrote it"), at)
	}
	return &object{image: *im, parent: parent.Str(), place: place{at.Table, at.Row}, touched: uint64(t)}, nil
}

// nameHash is the hash under which an index finds an object.
func (n *newest) nameHash(id graph.Identity) uint64 {
	return n.hash.Key(id.Kind, id.Instance, id.Key)
}

// wasAlive reports whether a name is kept of a deleted object. Several goroutines
// may ask.
func (n *newest) wasAlive(id graph.Identity) (bool, error) {
	v, err := n.file.Get(string(bucketGone), objectKey(id))
	return v != nil, err
}
