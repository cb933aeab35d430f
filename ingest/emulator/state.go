package emulator

import (
	"sync"
	"sync/atomic"
)

// State holds the estate that handlers serve. Each request reads one estate from
// beginning to end; a change is seen by the requests that begin after it. It is
// safe for concurrent use.
type State struct {
	mu  sync.Mutex // serializes changes; reads go through now alone
	now atomic.Pointer[view]
}

// view is one estate that no longer changes, with the indexes that serve it.
type view struct {
	estate    Estate
	heroku    func() *herokuIndex
	jumpcloud func() *jumpcloudIndex
}

// NewState starts to serve a copy of the estate.
func NewState(e Estate) *State {
	s := &State{}
	s.publish(e.Clone())
	return s
}

// Estate gives a copy of what is being served.
func (s *State) Estate() Estate { return s.now.Load().estate.Clone() }

// Set serves a copy of another estate from now on.
func (s *State) Set(e Estate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publish(e.Clone())
}

// Edit changes the estate in one step: change gets a copy, which is then served.
func (s *State) Edit(change func(*Estate)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.now.Load().estate.Clone()
	change(&e)
	s.publish(e)
}

// Advance moves the estate to its next day and tells what happened.
func (s *State) Advance() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, events := s.now.Load().estate.NextDay()
	s.publish(next)
	return events
}

// publish makes an estate that nobody else holds the current one.
func (s *State) publish(e Estate) {
	v := &view{estate: e}
	v.heroku = sync.OnceValue(func() *herokuIndex { return indexHeroku(&v.estate.Heroku) })
	v.jumpcloud = sync.OnceValue(func() *jumpcloudIndex { return indexJumpCloud(&v.estate.JumpCloud) })
	s.now.Store(v)
}
