package main

import (
	"fmt"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/acme"
	"github.com/j1db/j1db/ingest/heroku"
	"github.com/j1db/j1db/ingest/jumpcloud"
)

// providers lists the collectors that this program has. Adding one is one line.
func providers() []*ingest.Provider {
	return []*ingest.Provider{
		heroku.Provider(),
		jumpcloud.Provider(),
		acme.Provider(),
	}
}

func findProvider(name string) (*ingest.Provider, error) {
	var names []string
	for _, p := range providers() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("there is no provider %q%s", name, didYouMean(name, names))
}
