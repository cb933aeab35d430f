package store

import "github.com/j1db/j1db/store/wire"

// writer builds one record of this package.
type writer struct{ wire.Writer }

// parser reads one.
type parser struct{ *wire.Parser }

// interner holds one copy of each recurring text.
type interner = wire.Interner

// open checks the checksum of a record and returns a parser of its payload.
func open(key, record []byte, names interner) *parser {
	return &parser{wire.Open(key, record, names)}
}
