package estate

import "fmt"

// The sizes that an estate may have, in entities.
const (
	Smallest = 200
	Largest  = 10_000_000
)

// Estate is an estate in two versions.
type Estate struct {
	seed uint64
	// rows counts the entities of a type in the first version, and all those that
	// there ever are: the ones beyond come with the second.
	rows, ever [kinds]int
	links      [joins][]link
}

// link is one relationship, by the rows of its ends.
type link struct{ from, to uint32 }

// fate is what becomes of an entity of the first version in the second.
type fate uint8

const (
	kept fate = iota
	altered
	gone
)

// In a thousand entities of the first version two are gone in the second and six
// are altered; and there are two new ones. Accounts stay as they are.
const (
	goneShare    = 2
	alteredShare = 6
	newShare     = 2
)

// New invents an estate of n entities.
func New(n int, seed uint64) (*Estate, error) {
	if n < Smallest || n > Largest {
		return nil, fmt.Errorf("an estate has %d to %d entities, not %d", Smallest, Largest, n)
	}
	e := &Estate{seed: seed}
	rest := n
	for k := range kinds {
		if k != finding {
			e.rows[k] = max(2, int(infos[k].share*float64(n)))
			rest -= e.rows[k]
		}
	}
	e.rows[finding] = rest
	for k := range kinds {
		e.ever[k] = e.rows[k]
		if k != account {
			e.ever[k] += e.rows[k] * newShare / 1000
		}
	}
	e.join()
	return e, nil
}

func (e *Estate) fate(k kind, row int) fate {
	if k == account {
		return kept
	}
	switch x := diceOf(e.seed, uint64(k), uint64(row), 'f').below(1000); {
	case x < goneShare:
		return gone
	case x < goneShare+alteredShare:
		return altered
	}
	return kept
}

// alive reports whether a version has an entity.
func (e *Estate) alive(k kind, row, version int) bool {
	if row >= e.rows[k] {
		return version > 1
	}
	return version == 1 || e.fate(k, row) != gone
}
