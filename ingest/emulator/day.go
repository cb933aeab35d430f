package emulator

import "fmt"

// Event is something that happened in the company from one day to the next.
type Event struct {
	Provider string // heroku or jumpcloud
	Text     string // a sentence without a full stop
}

// day is an estate on its way to the next day.
type day struct {
	*Estate
	events []Event
	ids    int // how many ids were invented today
}

// NextDay gives the estate of the next day, and what happened. The first two
// days of an estate that New made follow the demo's script; all others are
// random, and follow from the seed and the number of the day.
func (e Estate) NextDay() (Estate, []Event) {
	next := e.Clone()
	next.Day++
	next.Now = next.Now.Days(1)
	d := &day{Estate: &next}
	switch {
	case next.Scripted && next.Day == 1:
		d.first()
	case next.Scripted && next.Day == 2:
		d.second()
	default:
		d.random()
	}
	return next, d.events
}

// heroku and jumpcloud note what happened, for whoever tells the story.
func (d *day) heroku(format string, args ...any) {
	d.events = append(d.events, Event{"heroku", fmt.Sprintf(format, args...)})
}

func (d *day) jumpcloud(format string, args ...any) {
	d.events = append(d.events, Event{"jumpcloud", fmt.Sprintf(format, args...)})
}

// uuid and objectID invent ids that no other day has.
func (d *day) uuid() string {
	d.ids++
	return uuid(d.Seed, "day", d.Day, d.ids)
}

func (d *day) objectID() string {
	d.ids++
	return objectID(d.Seed, "day", d.Day, d.ids)
}
