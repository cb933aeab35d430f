// Package emulator serves an invented company over loopback HTTP the way Heroku
// and JumpCloud serve real ones: the same routes, headers, paging, status codes
// and error bodies. The demo and the tests share it.
//
// An [Estate] is the company at one moment: plain data, deterministic from a
// seed, that can be cloned, edited and advanced by a day. A [State] holds the
// estate that is being served; [Heroku] and [JumpCloud] are handlers over it,
// and [Start] puts both on loopback ports. A [Faults] plan makes a handler
// misbehave on request, and a [Log] remembers what was asked of it.
//
// Nobody in the company exists. Names are invented, hosts end in .example,
// addresses come from the ranges reserved for documentation, and everything
// that a collector must never keep contains [SecretMarker].
package emulator
