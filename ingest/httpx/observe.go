package httpx

import "time"

// EventKind says what an Event reports.
type EventKind uint8

// The kinds of event.
const (
	RequestStarted  EventKind = iota // an attempt is sent
	RequestFinished                  // an attempt ended, well or not
	WaitingForLimit                  // the rate limit asks for Wait
	WaitingToRetry                   // the next attempt comes after Wait
)

// Event is one step in the life of a request, for progress and statistics.
type Event struct {
	Kind    EventKind
	Method  string
	Path    string        // as in Error
	Attempt int           // from 1
	Status  int           // of a finished attempt; 0 when no answer arrived
	Bytes   int64         // body size of a finished attempt, decompressed
	Wait    time.Duration // of the two waiting kinds
	Err     error         // why a finished attempt failed; nil when it did not
}
