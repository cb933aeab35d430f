package jumpcloud

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/httpx"
)

// pageSize is the most rows that the API gives at a time.
const pageSize = 100

// orgHeader names the organization that a request is about.
const orgHeader = "X-Org-Id"

// client reads JumpCloud's API: version 1 below the base address, version 2 below
// its /v2.
type client struct {
	http *httpx.Client
}

// newClient completes o with the address, the key, and what the API wants of
// every request. The organization may be "".
func newClient(o httpx.Options, base, key, org string) (*client, error) {
	o.BaseURL = base
	o.Credential = httpx.HeaderKey("x-api-key", key)
	o.Withhold = []string{configMember}
	o.Header = o.Header.Clone()
	if o.Header == nil {
		o.Header = http.Header{}
	}
	o.Header.Set("Accept", "application/json")
	if org != "" {
		o.Header.Set(orgHeader, org)
	}
	c, err := httpx.New(o)
	if err != nil {
		return nil, err
	}
	return &client{http: c}, nil
}

// ping asks for one organization.
func (c *client) ping(ctx context.Context) error {
	var answer struct {
		Results []json.RawMessage `json:"results"`
	}
	if _, err := c.http.GetJSON(ctx, "/organizations", url.Values{"limit": {"1"}}, &answer); err != nil {
		return err
	}
	if len(answer.Results) == 0 {
		return errNoOrganization
	}
	return nil
}

// pages is a list, page by page.
type pages = iter.Seq2[httpx.Page, error]

// organizations lists the organizations that the key sees.
func (c *client) organizations(ctx context.Context) pages {
	return c.http.OffsetPages(ctx, first("/organizations"))
}

// list1 reads a list of version 1 in an organization.
func (c *client) list1(ctx context.Context, org string, segments ...string) pages {
	return c.list(ctx, org, first(httpx.Path(segments...)))
}

// first describes a list of version 1: an object with rows and their number, in
// the order that is asked for.
func first(path string) httpx.OffsetList {
	return httpx.OffsetList{Path: path, Limit: pageSize, Sort: "_id", Rows: "results", Total: "totalCount"}
}

// list2 reads a list of version 2 in an organization: a bare array, whose order
// cannot be chosen on every route.
func (c *client) list2(ctx context.Context, org string, segments ...string) pages {
	return c.list(ctx, org, httpx.OffsetList{Path: "/v2" + httpx.Path(segments...), Limit: pageSize, TotalHeader: "X-Total-Count", Key: rowKey})
}

// list reads a list in an organization: the key of an administrator of several
// must name one of them.
func (c *client) list(ctx context.Context, org string, l httpx.OffsetList) pages {
	l.Header = http.Header{orgHeader: {org}}
	return c.http.OffsetPages(ctx, l)
}

// rowKey tells the rows of a list of version 2 apart: by the object that they
// lead to where they are edges, and by their id otherwise.
func rowKey(row json.RawMessage) string {
	var edge struct {
		To struct {
			ID   string `json:"id"`
			Type string `json:"type"`
		} `json:"to"`
	}
	if json.Unmarshal(row, &edge) == nil && edge.To.ID != "" {
		return edge.To.Type + " " + edge.To.ID
	}
	return httpx.RowKey(row)
}

// lacks reports whether a list does not have an object of that id: then what
// hangs off the object is gone with it, and not just missing. A list that was not
// read whole lacks nothing for sure.
func lacks(list pages, id string) (bool, error) {
	whole := false
	for page, err := range list {
		if err != nil {
			return false, err
		}
		for _, row := range page.Rows {
			var s ingest.Source
			if s.UnmarshalJSON(row) == nil && idOf(s) == id {
				return false, nil
			}
		}
		whole = page.Complete
	}
	return whole, nil
}
