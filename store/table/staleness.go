package table

import (
	"context"
	"fmt"
)

// staleShare of the rows may have changed before statistics are computed again.
const staleShare = 10

// edited is the file as it will be once writes are in it.
type edited struct {
	File
	writes map[string][]byte
}

func newEdited(f File, writes []Write) *edited {
	e := &edited{f, make(map[string][]byte, len(writes))}
	for _, w := range writes {
		e.writes[w.Bucket+"\x00"+string(w.Key)] = w.Value
	}
	return e
}

// Get implements File. What it returns of the writes is theirs.
func (e *edited) Get(bucket string, key []byte) ([]byte, error) {
	if v, ok := e.writes[bucket+"\x00"+string(key)]; ok {
		return v, nil
	}
	return e.File.Get(bucket, key)
}

// statisticsWrites returns the statistics of the tables of which so much changed
// that they are computed again. Writes bring the changes to the file.
func (e *Editor) statisticsWrites(ctx context.Context, writes []Write) ([]Write, error) {
	var stale []*draft
	for _, d := range e.touched() {
		if r := d.rec; r.Rows > 0 && (d.old == 0 || uint64(r.Stale)*staleShare > uint64(r.Rows)) {
			r.Stale = 0
			stale = append(stale, d)
		}
	}
	if len(stale) == 0 {
		return nil, nil
	}
	for _, d := range e.touched() {
		writes = append(writes, d.rec.Encode())
	}
	ts := NewTables(newEdited(e.ts.file, writes), e.dir, nil)
	ts.group = e.ts.group
	tasks, err := e.summaries(ts, stale)
	if err != nil {
		return nil, err
	}
	parts := make([]*summary, len(tasks))
	err = e.each(ctx, len(tasks), func(_ *worker, i int) error {
		v, err := ts.View(tasks[i].d.rec.Number)
		if err == nil {
			parts[i], err = v.fresh().summarize(tasks[i].group)
		}
		if err != nil {
			return fmt.Errorf("statistics of %v: %w", tasks[i].d, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return mergeSummaries(tasks, parts)
}

// summaries lists the row groups that are to be summarized.
func (e *Editor) summaries(ts *Tables, stale []*draft) ([]task, error) {
	var out []task
	for _, d := range stale {
		v, err := ts.View(d.rec.Number)
		if err != nil {
			return nil, err
		}
		groups := v.Groups()
		if d.rec.From != 0 {
			from, to, err := v.ends()
			if err != nil {
				return nil, err
			}
			groups = max(groups, from.Groups(), to.Groups())
		}
		for g := range groups {
			out = append(out, task{d, g})
		}
	}
	return out, nil
}

// mergeSummaries returns the statistics of the tables of tasks.
func mergeSummaries(tasks []task, parts []*summary) ([]Write, error) {
	var out []Write
	for i := 0; i < len(tasks); {
		d, all := tasks[i].d, parts[i]
		for i++; i < len(tasks) && tasks[i].d == d; i++ {
			all.merge(parts[i])
		}
		s, err := all.statistics(d.rec)
		if err != nil {
			return nil, fmt.Errorf("statistics of %v: %w", d, err)
		}
		out = append(out, s.Encode(d.rec.Number))
	}
	return out, nil
}
