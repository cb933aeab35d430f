package j1files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/j1db/j1db/store/graph"
)

// fileBits is how much of a rank counts the bytes of one file; the rest counts
// files. A terabyte and sixteen million of them are enough.
const fileBits = 40

// Defaults of Options.
const (
	DefaultBadLimit    = 20
	DefaultMaxObject   = 64 << 20
	DefaultMaxExpanded = 1 << 30
)

// Options say how files are read. The zero Options are usable.
type Options struct {
	// Workers decode at the same time; 0 means one for each processor, up to 8.
	// Each takes some megabytes.
	Workers int
	// SkipBad reads on after bad objects, and the reading succeeds.
	SkipBad bool
	// BadLimit is how many bad objects are listed. Without SkipBad reading stops
	// when there are so many; 0 means DefaultBadLimit.
	BadLimit int
	// MaxObject bounds the text of one object, in bytes; 0 means DefaultMaxObject.
	MaxObject int
	// Brotli returns a reader of the text that r holds compressed: it is what
	// ReadIntegration needs for folders that were written with
	// INTEGRATION_FILE_COMPRESSION_ENABLED. Without it such a file is an error.
	Brotli func(r io.Reader) io.Reader
	// MaxExpanded bounds what one compressed file may expand to, in bytes; 0 means
	// DefaultMaxExpanded.
	MaxExpanded int64
}

func (o *Options) setDefaults() {
	if o.Workers <= 0 {
		o.Workers = min(runtime.GOMAXPROCS(0), 8)
	}
	if o.BadLimit <= 0 {
		o.BadLimit = DefaultBadLimit
	}
	if o.MaxObject <= 0 {
		o.MaxObject = DefaultMaxObject
	}
	if o.MaxExpanded <= 0 {
		o.MaxExpanded = DefaultMaxExpanded
	}
}

// Sink takes what is read. Put may be called by several goroutines, and must keep
// nothing of the batch after it returns: its texts, lists and properties lie in
// memory that is used again.
type Sink interface {
	Put(ctx context.Context, b graph.Batch) error
}

// File returns the input that a path names. A path that a user wrote is opened
// whatever it is: a link, or a pipe of the shell.
func File(path string) Input {
	return Input{Name: path, Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, errors.Join(fmt.Errorf("%s is a folder", path), f.Close())
		}
		return f, nil
	}}
}

// Read reads JSON Lines or JSON from inputs and puts batches into sink, in any
// order. Their ranks follow the names of the inputs, and within one the order of
// the file; the origin is the input's name.
//
// The Report is never nil. Without SkipBad an error of type *BadError says that
// objects could not be read; any other error is of an input, the sink or ctx. In
// both cases the sink may already hold a part, which is to be thrown away.
func Read(ctx context.Context, inputs []Input, sink Sink, opt Options) (*Report, error) {
	opt.setDefaults()
	if len(inputs) >= 1<<(64-fileBits) {
		return &Report{}, fmt.Errorf("%d files are more than can be read at once", len(inputs))
	}
	inputs = slices.Clone(inputs)
	slices.SortStableFunc(inputs, func(a, b Input) int { return strings.Compare(a.Name, b.Name) })
	src := &chunks{inputs: inputs, maxObject: opt.MaxObject}
	t := &tally{limit: opt.BadLimit}
	group, workCtx := errgroup.WithContext(ctx)
	for range opt.Workers {
		group.Go(func() error {
			w := &worker{chunk: chunk{gate: &src.gate}, scan: newScanner(), tally: t, inputs: inputs, opt: &opt}
			defer w.finish()
			return w.run(workCtx, src, sink)
		})
	}
	err := errors.Join(group.Wait(), src.close())
	r := t.settle(src.firsts)
	r.Files, r.Bytes = src.file, src.bytes
	if err != nil {
		return r, err
	}
	if r.BadCount > 0 && !opt.SkipBad {
		if src.stopped {
			r.BadCount = len(r.Bad) // how many more the others met is a matter of chance
		}
		return r, &BadError{Objects: r.Bad, Count: r.BadCount, More: src.stopped}
	}
	return r, ctx.Err()
}
