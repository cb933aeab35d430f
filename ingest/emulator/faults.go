package emulator

import (
	"sync"
	"time"
)

// Action is what a fault does to the answer that was about to be given.
type Action int

// The actions. Those on pages and rows apply to lists only, those on totals to
// JumpCloud only: elsewhere the fault does not fire and is not counted.
const (
	Answer      Action = iota // answer Status instead, with the provider's error body unless Body is set; without a Status this is Pass
	Reset                     // cut the connection before any answer; Go's client asks again by itself when the connection was not new
	CutBody                   // announce the whole body, send half, cut the connection
	CutJSON                   // send half a document as if it were whole
	HTML                      // status 200 with a maintenance page
	WrongShape                // status 200 with valid JSON that is not the promised kind
	DropID                    // a row without id and _id
	NullField                 // null in Field of a row
	NullRow                   // null instead of a row
	RepeatRow                 // the page begins with the last row of the page before; on the first page, its first row comes twice
	ShrinkPages               // after this page its first row is gone until the list is begun anew
	EmptyList                 // an empty list, and a total of zero
	WrongTotal                // a total that is Amount too high (JumpCloud)
	StuckPage                 // Heroku: Next-Range names this page again; JumpCloud: the first page whatever was skipped
	Pass                      // the right answer; for Delay, Edit and Header alone
)

var actionNames = [...]string{
	"status", "reset", "cut body", "cut json", "html", "wrong shape", "drop id", "null field", "null row",
	"repeat row", "shrink pages", "empty list", "wrong total", "stuck page", "pass",
}

// String names the action.
func (a Action) String() string { return actionNames[a] }

// Pages that a fault may name besides 1, 2, 3 and so on. A list of one page has
// no middle; of two pages the middle is the second.
const (
	AnyPage    = 0
	MiddlePage = -1
	LastPage   = -2
)

// Fault is one misbehaviour: which requests it meets, and what happens to them.
// The zero values of Route, Page, Nth and Times match every request, always.
type Fault struct {
	// Route is a path whose segments are literal, or * or {name} for any one
	// segment: "/teams/{team}/members", "/teams/storefront/members", or
	// "/api/v2/usergroups/*/members". Empty is every route.
	Route string
	// Page restricts the fault to one page of a list: a number from 1,
	// MiddlePage or LastPage. With AnyPage it also meets requests for no list.
	Page int
	// Nth is the first of the otherwise matching requests that is hit; 0 and 1
	// are the first.
	Nth int
	// Times is how often it fires; 0 is for ever.
	Times int

	Action Action
	Status int               // for Answer
	Header map[string]string // set on whatever is answered, such as Retry-After; an empty value takes the header away
	Body   string            // for Answer: instead of the provider's error body
	Field  string            // for NullField; empty is the row's name, username or e-mail
	Row    int               // for actions on a row: its position on the page; -1 is the last
	Amount int               // for WrongTotal; 0 is 1
	Delay  time.Duration     // waited before answering, unless the client leaves
	// Edit changes the estate after the answer was computed, so that the next
	// page comes from another estate. It must not use the State itself.
	Edit func(*Estate)
}

// Status makes a fault that answers a status for ever.
func Status(route string, status int) Fault {
	return Fault{Route: route, Action: Answer, Status: status}
}

// Faults is a plan of faults for one handler. Of several that meet a request
// the first in the plan fires, alone. It is safe for concurrent use.
type Faults struct {
	mu     sync.Mutex
	plan   []armed
	hidden map[string]string // name of a list to the row that ShrinkPages took out
}

// armed is a fault with what it has seen.
type armed struct {
	Fault
	met, fired int
}

// NewFaults makes a plan.
func NewFaults(faults ...Fault) *Faults {
	f := &Faults{}
	f.Set(faults...)
	return f
}

// Set replaces the plan and forgets all counts.
func (f *Faults) Set(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan, f.hidden = nil, nil
	for _, fault := range faults {
		f.plan = append(f.plan, armed{Fault: fault})
	}
}

// Add appends faults to the plan.
func (f *Faults) Add(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range faults {
		f.plan = append(f.plan, armed{Fault: fault})
	}
}

// Clear empties the plan: the handler behaves.
func (f *Faults) Clear() { f.Set() }

// Fired gives how often each fault of the plan has fired, in the plan's order.
func (f *Faults) Fired() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := make([]int, len(f.plan))
	for i := range f.plan {
		counts[i] = f.plan[i].fired
	}
	return counts
}

// Total gives how often faults have fired altogether.
func (f *Faults) Total() int {
	n := 0
	for _, fired := range f.Fired() {
		n += fired
	}
	return n
}

// take finds the fault that meets a request and counts it. able says whether an
// action can be done to the answer at hand.
func (f *Faults) take(path string, page, pages int, able func(Fault) bool) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.plan {
		a := &f.plan[i]
		if !matchRoute(a.Route, path) || !matchPage(a.Page, page, pages) || !able(a.Fault) {
			continue
		}
		a.met++
		if a.met < a.Nth || a.Times > 0 && a.fired == a.Times {
			continue
		}
		a.fired++
		return a.Fault, true
	}
	return Fault{}, false
}

// hide takes a row out of the later pages of a list.
func (f *Faults) hide(list, key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hidden == nil {
		f.hidden = map[string]string{}
	}
	f.hidden[list] = key
}

// gone gives the row that is hidden from a list. Beginning the list anew brings
// it back.
func (f *Faults) gone(list string, first bool) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if first {
		delete(f.hidden, list)
	}
	return f.hidden[list]
}

// matchPage says whether a page of a list is the one that a fault names. Page 0
// is a request for no list.
func matchPage(want, page, pages int) bool {
	switch want {
	case AnyPage:
		return true
	case MiddlePage:
		return pages > 1 && page == pages/2+1
	case LastPage:
		return page > 0 && page == pages
	}
	return page == want
}
