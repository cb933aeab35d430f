package heroku

import (
	"context"
	"iter"
	"net/http"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
)

const (
	mediaType = "application/vnd.heroku+json; version=3"
	// firstRange asks for a list from its beginning, by id, in the largest pages
	// that there are. The API answers with the Range of the next page.
	firstRange = "id ..; max=1000"
	// fullPage is the smallest page of a list that goes on: the API's own size when
	// nobody asks for another.
	fullPage = 200
	// refill is how many requests a second Heroku gives back: it tells how many
	// are left and never when there will be more.
	refill = 75.0 / 60
)

// client reads Heroku's Platform API, version 3.
type client struct {
	http *httpx.Client
}

// newClient completes o with the address, the key, and what the API wants of
// every request.
func newClient(o httpx.Options, base, key string) (*client, error) {
	o.BaseURL = base
	o.Credential = httpx.Bearer(key)
	o.Withhold = []string{configVars}
	o.Header = o.Header.Clone()
	if o.Header == nil {
		o.Header = http.Header{}
	}
	o.Header.Set("Accept", mediaType)
	if o.Limiter == nil {
		o.Limiter = httpx.NewLimiter(httpx.LimiterOptions{Refill: refill, Clock: o.Clock})
	}
	c, err := httpx.New(o)
	if err != nil {
		return nil, err
	}
	return &client{http: c}, nil
}

// ping asks who the key belongs to.
func (c *client) ping(ctx context.Context) error {
	_, err := c.http.GetJSON(ctx, "/account", nil, &struct{}{})
	return err
}

// list reads a list page by page; its path is made of segments.
func (c *client) list(ctx context.Context, segments ...string) iter.Seq2[httpx.Page, error] {
	return c.http.RangePages(ctx, httpx.RangeList{Path: httpx.Path(segments...), Range: firstRange, Full: fullPage})
}

// lacks reports whether the list does not have an object of that id: then what
// hangs off the object is gone with it, and not just missing. A list that was not
// read whole lacks nothing for sure.
func (c *client) lacks(ctx context.Context, id string, segments ...string) (bool, error) {
	whole := false
	for page, err := range c.list(ctx, segments...) {
		if err != nil {
			return false, err
		}
		for _, row := range page.Rows {
			var s ingest.Source
			if s.UnmarshalJSON(row) == nil && s.Str("id") == id {
				return false, nil
			}
		}
		whole = page.Complete
	}
	return whole, nil
}
