package emulator

import (
	"slices"
	"time"
)

// SecretMarker is part of every value that a collector must never keep: API
// keys, the SSO configuration of JumpCloud applications, the config variable
// names of Heroku add-ons. Whoever greps for it finds every leak.
const SecretMarker = "EMULATED_SECRET"

// Estate is the company at one moment. It is plain data: Clone copies it whole,
// Check says whether every reference in it leads somewhere.
type Estate struct {
	Seed      uint64 // what every random choice of this estate derives from
	Day       int    // how often it has advanced
	Now       Stamp  // the estate's own clock: dates inside it are relative to this
	Scripted  bool   // whether the first two days follow the demo's script
	Heroku    HerokuEstate
	JumpCloud JumpCloudEstate
}

// Options says which company New invents. The zero value is the demo's.
type Options struct {
	Seed               uint64 // 0 is the demo's seed
	EnterpriseAccounts int    // Heroku enterprise accounts, at least 1
	Organizations      int    // JumpCloud organizations, at least 1; more make the key a multi-tenant one
}

// firstDay is the morning on which every estate begins.
var firstDay = At(time.Date(2026, time.November, 16, 6, 30, 0, 0, time.UTC))

// New invents a mid-size company: about 60 people, 9 Heroku teams, 42
// applications and a JumpCloud directory. Equal options give equal estates.
func New(o Options) Estate {
	e := Estate{Seed: o.Seed, Now: firstDay, Scripted: true}
	staff := company()
	e.Heroku = newHeroku(o.Seed, staff, max(1, o.EnterpriseAccounts))
	e.JumpCloud = newJumpCloud(o.Seed, staff, max(1, o.Organizations))
	return e
}

// Clone gives a copy that shares nothing with the original.
func (e Estate) Clone() Estate {
	e.Heroku = e.Heroku.clone()
	e.JumpCloud = e.JumpCloud.clone()
	return e
}

// Size counts the rows of the estate by kind, in a fixed order.
func (e Estate) Size() []Count {
	return append(e.Heroku.size(), e.JumpCloud.size()...)
}

// Count is how many rows of one kind an estate has.
type Count struct {
	Kind string // such as "heroku apps"
	Rows int
}

// find gives the position of the first row for which ok holds, or -1.
func find[T any](rows []T, ok func(*T) bool) int {
	return slices.IndexFunc(rows, func(row T) bool { return ok(&row) })
}
