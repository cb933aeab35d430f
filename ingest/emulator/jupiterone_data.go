package emulator

import (
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// JupiterOneObject is an entity or a relationship as the account holds it. Do not
// write to its lists and maps.
type JupiterOneObject struct {
	ID         string // the UUID of version 5 of scope and key
	Key, Type  string
	Class      []string
	Properties map[string]any // numbers are json.Number
	RawData    json.RawMessage
	// From and To are the ends of a relationship, both empty on a mapped one.
	From, To JupiterOneEnd
}

// JupiterOneEnd names the entity at an end of a relationship.
type JupiterOneEnd struct{ Scope, Key string }

// jupiterOneData is an account's graph by scope.
type jupiterOneData map[string]*jupiterOneScope

type jupiterOneScope struct {
	entities, relationships map[string]*JupiterOneObject
}

func (d jupiterOneData) scope(name string) *jupiterOneScope {
	s := d[name]
	if s == nil {
		s = &jupiterOneScope{map[string]*JupiterOneObject{}, map[string]*JupiterOneObject{}}
		d[name] = s
	}
	return s
}

// holds says whether the entity at an end is there.
func (d jupiterOneData) holds(end JupiterOneEnd) bool {
	s := d[end.Scope]
	return s != nil && s.entities[end.Key] != nil
}

// joined says whether both ends of a relationship are there.
func (d jupiterOneData) joined(o *JupiterOneObject) bool {
	if o.From == (JupiterOneEnd{}) && o.To == (JupiterOneEnd{}) {
		return true // mapped: the account finds its target
	}
	return d.holds(o.From) && d.holds(o.To)
}

// dropDangling deletes the relationships that lost an end, and counts them.
func (d jupiterOneData) dropDangling() int {
	n := 0
	for _, s := range d {
		for key, o := range s.relationships {
			if !d.joined(o) {
				delete(s.relationships, key)
				n++
			}
		}
	}
	return n
}

// jupiterOneID is the `_id` of an object.
func jupiterOneID(scope, key string) string {
	sum := sha1.Sum([]byte("orchard.example\x00" + scope + "\x00" + key))
	b := sum[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// same says whether two states of an object are one.
func (o *JupiterOneObject) same(p *JupiterOneObject) bool {
	return o.Type == p.Type && slices.Equal(o.Class, p.Class) && o.From == p.From && o.To == p.To &&
		reflect.DeepEqual(o.Properties, p.Properties)
}

// patched is the state after a PATCH of it with p: what p does not name stays.
func (o *JupiterOneObject) patched(p *JupiterOneObject) *JupiterOneObject {
	out := *o
	out.Properties = map[string]any{}
	for name, v := range o.Properties {
		out.Properties[name] = v
	}
	for name, v := range p.Properties {
		out.Properties[name] = v
	}
	out.Type = or(p.Type, o.Type)
	if len(p.Class) > 0 {
		out.Class = p.Class
	}
	if p.RawData != nil {
		out.RawData = p.RawData
	}
	return &out
}
