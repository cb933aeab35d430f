package store

import (
	"bytes"
	"errors"
	"sync"
)

// errParked is what reading through a snapshot gives after its Close.
var errParked = errors.New("the snapshot is closed")

// vault is an open file that copies values out. It is a table.File, safe for
// several goroutines: a fault in the memory map is an error of the one read that
// met it, and nothing that it returns points into the map.
type vault struct {
	db *DB
	mu sync.RWMutex // held for reading while the file is read
	h  *handle      // to be released by close, nil when another owns it
	r  *reader      // nil once closed
}

// Get implements table.File.
func (v *vault) Get(bucket string, key []byte) (value []byte, err error) {
	err = v.read(func(r *reader) error {
		value = bytes.Clone(r.get([]byte(bucket), key))
		return nil
	})
	return value, err
}

// read calls f with the open file. Nothing that points into it may leave f, which
// may decode no texts that reader's interner shares: others may read too.
func (v *vault) read(f func(*reader) error) error {
	return v.db.guard(func() error {
		v.mu.RLock()
		defer v.mu.RUnlock()
		if v.r == nil {
			return errParked
		}
		return f(v.r)
	})
}

// attach gives v an open file, unless it has one; whether it took it is the answer.
func (v *vault) attach(h *handle, r *reader) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.r != nil {
		return false
	}
	v.h, v.r = h, r
	return true
}

// close waits for reads that are under way and lets the file go.
func (v *vault) close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.h != nil {
		v.h.release()
	}
	v.h, v.r = nil, nil
}
