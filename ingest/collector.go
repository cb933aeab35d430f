package ingest

import (
	"context"

	"github.com/j1db/j1db/ingest/httpx"
	"github.com/j1db/j1db/store/graph"
)

// Provider describes a kind of collector. It is data: everything but Open can be
// used without credentials, to document or to complete names.
type Provider struct {
	Name     string   // as in a configuration: "heroku"
	Title    string   // as people write it: "Heroku"
	Class    []string // `_integrationClass` of what it supplies
	Settings []Setting
	// Steps is the step table. The Run functions of this copy must not be called.
	Steps []Step
	// Open prepares a collector from settings, without any request. Its error
	// names the setting that is wrong.
	Open func(Options) (*Collector, error)
}

// Setting is one named value of a provider's configuration.
type Setting struct {
	Name     string // "apiKey"
	Env      string // the variable that supplies it when nothing is configured
	Help     string
	Required bool
	Secret   bool // never printed, never stored
	Default  string
}

// Options are what a collector is opened with.
type Options struct {
	// Settings by name, secrets resolved; only names of Provider.Settings.
	Settings map[string]string
	// HTTP is the base for the collector's client: transport, limits, observer,
	// redaction. The collector adds address and credential.
	HTTP httpx.Options
}

// Collector is an opened provider, good for one run.
type Collector struct {
	Provider *Provider
	Steps    []Step
	// Verify makes the lightest request that proves the credential.
	Verify func(ctx context.Context) error
}

// Step is one row of a step table: what it needs, what it supplies, how.
type Step struct {
	ID            string   // "fetch-teams"
	Name          string   // "Fetch teams"
	Needs         []string // ids of the steps that must have ended before
	Uses          []Use    // what it looks up of what those supplied
	Entities      []EntityType
	Relationships []RelationshipType
	Mapped        []MappedType
	// Optional steps go beyond JupiterOne's own integration; when one is
	// forbidden, or some of its lists, that alone does not make a run partial in the
	// user's eyes, nor does what other optional steps lack because of it. A type
	// that another step supplies too is then not whole all the same.
	Optional bool
	Run      func(ctx context.Context, job *Job) error
}

// Use declares that a step looks at the entities of a type that the steps it
// needs supplied. Nothing else of them is kept in memory.
type Use struct {
	Type  string
	Props []string // the properties it looks at, beside key and parent
}

// EntityType declares a type of entities that a step supplies.
type EntityType struct {
	Resource string // the vendor's word for it: "Application"
	Type     string
	Class    []string
}

// RelationshipType declares a type of relationships that a step supplies.
type RelationshipType struct {
	Type   string
	Class  string // the verb
	Source string // the type of its from end
	Target string
}

// MappedType declares relationships whose far end the mapper finds.
type MappedType struct {
	Type      string
	Class     string
	Source    string
	Target    string
	Direction graph.Direction
}

// Sink takes what a run supplies. Put keeps nothing of b after it returns and
// may be called by several goroutines. Of objects of one kind and key it keeps
// the one of the lowest rank, and it is the one to count and report the others
// with the Origin of both: a run cannot know what it supplied an hour ago.
type Sink interface {
	Put(ctx context.Context, b graph.Batch) error
}
