package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// Cursor remembers how far a destination has confirmed the changes of an
// instance. Prune keeps every version from there on.
type Cursor struct {
	Destination string // the account or system, as the exporter names it
	Instance    string
	Version     uint64 // the last version that the destination confirmed
	Time        int64  // when it did, epoch milliseconds
	State       string // the exporter's own, such as an unfinished job
}

// Pin keeps a version, and all after it, from being pruned.
type Pin struct {
	Name    string
	Version uint64
	Time    int64 // when it was set, epoch milliseconds
}

func (c *Cursor) key() []byte { return joinKey(nil, c.Destination, c.Instance) }

func encodeCursor(key []byte, c *Cursor) []byte {
	var w writer
	w.Uint(c.Version)
	w.Int(c.Time)
	w.Text(c.State)
	return w.Seal(key)
}

func decodeCursor(key, record []byte) (Cursor, error) {
	parts, ok := splitKey(key, 2)
	if !ok {
		return Cursor{}, errKey
	}
	p := open(key, record, nil)
	c := Cursor{parts[0], parts[1], p.Uint(), p.Int(), p.Text()}
	return c, p.Done()
}

func encodePin(key []byte, pin *Pin) []byte {
	var w writer
	w.Uint(pin.Version)
	w.Int(pin.Time)
	return w.Seal(key)
}

func decodePin(key, record []byte) (Pin, error) {
	p := open(key, record, nil)
	pin := Pin{string(key), p.Uint(), p.Int()}
	return pin, p.Done()
}

// Cursors lists the export cursors by destination and instance.
func (db *DB) Cursors(ctx context.Context) ([]Cursor, error) {
	var out []Cursor
	err := db.view(ctx, func(r *reader) (err error) {
		out, err = r.cursors()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list cursors: %w", err)
	}
	return out, nil
}

func (r *reader) cursors() ([]Cursor, error) {
	var out []Cursor
	for k, v := range r.each(bucketCursor, nil) {
		c, err := decodeCursor(k, v)
		if err != nil {
			return nil, r.damaged(err, "cursor %.80q", k)
		}
		out = append(out, c)
	}
	return out, nil
}

// SetCursor stores c in place of the cursor of its destination and instance. Its
// Time is set if it is 0. A version that is not kept is a *VersionError; 0,
// nothing confirmed yet, holds nothing back.
func (db *DB) SetCursor(ctx context.Context, c Cursor) error {
	err := errors.Join(graph.CheckName("destination", c.Destination), graph.CheckName("instance name", c.Instance))
	if err == nil {
		err = db.update(ctx, func(r *reader) error {
			if err := r.checkHeld(c.Version); err != nil {
				return err
			}
			if c.Time == 0 {
				c.Time = db.now()
			}
			return r.tx.Bucket(bucketCursor).Put(c.key(), encodeCursor(c.key(), &c))
		})
	}
	if err != nil {
		return fmt.Errorf("set cursor: %w", err)
	}
	return nil
}

// DeleteCursor forgets the cursor of a destination and instance, if there is one.
func (db *DB) DeleteCursor(ctx context.Context, destination, instance string) error {
	c := Cursor{Destination: destination, Instance: instance}
	err := db.update(ctx, func(r *reader) error { return r.tx.Bucket(bucketCursor).Delete(c.key()) })
	if err != nil {
		return fmt.Errorf("delete cursor: %w", err)
	}
	return nil
}

// Pins lists the pins by name.
func (db *DB) Pins(ctx context.Context) ([]Pin, error) {
	var out []Pin
	err := db.view(ctx, func(r *reader) (err error) {
		out, err = r.pins()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list pins: %w", err)
	}
	return out, nil
}

func (r *reader) pins() ([]Pin, error) {
	var out []Pin
	for k, v := range r.each(bucketPin, nil) {
		p, err := decodePin(k, v)
		if err != nil {
			return nil, r.damaged(err, "pin %.80q", k)
		}
		out = append(out, p)
	}
	return out, nil
}

// SetPin keeps a version until DeletePin. A version that is not kept is a
// *VersionError.
func (db *DB) SetPin(ctx context.Context, name string, version uint64) error {
	err := graph.CheckName("pin", name)
	if err == nil {
		err = db.update(ctx, func(r *reader) error {
			if err := r.checkHeld(version); err != nil {
				return err
			}
			pin := Pin{name, version, db.now()}
			return r.tx.Bucket(bucketPin).Put([]byte(name), encodePin([]byte(name), &pin))
		})
	}
	if err != nil {
		return fmt.Errorf("set pin: %w", err)
	}
	return nil
}

// DeletePin forgets a pin, if there is one.
func (db *DB) DeletePin(ctx context.Context, name string) error {
	err := db.update(ctx, func(r *reader) error { return r.tx.Bucket(bucketPin).Delete([]byte(name)) })
	if err != nil {
		return fmt.Errorf("delete pin: %w", err)
	}
	return nil
}

// checkHeld refuses versions that a cursor or pin cannot hold.
func (r *reader) checkHeld(version uint64) error {
	if version == 0 {
		return nil
	}
	return r.checkRange(version, version)
}
