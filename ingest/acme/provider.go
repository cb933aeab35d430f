package acme

import (
	"context"
	"strings"

	"github.com/j1db/j1db/ingest"
)

// Provider describes the collector.
func Provider() *ingest.Provider {
	return &ingest.Provider{
		Name:  "acme",
		Title: "Acme",
		Class: []string{"Sample"},
		Settings: []ingest.Setting{
			{Name: "clientId", Env: "ACME_CLIENT_ID", Help: "any text: the collector serves itself", Required: true},
			{Name: "clientSecret", Env: "ACME_CLIENT_SECRET", Help: "any text", Required: true, Secret: true},
		},
		Steps: (&collector{}).steps(),
		Open:  open,
	}
}

// open prepares a collector from settings.
func open(o ingest.Options) (*ingest.Collector, error) {
	for _, name := range []string{"clientId", "clientSecret"} {
		if strings.TrimSpace(o.Settings[name]) == "" {
			return nil, settingError(name, "is empty")
		}
	}
	api, err := newClient(o.Settings["clientId"], o.Settings["clientSecret"])
	if err != nil {
		return nil, err
	}
	c := &collector{api: api}
	return &ingest.Collector{Provider: Provider(), Steps: c.steps(), Verify: c.verify}, nil
}

// collector is one opened collector.
type collector struct {
	api *client
}

// verify makes the lightest request that proves the credential.
func (c *collector) verify(ctx context.Context) error {
	_, err := c.api.account(ctx)
	return err
}
