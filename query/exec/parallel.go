package exec

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// parallelWork is how many steps are worth a goroutine: some tens of microseconds.
const parallelWork = 1 << 15

// partRows is how many rows are worked on between two looks at the context, a
// multiple of the bits of a word: parts share no word.
const partRows = 1 << 14

// parallelWork is less where batches are small, so that trials need no large graphs.
func (e *env) parallelWork() int { return min(parallelWork, 16*e.batchRows()) }

// partRows is less where batches are small.
func (e *env) partRows() int { return min(partRows, (16*e.batchRows()+63)/64*64) }

// tasks runs f for the numbers below n, several at a time where work, in steps, is
// enough for that. Who calls it must not mind in which order they end. Its error is
// that of the least number that has one.
func (e *env) tasks(n, work int, f func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n, work/e.parallelWork())
	if workers < 2 {
		for i := range n {
			if err := e.task(i, f); err != nil {
				return err
			}
		}
		return nil
	}
	errs, panics := make([]error, n), make([]any, workers)
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			// What is read may lie in a file: a fault there is the caller's to recover from.
			debug.SetPanicOnFault(true)
			defer func() { panics[w] = recover() }()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if errs[i] = e.task(i, f); errs[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// task is one of tasks, unless the context is over.
func (e *env) task(i int, f func(i int) error) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	return f(i)
}

// parts runs f over the rows below n, part by part, several at a time where work is
// enough for that.
func (e *env) parts(n, work int, f func(from, to int)) error {
	size := e.partRows()
	return e.tasks((n+size-1)/size, work, func(i int) error {
		f(i*size, min((i+1)*size, n))
		return nil
	})
}
