package jumpcloud

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/j1db/j1db/ingest"
)

const defaultBaseURL = "https://console.jumpcloud.com/api"

// Provider describes the collector.
func Provider() *ingest.Provider {
	return &ingest.Provider{
		Name:  "jumpcloud",
		Title: "JumpCloud",
		Class: []string{"IdP"},
		Settings: []ingest.Setting{
			{Name: "apiKey", Env: "JUMPCLOUD_API_KEY", Help: "API key of an administrator; a read-only one is enough", Required: true, Secret: true},
			{Name: "orgId", Env: "JUMPCLOUD_ORG_ID", Help: "id of the one organization to collect; all that the key sees when empty"},
			{Name: "baseUrl", Env: "JUMPCLOUD_BASE_URL", Help: "address of the API", Default: defaultBaseURL},
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
	base := apiAddress(o.Settings["baseUrl"])
	org := strings.TrimSpace(o.Settings["orgId"])
	client, err := newClient(o.HTTP, base, key, org)
	if err != nil {
		return nil, fmt.Errorf("open jumpcloud with baseUrl %q: %w", base, err)
	}
	c := &collector{api: client, orgID: org}
	return &ingest.Collector{Provider: Provider(), Steps: c.steps(), Verify: c.verify}, nil
}

// apiAddress completes the address of a host with the path of the API.
func apiAddress(base string) string {
	base = strings.TrimRight(strings.TrimSpace(base), "/")
	if base == "" {
		return defaultBaseURL
	}
	if u, err := url.Parse(base); err == nil && u.Path == "" && u.Host != "" {
		return base + "/api"
	}
	return base
}

// collector is one opened collector.
type collector struct {
	api   *client
	orgID string // the one organization to collect; "" for all
}

// verify makes the lightest request that proves the key.
func (c *collector) verify(ctx context.Context) error {
	return c.api.ping(ctx)
}
