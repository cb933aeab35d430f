package j1files

import (
	"iter"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Images are the objects of a version, in an order that is the same every time,
// entities before relationships. Writers that need to know what is to come go
// through them twice. An error ends them.
type Images = iter.Seq2[*graph.Image, error]

// Changes are the changes between two versions, in an order that is the same every
// time; a writer may go through them several times. An error ends them.
type Changes = iter.Seq2[graph.Change, error]

// maxOmissions is how many of the things left out are listed.
const maxOmissions = 20

// Written says what was written and what the format could not hold.
type Written struct {
	Entities, Relationships int // objects, or changes of them
	Files                   int // of a folder
	Bytes                   int64
	// Instances supply the objects, sorted. Formats other than Cypher, CSV and
	// GraphML do not tell whose an object is.
	Instances []string
	// Omitted are the first of the things that were left out, OmittedCount is how
	// many there were.
	Omitted      []Omission
	OmittedCount int
}

// Omission is something that a format could not hold.
type Omission struct {
	graph.Identity
	Property string // "" where it is the whole object
	Reason   string
}

// count counts an image.
func (w *Written) count(im *graph.Image) {
	if im.Kind == graph.EntityKind {
		w.Entities++
	} else {
		w.Relationships++
	}
	if n := len(w.Instances); n > 0 && w.Instances[n-1] == im.Instance {
		return
	}
	if i, found := slices.BinarySearch(w.Instances, im.Instance); !found {
		w.Instances = slices.Insert(w.Instances, i, im.Instance)
	}
}

// uncount takes back the count of an image that was left out as a whole.
func (w *Written) uncount(im *graph.Image) {
	if im.Kind == graph.EntityKind {
		w.Entities--
	} else {
		w.Relationships--
	}
}

// omit notes that something of im was left out.
func (w *Written) omit(im *graph.Image, property, reason string) {
	w.OmittedCount++
	if len(w.Omitted) < maxOmissions {
		w.Omitted = append(w.Omitted, Omission{im.Identity(), property, reason})
	}
}

// Reasons for an Omission.
const (
	reasonMixed    = "a list of mixed kinds"
	reasonReserved = "the name means something else in this format"
	reasonOwn      = "the name begins with an underscore"
	reasonTooLarge = "the object is larger than a file may be"
	reasonNulls    = "a list with nulls"
)
