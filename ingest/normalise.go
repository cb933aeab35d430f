package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

// Dropped is a part of an object that was left out, and why.
type Dropped struct {
	Property string
	Reason   string
}

// Reasons for Dropped.
const (
	reasonNested   = "nested value dropped"
	reasonNoUnit   = "time given as a number of unknown unit dropped"
	reasonNotText  = "value that is not text dropped"
	reasonReserved = "property that the engine supplies dropped"
)

// builder collects the properties of one object.
type builder struct {
	props   graph.Properties
	dropped []Dropped
}

func (b *builder) drop(name, reason string) {
	b.dropped = append(b.dropped, Dropped{name, reason})
}

// set sets name to x, whatever x is.
func (b *builder) set(name string, x any) {
	v, ok := graph.ValueOf(x)
	if !ok {
		b.drop(name, reasonNested)
		return
	}
	b.props.Set(name, v)
}

// NewEntity makes an entity as createIntegrationEntity of JupiterOne's SDK does:
// the properties that the data model knows for the classes are copied from the
// source, Assign overrides them, then createdOn, active, tags and displayName are
// derived where they are not given. What is left out is told. The error is a
// mistake of the caller: a class that the model does not have, or a name of raw
// data used twice.
func NewEntity(model *datamodel.Model, in EntityInput) (graph.Entity, []Dropped, error) {
	var b builder
	e := graph.Entity{Object: graph.Object{Key: in.Key, Type: in.Type, Parent: in.Parent}, Class: in.Class}
	raw, err := encodeRaw(in)
	if err != nil {
		return e, nil, err
	}
	e.Raw = raw
	if err := b.copySource(model, in); err != nil {
		return e, nil, err
	}
	b.assign(in.Assign, nil)
	b.deriveCreatedOn(in)
	b.deriveActive(in)
	b.props.Set("tags", graph.Value{})
	named := b.addTags(in)
	b.deriveDisplayName(in, named)
	e.Props = b.props
	slices.SortFunc(b.dropped, func(x, y Dropped) int { return strings.Compare(x.Property, y.Property) })
	return e, b.dropped, nil
}

// encodeRaw returns the raw data as JSON: a list of names and data, the source
// first.
func encodeRaw(in EntityInput) ([]byte, error) {
	type piece struct {
		Name string `json:"name"`
		Data any    `json:"rawData"`
	}
	var pieces []piece
	if len(in.Source) > 0 {
		pieces = append(pieces, piece{"default", in.Source})
	}
	for _, r := range in.Raw {
		if slices.ContainsFunc(pieces, func(p piece) bool { return p.Name == r.Name }) {
			return nil, fmt.Errorf("make %s %q: raw data %q is given twice", in.Type, in.Key, r.Name)
		}
		pieces = append(pieces, piece(r))
	}
	if pieces == nil {
		return nil, nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // links in it are to be read
	if err := enc.Encode(pieces); err != nil {
		return nil, fmt.Errorf("encode raw data of %s %q: %w", in.Type, in.Key, err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// copySource copies what the data model knows and the source has.
func (b *builder) copySource(model *datamodel.Model, in EntityInput) error {
	var classes []*datamodel.Class
	for _, name := range in.Class {
		class, ok := model.Class(name)
		if !ok {
			return fmt.Errorf("make %s %q: the data model has no class %q", in.Type, in.Key, name)
		}
		classes = append(classes, class)
	}
	for name, x := range in.Source {
		if strings.HasPrefix(name, "_") || !copied(x) {
			continue
		}
		for _, class := range classes {
			if _, ok := class.Property(name); ok {
				b.set(name, x)
				break
			}
		}
	}
	return nil
}

func hasClass(model *datamodel.Model, name string) bool {
	_, ok := model.Class(name)
	return ok
}

// copied reports whether a source's value is one to copy: not null, not nested,
// and no list that is empty or begins with something nested.
func copied(x any) bool {
	if list, ok := x.([]any); ok {
		if len(list) == 0 {
			return false
		}
		x = list[0]
		if _, nested := x.([]any); nested {
			return false
		}
	}
	v, ok := graph.ValueOf(x)
	return ok && !v.Missing()
}

// assign sets what the step gives. Names that begin with an underscore belong to
// the engine; take gets them first.
func (b *builder) assign(props Props, take func(name string, x any) bool) {
	for name, x := range props {
		switch {
		case take != nil && take(name, x):
		case isMetadata(name):
			b.drop(name, reasonReserved)
		default:
			b.set(name, x)
		}
	}
}

func isMetadata(name string) bool {
	return strings.HasPrefix(name, "_") &&
		(slices.Contains(graph.Metadata(graph.RelationshipKind), name) || name == "_rawData" || name == "_mapping")
}

// deriveCreatedOn takes createdOn from the first of the names under which APIs
// give it. A number is ambiguous and left out.
func (b *builder) deriveCreatedOn(in EntityInput) {
	if b.props.Get("createdOn").Kind() != graph.Undefined || in.assigns("createdOn") {
		return
	}
	for _, name := range [...]string{"createdAt", "creationDate", "creationTime", "creationTimestamp"} {
		v := in.Source.Get(name)
		if v.Missing() || v.Kind() == graph.String && v.Str() == "" {
			continue
		}
		if v.IsNumber() {
			b.drop(name, reasonNoUnit)
		}
		b.props.Set("createdOn", Time(v))
		return
	}
}

var (
	activeStatus   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)(^|[^n]|[^i]n|^n)active|enabled|online`) })
	inactiveStatus = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)inactive|disabled|offline`) })
)

// deriveActive takes active from what the source says of its status.
func (b *builder) deriveActive(in EntityInput) {
	status := in.Source.Str("status")
	if status == "" || b.props.Get("active").Kind() != graph.Undefined || in.assigns("active") {
		return
	}
	switch {
	case activeStatus().MatchString(status):
		b.props.Set("active", graph.BoolValue(true))
	case inactiveStatus().MatchString(status):
		b.props.Set("active", graph.BoolValue(false))
	}
}

// deriveDisplayName takes, where Assign gives none, the tag called name, then
// what was copied, then name.
func (b *builder) deriveDisplayName(in EntityInput, tagged graph.Value) {
	switch {
	case in.assigns(graph.PropDisplayName):
	case tagged.Kind() != graph.Undefined:
		b.props.Set(graph.PropDisplayName, tagged)
	case b.props.Get(graph.PropDisplayName).Kind() == graph.Undefined:
		b.props.Set(graph.PropDisplayName, b.props.Get("name"))
	}
}

// assigns reports whether Assign gives name a value; an undefined one counts as
// given where it leaves a property out on purpose.
func (in *EntityInput) assigns(name string) bool {
	_, ok := in.Assign[name]
	return ok
}
