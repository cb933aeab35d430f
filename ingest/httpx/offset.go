package httpx

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// OffsetList is a list that is paged by the query parameters limit and skip, as
// JumpCloud's are: either a bare JSON array, or an object with the rows in one
// member and their number in another.
type OffsetList struct {
	Path   string
	Query  url.Values
	Header http.Header // added to the client's, such as the name of an account
	// Limit is the page size to ask for; 100 when 0. The API may give less.
	Limit int
	// Sort is the value of the parameter sort; without one, rows may move between
	// pages.
	Sort string
	// Rows and Total name the members of an answer that is an object, such as
	// "results" and "totalCount"; an empty Rows means a bare array.
	Rows, Total string
	// TotalHeader is the response header with the number of rows, such as
	// "X-Total-Count"; "" when there is none.
	TotalHeader string
	// Key names a row; nil means RowKey.
	Key func(json.RawMessage) string
}

// OffsetPages reads l page by page; an error, an *Error, ends it.
//
// With a total the reading ends when it is reached, and adds up when the total
// was the same before and after and is the number of different rows. Without
// one it ends at an empty page, and adds up when no row came twice. A list that
// does not add up, because rows came, went or moved while it was read, is read
// once more; what the second reading finds besides follows in pages of Pass 2.
// If that one adds up, or without a total gives exactly the rows of the first,
// the list is complete, else it is not.
func (c *Client) OffsetPages(ctx context.Context, l OffsetList) iter.Seq2[Page, error] {
	orDefault(&l.Limit, 100)
	return func(yield func(Page, error) bool) {
		r := &offsetReader{c: c, l: l, rows: newTally(l.Key), first: -1, total: -1}
		for {
			page, err := r.next(ctx)
			if err != nil {
				yield(Page{}, err)
				return
			}
			if page.Last && !page.Complete && page.Pass == 1 {
				page.Last, page.Reason = false, ""
				r.again()
			}
			if !yield(page, nil) || page.Last {
				return
			}
		}
	}
}

// offsetReader is one reading of an OffsetList after another.
type offsetReader struct {
	c            *Client
	l            OffsetList
	rows         *tally
	number       int
	skip         int
	first, total int // what the API said at the first and the latest page; -1 unknown
	changed      bool
}

func (r *offsetReader) again() {
	r.rows.again()
	r.skip, r.first, r.total, r.changed = 0, -1, -1, false
}

// next reads the page at skip.
func (r *offsetReader) next(ctx context.Context) (Page, error) {
	rows, total, err := r.fetch(ctx)
	if err != nil {
		return Page{}, err
	}
	r.number++
	if r.skip == 0 {
		r.first = total
	}
	if total >= 0 {
		r.changed = r.changed || r.first >= 0 && total != r.first
		r.total = total
	}
	uniqueBefore := r.rows.unique
	page := Page{Number: r.number, Pass: r.rows.pass, Total: r.total}
	page.Rows, page.Repeated = r.rows.split(rows)
	// A page may hold a row too many (a repeat), but stands for at most Limit.
	r.skip += min(len(rows), r.l.Limit)
	stuck := len(rows) > 0 && r.rows.unique == uniqueBefore
	if len(rows) == 0 || stuck || r.total >= 0 && r.skip >= r.total {
		page.Last = true
		page.Reason = r.doubt(stuck)
		page.Complete = page.Reason == ""
	}
	return page, nil
}

// doubt says what speaks against this reading being whole, or "".
func (r *offsetReader) doubt(stuck bool) string {
	t := r.rows
	switch {
	case r.changed:
		return fmt.Sprintf("the list changed while it was read: %d rows before, %d after", r.first, r.total)
	case r.total >= 0 && t.unique != r.total:
		return fmt.Sprintf("the API says %d rows and gave %d different ones", r.total, t.unique)
	case r.total >= 0 || t.agrees() && !stuck:
		return ""
	case stuck:
		return fmt.Sprintf("paging does not advance: the page at %d repeats earlier rows", r.skip)
	case t.repeats > 0:
		return fmt.Sprintf("%d rows came twice, so others may have been missed", t.repeats)
	}
	return ""
}

// fetch reads one page and the total that it tells.
func (r *offsetReader) fetch(ctx context.Context) (rows rowList, total int, err error) {
	request := Request{Path: r.l.Path, Query: r.query(), Header: r.l.Header}
	if r.l.Rows == "" {
		resp, err := r.c.Do(ctx, request, &rows)
		if err != nil {
			return nil, -1, err
		}
		return rows, totalIn(resp.Header, r.l.TotalHeader), nil
	}
	answer := listIn{rows: r.l.Rows, total: r.l.Total}
	resp, err := r.c.Do(ctx, request, &answer)
	if err != nil {
		return nil, -1, err
	}
	if answer.count < 0 {
		answer.count = totalIn(resp.Header, r.l.TotalHeader)
	}
	return answer.list, answer.count, nil
}

func (r *offsetReader) query() url.Values {
	q := url.Values{}
	for name, values := range r.l.Query {
		q[name] = values
	}
	q.Set("limit", strconv.Itoa(r.l.Limit))
	q.Set("skip", strconv.Itoa(r.skip))
	if r.l.Sort != "" {
		q.Set("sort", r.l.Sort)
	}
	return q
}

// totalIn reads a count from a header; -1 when it is not there or not one.
func totalIn(h http.Header, name string) int {
	if name == "" {
		return -1
	}
	n, err := strconv.Atoi(h.Get(name))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// listIn decodes an answer that is an object with the rows and the total in two
// members, which the request names.
type listIn struct {
	rows, total string
	list        rowList
	count       int
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *listIn) UnmarshalJSON(body []byte) error {
	if err := expect(body, '{', "an object"); err != nil {
		return err
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &members); err != nil {
		return err
	}
	rows, ok := members[l.rows]
	if !ok {
		return fmt.Errorf("no member %q", l.rows)
	}
	if err := l.list.UnmarshalJSON(rows); err != nil {
		return fmt.Errorf("member %q: %w", l.rows, err)
	}
	l.count = -1
	count, ok := members[l.total]
	if !ok {
		return nil
	}
	var n *int
	if err := json.Unmarshal(count, &n); err != nil || n == nil || *n < 0 {
		return fmt.Errorf("member %q is not a count", l.total)
	}
	l.count = *n
	return nil
}
