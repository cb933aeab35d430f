package j1files

import (
	"errors"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Members of an object that are no properties, beside those of graph.
const (
	nameFromScope = "_fromEntityScope"
	nameToScope   = "_toEntityScope"
	nameRaw       = "_rawData"
	nameMapping   = "_mapping"
	tagPrefix     = "tag."
)

// field says what a member of an object means.
type field uint8

const (
	fieldProp field = iota
	fieldTag        // a property whose "true" and "false" are booleans
	fieldKey
	fieldType
	fieldClass
	fieldFrom
	fieldTo
	fieldFromScope
	fieldToScope
	fieldFromID
	fieldToID
	fieldRaw
	fieldMapping
	fieldIgnored // what a server keeps of an object
)

// fieldOf tells from a member's name what it means. The ignored names are those
// that JupiterOne's server and this engine supply.
func fieldOf(name string) field {
	if name == "" || name[0] != '_' {
		if strings.HasPrefix(name, tagPrefix) {
			return fieldTag
		}
		return fieldProp
	}
	switch name {
	case graph.PropKey:
		return fieldKey
	case graph.PropType:
		return fieldType
	case graph.PropClass:
		return fieldClass
	case graph.PropFromKey:
		return fieldFrom
	case graph.PropToKey:
		return fieldTo
	case nameFromScope:
		return fieldFromScope
	case nameToScope:
		return fieldToScope
	case graph.PropFromID:
		return fieldFromID
	case graph.PropToID:
		return fieldToID
	case nameRaw:
		return fieldRaw
	case nameMapping:
		return fieldMapping
	case graph.PropID, graph.PropVersion, graph.PropCreatedOn, graph.PropBeginOn, graph.PropEndOn, graph.PropDeleted,
		graph.PropSource, graph.PropInstanceID, graph.PropInstanceName, graph.PropIntegrationType, graph.PropIntegrationCls,
		"_scope", "_accountId", "_integrationDefinitionId", "_rawDataHashes", "_fromEntitySource", "_toEntitySource":
		return fieldIgnored
	}
	return fieldProp
}

// fieldSet is the set of fields that an object has, null ones left out.
type fieldSet uint16

func (s fieldSet) has(f field) bool { return s&(1<<f) != 0 }

func (s fieldSet) with(f field) fieldSet { return s | 1<<f }

// sort tells the three sorts of objects apart.
type sort uint8

const (
	sortEntity sort = iota
	sortRelationship
	sortMapped
)

// sort tells which sort of object has the fields of s, and what it lacks.
func (s fieldSet) sort() (sort, error) {
	ends := s.has(fieldFrom) || s.has(fieldTo)
	ids := s.has(fieldFromID) || s.has(fieldToID)
	got := sortEntity
	switch {
	case s.has(fieldMapping) && (ends || ids):
		return sortMapped, errors.New("it has both _mapping and the ends of a relationship")
	case s.has(fieldMapping):
		got = sortMapped
	case ends || ids:
		got = sortRelationship
	}
	switch {
	case !s.has(fieldKey):
		return got, errors.New("it has no _key")
	case !s.has(fieldType):
		return got, errors.New("it has no _type")
	case !s.has(fieldClass):
		return got, errors.New("it has no _class")
	case got != sortRelationship:
		return got, nil
	case !ends:
		return got, errors.New("its ends are named by _fromEntityId and _toEntityId; _fromEntityKey and _toEntityKey are needed")
	case !s.has(fieldFrom):
		return got, errors.New("it has no _fromEntityKey")
	case !s.has(fieldTo):
		return got, errors.New("it has no _toEntityKey")
	}
	return got, nil
}

// ignores reports whether a member of field f means nothing on an object of that
// sort.
func (k sort) ignores(f field) bool {
	switch f {
	case fieldIgnored, fieldFromID, fieldToID:
		return true
	case fieldFromScope, fieldToScope:
		return k != sortRelationship
	}
	return false
}

// tagValue is the rule of conversion for properties whose names begin with
// `tag.`: the texts true and false, in any case, are booleans.
func tagValue(v graph.Value) graph.Value {
	if v.Kind() != graph.String {
		return v
	}
	switch text := v.Str(); {
	case len(text) == 4 && strings.EqualFold(text, "true"):
		return graph.BoolValue(true)
	case len(text) == 5 && strings.EqualFold(text, "false"):
		return graph.BoolValue(false)
	}
	return v
}
