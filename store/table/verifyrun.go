package table

import (
	"context"
	"sync"
)

// subject is something that is verified and reported in one piece, though several
// goroutines may read its pieces.
type subject interface {
	// size is its share of the work.
	size() int64
	// begin prepares it and returns the number of its pieces.
	begin(ctx context.Context, f *findings) int
	piece(ctx context.Context, i int, f *findings)
	// end is called when all pieces were read.
	end(f *findings)
}

// job is a subject on its way.
type job struct {
	subject
	size  int64
	found []findings // of begin, of each piece, of end
	next  int        // piece to be taken
	left  int        // pieces that were not read
	done  chan struct{}
}

// course hands out work: the pieces of what was begun before anything else is
// begun, so that little is open at once.
type course struct {
	mu        sync.Mutex
	more      sync.Cond
	todo      []*job
	open      []*job // begun, with pieces to be taken
	beginning int
	stopped   bool

	progress    func(done, total int64)
	done, total int64
}

// run verifies subjects and reports what was found in their order. It returns
// whether to go on.
func (v *verifier) run(ctx context.Context, all []subject, progress func(done, total int64), report func(error) bool) (bool, error) {
	c := &course{progress: progress}
	c.more.L = &c.mu
	for _, s := range all {
		j := &job{subject: s, size: s.size(), done: make(chan struct{})}
		c.total += j.size
		c.todo = append(c.todo, j)
	}
	jobs := c.todo
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, c.stop)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer c.stop()
	for range v.workers {
		wg.Go(func() { c.work(ctx) })
	}
	for _, j := range jobs {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-j.done:
		}
		for _, f := range j.found {
			for _, err := range f {
				if !report(err) {
					cancel()
					return false, nil
				}
			}
		}
	}
	return true, ctx.Err()
}

func (c *course) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	c.more.Broadcast()
}

// work takes work until there is none.
func (c *course) work(ctx context.Context) {
	for {
		j, i := c.take()
		switch {
		case j == nil:
			return
		case i < 0:
			c.begin(ctx, j)
		default:
			j.piece(ctx, i, &j.found[i+1])
			c.finish(j, 1, j.size*int64(i+1)/int64(len(j.found)-2)-j.size*int64(i)/int64(len(j.found)-2))
		}
	}
}

// take returns a piece, or -1 for a job that is to be begun; nil when all is done.
func (c *course) take() (*job, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.stopped {
		if len(c.open) > 0 {
			j := c.open[0]
			j.next++
			if j.next == len(j.found)-2 {
				c.open = c.open[1:]
			}
			return j, j.next - 1
		}
		if len(c.todo) > 0 {
			j := c.todo[0]
			c.todo = c.todo[1:]
			c.beginning++
			return j, -1
		}
		if c.beginning == 0 {
			break
		}
		c.more.Wait()
	}
	return nil, 0
}

func (c *course) begin(ctx context.Context, j *job) {
	var first findings
	n := j.subject.begin(ctx, &first)
	j.found = make([]findings, n+2)
	j.found[0] = first
	j.left = n
	if n == 0 {
		c.finish(j, 0, j.size)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.beginning--; n > 0 {
		c.open = append(c.open, j)
	}
	c.more.Broadcast()
}

// finish notes that pieces were read, and ends the job with the last of them.
func (c *course) finish(j *job, pieces int, size int64) {
	c.mu.Lock()
	c.done += size
	if c.progress != nil {
		c.progress(c.done, c.total)
	}
	j.left -= pieces
	last := j.left == 0
	c.mu.Unlock()
	if last {
		j.end(&j.found[len(j.found)-1])
		close(j.done)
	}
}
