package j1files_test

import (
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest/j1files"
)

// writeTo writes images and keeps nothing of the text in memory.
func writeTo(t *testing.T, format string, images j1files.Images) (j1files.Written, error) {
	t.Helper()
	if w := writers[format]; w != nil {
		return w(io.Discard, images)
	}
	folder, err := j1files.CreateFolder(filepath.Join(t.TempDir(), format))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	return folderWriters[format](folder, images)
}

// peakMemory returns by how much the heap grew at most while f ran, sampled every
// millisecond and with little garbage in it.
func peakMemory(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	runtime.GC() // the first one leaves what it found to be swept
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	before, peak := sample[0].Value.Uint64(), uint64(0)
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				metrics.Read(sample)
				peak = max(peak, sample[0].Value.Uint64())
			}
		}
	})
	f()
	close(done)
	wait.Wait()
	return peak - min(peak, before)
}
