// Package emulator serves an invented company over loopback HTTP the way Heroku
// and JumpCloud serve real ones: the same routes, headers, paging, status codes
// and error bodies. The demo and the tests share it.
//
// # The company
//
// An [Estate] is the company at one moment: plain data, deterministic from a
// seed, that can be cloned, edited, checked and advanced by a day. [New] invents
// the demo's company of about sixty people, [NewLarge] one of any size.
//
// What makes the company worth asking about: three people who were suspended in
// JumpCloud are still members of Heroku teams that own applications, a fourth of
// a team that owns none, and a fifth was taken out everywhere. Two people share
// a name, one writes the e-mail in capitals, two contractors are known to Heroku
// only. Bots and services have accounts too. Certificates run out, disks are not
// encrypted, second factors are missing. Wherever an API may give null, some row
// does.
//
// Nobody in it exists. Names are invented, hosts end in .example, addresses come
// from the ranges reserved for documentation, and everything that a collector
// must never keep contains [SecretMarker].
//
// # Serving it
//
// A [State] holds the estate that is being served; [Heroku] and [JumpCloud] are
// handlers over it, and [Start] puts both on loopback ports:
//
//	s, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{})
//	...
//	defer s.Close()
//	collect(s.Heroku.URL, s.Heroku.Key)
//	s.State.Advance() // the next day; the first two follow the demo's script
//	collect(s.Heroku.URL, s.Heroku.Key)
//
// HerokuOptions.MaxPage and JumpCloudOptions.MaxPage make pages small, so that
// a small company has middle pages.
//
// # Misbehaving
//
// A [Faults] plan makes a handler misbehave, and counts how often it did:
//
//	s.Heroku.Faults.Set(emulator.Fault{
//		Route: "/teams/{team}/members", Page: emulator.MiddlePage, Times: 1,
//		Action: emulator.Answer, Status: 429, Header: map[string]string{"Retry-After": "1"},
//	})
//	collect(s.Heroku.URL, s.Heroku.Key)
//	if s.Heroku.Faults.Total() == 0 { ... } // the fault met nothing
//
// The right answer is computed first and spoiled afterwards, so a fault on page
// two of a list is on page two whatever was asked before. A [Log] remembers what
// was asked, without the values of credentials.
package emulator
