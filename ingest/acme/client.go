package acme

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/j1db/j1db/ingest"
)

//go:embed sample.json
var sample []byte

// client stands where others have an HTTP client: it answers from the sample.
type client struct {
	id, secret string
	answers    struct {
		Account ingest.Source   `json:"account"`
		Users   []ingest.Source `json:"users"`
		Groups  []ingest.Source `json:"groups"`
	}
}

// newClient would set up requests; this one decodes its answers.
func newClient(id, secret string) (*client, error) {
	c := &client{id: id, secret: secret}
	if err := json.Unmarshal(sample, &c.answers); err != nil {
		return nil, fmt.Errorf("decode sample of acme: %w", err)
	}
	return c, nil
}

// admit does what an API does before anything else.
func (c *client) admit(ctx context.Context) error {
	if c.id == "" || c.secret == "" {
		return errRefused
	}
	return ctx.Err()
}

// account, users and groups are the requests that Acme answers.
func (c *client) account(ctx context.Context) (ingest.Source, error) {
	return c.answers.Account, c.admit(ctx)
}

func (c *client) users(ctx context.Context) ([]ingest.Source, error) {
	return c.answers.Users, c.admit(ctx)
}

func (c *client) groups(ctx context.Context) ([]ingest.Source, error) {
	return c.answers.Groups, c.admit(ctx)
}
