package syntax

import (
	"fmt"
	"math"
	"time"
)

// DateNow is `date.now`, or `date.now` moved by an amount of time.
type DateNow struct {
	place
	// Amount is how many units after now, negative for before; 0 with Unit 0 for a
	// bare date.now. Months and years are whole.
	Amount float64
	Unit   Unit
}

// Date is `date(2019-10-30)`.
type Date struct {
	place
	// Text is the date as written, without the parentheses.
	Text string
	// Millis is the instant in milliseconds since 1970 UTC.
	Millis int64
}

// Unit is a unit of time in date arithmetic.
type Unit uint8

// The units. Minutes and weeks are an extension: see [Dialect].
const (
	Hour Unit = iota + 1
	Day
	Month
	Year
	Minute
	Week
)

// unitWords holds what may be written for each unit, the printed singular first, the
// printed plural second.
var unitWords = [...][]string{
	Hour:   {"hour", "hours", "hr", "hrs"},
	Day:    {"day", "days"},
	Month:  {"month", "months", "mo", "mos"},
	Year:   {"year", "years", "yr", "yrs"},
	Minute: {"minute", "minutes", "min", "mins"},
	Week:   {"week", "weeks", "wk", "wks"},
}

// String is the unit's name in the singular.
func (u Unit) String() string {
	if u < Hour || u > Week {
		return ""
	}
	return unitWords[u][0]
}

// hours is the length of the unit, of months and years about.
func (u Unit) hours() float64 {
	switch u {
	case Minute:
		return 1.0 / 60
	case Hour:
		return 1
	case Day:
		return 24
	case Week:
		return 7 * 24
	case Month:
		return 366 * 24 / 12
	case Year:
		return 366 * 24
	}
	return 0
}

// At is the instant that d stands for when it is now, in milliseconds since 1970
// UTC. Hours, days, minutes and weeks have a fixed length; months and years are
// those of the calendar in UTC, and a day that the month does not have becomes its
// last.
func (d *DateNow) At(now time.Time) int64 {
	switch d.Unit {
	case 0:
		return now.UnixMilli()
	case Month:
		return addMonths(now.UTC(), int(d.Amount)).UnixMilli()
	case Year:
		return addMonths(now.UTC(), 12*int(d.Amount)).UnixMilli()
	default:
		return now.UnixMilli() + int64(math.Round(d.Amount*d.Unit.hours()*float64(time.Hour.Milliseconds())))
	}
}

// addMonths moves t by whole months and clamps the day to the month's end.
func addMonths(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// dateLayouts are the ISO 8601 forms inside date( ); without a zone they are UTC.
var dateLayouts = []string{
	"2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02",
	"2006-01",
	"2006",
	"20060102T150405Z0700",
	"20060102T150405",
	"20060102",
}

// parseDate reads the text inside date( ).
func parseDate(text string) (millis int64, err error) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMilli(), nil
		}
	}
	return 0, fmt.Errorf("%q is no ISO 8601 date", text)
}
