package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/j1db/j1db/store"
)

// exportPin begins the names of the pins of exports.
const exportPin = "export-"

// longestExport is how long the pin of an export counts: one that was killed has
// left it behind.
const longestExport = 24 * time.Hour

// briefExport is how many objects an export reads so fast that it needs no pin.
const briefExport = 10_000

// keeping calls f, which reads a whole version part by part.
func (a *app) keeping(ctx context.Context, e *exporting, f func() error) error {
	if e.objects <= briefExport {
		return f()
	}
	return a.pinned(ctx, e.db, e.version.Number, f)
}

// pinned keeps a version from being pruned while f reads it part by part. A
// database that cannot be written to is read without: what is then pruned under f is
// an error of f.
func (a *app) pinned(ctx context.Context, db *store.DB, version uint64, f func() error) error {
	name := fmt.Sprintf("%s%d-%d", exportPin, os.Getpid(), a.now().UnixNano())
	err := a.unpinAbandoned(ctx, db)
	if err == nil && version > 0 {
		err = db.SetPin(ctx, name, version)
	}
	if err != nil || version == 0 {
		return f()
	}
	defer func() {
		// It goes when the export was interrupted, too.
		if err := db.DeletePin(context.WithoutCancel(ctx), name); err != nil {
			a.warn("version %d cannot be pruned for a day: %v", version, err)
		}
	}()
	return f()
}

// unpinAbandoned drops the pins of exports that have not ended for a day.
func (a *app) unpinAbandoned(ctx context.Context, db *store.DB) error {
	pins, err := db.Pins(ctx)
	if err != nil {
		return err
	}
	for _, p := range pins {
		if !strings.HasPrefix(p.Name, exportPin) || a.now().Sub(time.UnixMilli(p.Time)) < longestExport {
			continue
		}
		if err := db.DeletePin(ctx, p.Name); err != nil {
			return err
		}
	}
	return nil
}
