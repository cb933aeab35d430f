package store

import (
	"fmt"
	"time"
)

// At names one version: the newest (the zero At), one by number, or the newest
// that is not after a time.
type At struct {
	by     atKind
	number uint64
	time   int64 // epoch milliseconds
}

type atKind uint8

const (
	atLatest atKind = iota
	atNumber
	atTime
)

// Latest is the newest version; an empty graph when there is none yet.
var Latest = At{}

// AtVersion is the version of that number, from 1.
func AtVersion(n uint64) At { return At{by: atNumber, number: n} }

// AtTime is the newest version that is not after t.
func AtTime(t time.Time) At { return At{by: atTime, time: t.UnixMilli()} }

// String prints a for people.
func (a At) String() string {
	switch a.by {
	case atTime:
		return formatTime(a.time)
	case atNumber:
		return fmt.Sprintf("version %d", a.number)
	}
	return "latest"
}

func formatTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.999Z") }
