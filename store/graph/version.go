package graph

// Version describes one committed change of the graph.
type Version struct {
	Number   uint64 // from 1, without gaps
	Time     int64  // epoch milliseconds, greater than every earlier version's
	Instance string // the instance whose run triggered it
	Provider string
	// Entities and Relationships count what changed, whoever supplies it.
	Entities, Relationships Counts
	Steps                   []StepOutcome
	Note                    string // what made it, when that was not a sync: "remove instance"
}

// Outcome is how a run or a step ended.
type Outcome uint8

// The outcomes. Only OK means that everything was read.
const (
	OK        Outcome = iota // read whole
	PartialOK                // something was read, something was not
	Failed                   // nothing that was read can be trusted to be whole
	Forbidden                // the credential may not read it
	Skipped                  // not asked for in this run
	Disabled                 // switched off in the configuration
)

// String names the outcome as the contract of the command line does.
func (o Outcome) String() string {
	return [...]string{"success", "partial", "failed", "forbidden", "skipped", "disabled"}[o]
}

// StepOutcome is how one step of a run ended.
type StepOutcome struct {
	Step          string
	Outcome       Outcome
	Reason        string // why it is not OK, for people
	Entities      int    // objects that it supplied
	Relationships int
	Requests      int
	Millis        int64    // how long it took
	Partial       []string // types that were not read whole
}

// RunType is the virtual type under which a Source supplies run records: it
// answers to its name alone, never to `*`, full text, a class or a count.
const RunType = "j1db_sync_run"

// Run is the record of one run of one instance, kept whether or not it changed
// anything.
type Run struct {
	ID       uint64 // from 1
	Instance string
	Provider string
	Started  int64 // epoch milliseconds
	Finished int64
	Version  uint64 // the version that it made, 0 when nothing changed
	Outcome  Outcome
	Counts   Counts // entities and relationships together
	Steps    []StepOutcome
	// Duplicates, Dangling and Rejected count the objects that were not stored:
	// keys that came twice, relationships without an end, and what cannot be stored.
	// Invalid counts what validation found wrong with those that were.
	Duplicates, Dangling, Rejected, Invalid int
}
