package heroku

import (
	"context"
	"fmt"
	"strings"

	"github.com/j1db/j1db/ingest"
)

const defaultBaseURL = "https://api.heroku.com"

// Provider describes the collector.
func Provider() *ingest.Provider {
	return &ingest.Provider{
		Name:  "heroku",
		Title: "Heroku",
		Class: []string{"Infrastructure"},
		Settings: []ingest.Setting{
			{Name: "apiKey", Env: "HEROKU_API_KEY", Help: "API key or OAuth token that may read the account", Required: true, Secret: true},
			{Name: "baseUrl", Env: "HEROKU_BASE_URL", Help: "address of the API", Default: defaultBaseURL},
		},
		Steps: (&collector{}).steps(),
		Open:  open,
	}
}

// open prepares a collector from settings.
func open(o ingest.Options) (*ingest.Collector, error) {
	key := strings.TrimSpace(o.Settings["apiKey"])
	if key == "" {
		return nil, settingError("apiKey", "is empty")
	}
	base := strings.TrimSpace(o.Settings["baseUrl"])
	if base == "" {
		base = defaultBaseURL
	}
	client, err := newClient(o.HTTP, base, key)
	if err != nil {
		return nil, fmt.Errorf("open heroku with baseUrl %q: %w", base, err)
	}
	c := &collector{api: client}
	return &ingest.Collector{Provider: Provider(), Steps: c.steps(), Verify: c.verify}, nil
}

// collector is one opened collector: the client, and what its steps hand to each
// other beyond the entities themselves.
type collector struct {
	api *client
	// memberships are all that fetch-account-members read. A user may be in several
	// accounts, while the entity names one.
	memberships []membership
	// strangers are the members of teams of enterprise accounts who are in none of
	// these accounts.
	strangers strangers
}

// verify makes the lightest request that proves the key.
func (c *collector) verify(ctx context.Context) error {
	return c.api.ping(ctx)
}
