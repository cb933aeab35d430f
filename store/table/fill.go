package table

import (
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// Filling is the first state of many rows.
type Filling struct {
	// Columns are the names of the properties that may occur.
	Columns []string
	// Len is the number of rows.
	Len int
	// Ends are, of relationships, the rows of the ends, one for each row. Those of
	// one direction take no room where they come sorted by From, then To.
	Ends Ends
	// Rows calls for each of the rows from lo up to, not including, hi, in order,
	// Begin and then Set for its properties. It is called by several goroutines at
	// once, and perhaps more than once for the same rows.
	Rows func(lo, hi int, s *Sink) error
}

// Head is what the engine knows of a row.
type Head struct {
	Key                string // "" for one that follows from the ends
	Instance           string
	Class              []string // of entities
	Parent             string
	Version            uint64
	CreatedOn, BeginOn int64
	Touched, Hash      uint64
	KeyHash            uint64 // EditorOptions.KeyHash of the name
}

// fill is a Filling with the row at which it begins.
type fill struct {
	Filling
	first uint32
}

func (f *fill) end() uint32 { return f.first + uint32(f.Len) }

// check says why f cannot fill rows of a table.
func (f *fill) check(r *Record) error {
	want := 0
	if r.Kind == graph.RelationshipKind {
		want = f.Len
	}
	if len(f.Ends.From) != want || len(f.Ends.To) != want {
		return fmt.Errorf("%d rows have %d and %d ends", f.Len, len(f.Ends.From), len(f.Ends.To))
	}
	return nil
}

// Sink takes rows. It copies what it is given.
type Sink struct{}

// Begin begins the next row.
func (s *Sink) Begin(h Head) {}

// Set gives the row a value of the property that Columns names at column.
func (s *Sink) Set(column int, v graph.Value) {}
