package httpx

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
)

// MaxCursor is the longest page cursor, in bytes, that is sent back to an API.
const MaxCursor = 4 << 10

// RangeList is a list that is paged by the headers Range and Next-Range, as
// Heroku's is: an answer with Next-Range is not the last, and the next request
// sends its value back as Range.
type RangeList struct {
	Path  string
	Query url.Values
	// Range is the first Range header, such as "id ..; max=1000".
	Range string
	// Full is how many rows the API puts into a page at least when there are more.
	// Options.Cache keeps a list that came in one answer with fewer: an ETag names
	// the rows and not the Next-Range beside them, so a full page looks the same when
	// the list has grown. 0 keeps none.
	Full int
	// Key names a row; nil means RowKey.
	Key func(json.RawMessage) string
}

// RangePages reads l page by page; an error, an *Error, ends it. The list is
// complete when the answer without Next-Range has come. Cursors by key neither
// miss nor repeat rows that stay, so rows that come again are handed out as
// Repeated and speak not against completeness.
func (c *Client) RangePages(ctx context.Context, l RangeList) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		rows, cursors := newTally(l.Key), map[string]bool{l.Range: true}
		cursor := l.Range
		for number := 1; ; number++ {
			var answer rowList
			request := Request{Path: l.Path, Query: l.Query, Header: http.Header{"Range": {cursor}}}
			if number == 1 {
				request.keep = func(r *Response) bool {
					return r.Status == http.StatusOK && r.Header.Get("Next-Range") == "" && len(answer) < l.Full
				}
			}
			resp, err := c.Do(ctx, request, &answer)
			if err != nil {
				yield(Page{}, err)
				return
			}
			page := Page{Number: number, Pass: 1, Total: -1}
			page.Rows, page.Repeated = rows.split(answer)
			if cursor = resp.Header.Get("Next-Range"); cursor == "" {
				page.Last = true
				page.Complete, page.Reason = endOfRange(number, resp)
			}
			if !yield(page, nil) || page.Last {
				return
			}
			if err := checkCursor(cursor, cursors); err != nil {
				yield(Page{}, c.cursorError(l, resp, err))
				return
			}
		}
	}
}

// endOfRange judges an answer without Next-Range. The first one must not be 206:
// that says there is more, and nothing says where.
func endOfRange(number int, resp *Response) (complete bool, reason string) {
	if number == 1 && resp.Status == http.StatusPartialContent {
		return false, "the API says 206, so there is more, and does not say where (no Next-Range)"
	}
	return true, ""
}

// checkCursor refuses cursors that would loop or swell.
func checkCursor(cursor string, seen map[string]bool) error {
	key := compactKey(cursor)
	switch {
	case len(cursor) > MaxCursor:
		return fmt.Errorf("%w: %d bytes, of at most %d", ErrCursor, len(cursor), MaxCursor)
	case seen[key]:
		return fmt.Errorf("%w: it came before", ErrCursor)
	}
	for _, b := range []byte(cursor) {
		if b < ' ' || b == 0x7f {
			return fmt.Errorf("%w: a control character in it", ErrCursor)
		}
	}
	seen[key] = true
	return nil
}

func (c *Client) cursorError(l RangeList, resp *Response, err error) error {
	path := c.unresolved(l.Path)
	if u, err := resolve(c.base, l.Path, l.Query); err == nil {
		path = display(u, c.o.Redactor)
	}
	return &Error{
		Method: http.MethodGet, Path: path, Status: resp.Status,
		RequestID: c.quote(requestID(resp.Header)), Attempts: 1, Err: err,
	}
}
