package ingest

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/j1db/j1db/ingest/httpx"
)

// Rows yields the objects of a list that is read page by page. It looks after
// what every list needs: a row that is null or no object is reported, a row that
// came before is counted and not given again, and a list that was not read whole
// makes partial what is read from it: typ and more. A loop that is left early
// makes them partial too. The first error is the list's own, says why they are
// partial, and ends it.
func (j *Job) Rows(ctx context.Context, pages iter.Seq2[httpx.Page, error], typ string, more ...string) iter.Seq2[Source, error] {
	types := append([]string{typ}, more...)
	return func(yield func(Source, error) bool) {
		whole, failed := false, false
		defer func() {
			if !whole && !failed {
				j.partial(types, "reading the list ended before its last page")
			}
		}()
		for page, err := range pages {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				failed = true
				j.failed(types, err)
				yield(nil, err)
				return
			}
			if !j.page(&page, types, yield) {
				return
			}
			whole = page.Last
		}
	}
}

// page yields the rows of one page; it reports false when that was the end.
func (j *Job) page(page *httpx.Page, types []string, yield func(Source, error) bool) bool {
	for range page.Repeated {
		j.Warn(types[0], "", "the API gave a row twice in one list")
	}
	if page.Last && !page.Complete {
		j.partial(types, page.Reason)
	}
	for _, row := range page.Rows {
		var s Source
		if err := json.Unmarshal(row, &s); err != nil || s == nil {
			j.Reject(types[0], "a row of the list is not an object")
			continue
		}
		if !yield(s, nil) {
			return false
		}
	}
	return true
}
