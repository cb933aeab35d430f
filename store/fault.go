package store

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// guard calls f and turns what a damaged file makes of it into an error: a fault
// in the memory map, a panic of bbolt, which trusts its pages, or a *CorruptError
// that was found where no error can be returned. Any other panic passes.
func (db *DB) guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if corrupt, ok := r.(*CorruptError); ok {
			err = corrupt
			return
		}
		_, fault := r.(interface{ Addr() uintptr })
		if !fault && !fromBolt() {
			panic(r)
		}
		err = &CorruptError{Path: db.path, Err: fmt.Errorf("bbolt: %v", r)}
	}()
	return f()
}

// fromBolt reports whether the panic that is being recovered was raised inside
// bbolt: whether the first frame below the runtime's is one of its.
func fromBolt() bool {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic" || f.Function == "runtime.panicmem":
			panicking = true
		case panicking && !strings.HasPrefix(f.Function, "runtime."):
			return strings.HasPrefix(f.Function, "go.etcd.io/bbolt")
		}
		if !more {
			return false
		}
	}
}
