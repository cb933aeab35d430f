package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
)

// PruneResult is what a prune forgot.
type PruneResult struct {
	Oldest   uint64 // the oldest version that is kept now
	Versions int    // that are forgotten
	Images   int    // before-images
}

// Prune makes the version that at names the oldest: what was before it can no
// longer be asked for, the present and all later versions stay as they are. The
// error is a *HeldError when an export cursor or a pin still needs an older one,
// a *VersionError when there is no such version.
func (db *DB) Prune(ctx context.Context, at At) (PruneResult, error) {
	var res PruneResult
	progress := db.progress()
	err := db.update(ctx, func(r *reader) error {
		res = PruneResult{}
		v, err := r.resolve(at)
		if err != nil {
			return err
		}
		if v.Number == 0 {
			return nil // nothing to forget
		}
		res.Oldest = v.Number
		p := &pruning{reader: r, ctx: ctx, progress: progress}
		return p.to(v.Number, &res)
	})
	if err != nil {
		return PruneResult{}, fmt.Errorf("prune: %w", err)
	}
	progress.share(0, allDone)(1, 1)
	return res, nil
}

// pruning is one prune on its way.
type pruning struct {
	*reader
	ctx      context.Context
	progress *progress
}

func (r *pruning) to(to uint64, res *PruneResult) error {
	base, err := r.base()
	if err != nil || to <= base {
		return err
	}
	if err := r.checkHolds(to); err != nil {
		return err
	}
	dead, err := r.forgottenKeys(to)
	if err != nil {
		return err
	}
	for _, key := range dead {
		if err := r.tx.Bucket(bucketGone).Delete(key); err != nil {
			return err
		}
	}
	if res.Images, err = r.deleteUpTo(bucketUndo, to, 50, 700); err != nil {
		return err
	}
	if _, err = r.deleteUpTo(bucketCreated, to, 700, 750); err != nil {
		return err
	}
	if res.Versions, err = r.deleteUpTo(bucketVersion, to-1, 750, 800); err != nil {
		return err
	}
	return r.tx.Bucket(bucketStore).Put(keyBase, sealNumber(keyBase, to))
}

// checkHolds refuses to pass a cursor or a pin.
func (r *reader) checkHolds(to uint64) error {
	cursors, err := r.cursors()
	if err != nil {
		return err
	}
	for _, c := range cursors {
		if c.Version != 0 && c.Version < to {
			return &HeldError{By: fmt.Sprintf("cursor of %s for %s", c.Destination, c.Instance), Version: c.Version, Asked: to}
		}
	}
	pins, err := r.pins()
	if err != nil {
		return err
	}
	for _, p := range pins {
		if p.Version < to {
			return &HeldError{By: "pin " + p.Name, Version: p.Version, Asked: to}
		}
	}
	return nil
}

// forgottenKeys lists the deleted keys whose deletion is not kept any more: if
// they return, they begin anew.
func (r *reader) forgottenKeys(to uint64) ([][]byte, error) {
	var out [][]byte
	for k, v := range r.each(bucketGone, nil) {
		g, err := decodeGone(k, v)
		if err != nil {
			return nil, r.damaged(err, "deleted key %.80q", k)
		}
		if g.touched <= to {
			out = append(out, bytes.Clone(k))
		}
	}
	return out, nil
}

// deleteUpTo deletes the records whose keys begin with a number up to last. It
// tells of its progress from lo to hi.
func (r *pruning) deleteUpTo(bucket []byte, last uint64, lo, hi int64) (int, error) {
	const atOnce = 4096
	var keys [][]byte
	for k := range r.each(bucket, nil) {
		if len(k) < 8 {
			return 0, r.damaged(errKey, "key %x of %s", k, bucket)
		}
		if binary.BigEndian.Uint64(k) > last {
			break
		}
		keys = append(keys, bytes.Clone(k))
	}
	tell := r.progress.share(lo, hi)
	for i, k := range keys {
		if i%atOnce == 0 {
			if err := r.ctx.Err(); err != nil {
				return 0, err
			}
			tell(int64(i), int64(len(keys)))
		}
		if err := r.tx.Bucket(bucket).Delete(k); err != nil {
			return 0, err
		}
	}
	tell(1, 1)
	return len(keys), nil
}
