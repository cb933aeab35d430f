package delta

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"github.com/j1db/j1db/store/graph"
)

// maxLine bounds one line of a delta file, in bytes.
const maxLine = 64 << 20

// LineError says which line of a delta file is wrong, from 1.
type LineError struct {
	Line int
	Err  error
}

// Error implements error.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the cause.
func (e *LineError) Unwrap() error { return e.Err }

// Decode yields the changes of a delta file in order; empty lines are skipped.
// The first line that is wrong ends it with a *LineError. Images have neither
// Meta nor Supplier.
func Decode(r io.Reader) iter.Seq2[graph.Change, error] {
	return func(yield func(graph.Change, error) bool) {
		s := bufio.NewScanner(r)
		s.Buffer(make([]byte, 0, 64<<10), maxLine)
		line := 0
		for s.Scan() {
			line++
			if len(bytes.TrimSpace(s.Bytes())) == 0 {
				continue
			}
			c, err := Parse(s.Bytes())
			if err != nil {
				yield(graph.Change{}, &LineError{line, err})
				return
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := s.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(graph.Change{}, &LineError{line + 1, fmt.Errorf("it is longer than %d bytes", maxLine)})
		} else if err != nil {
			yield(graph.Change{}, fmt.Errorf("read delta: %w", err))
		}
	}
}

// record is the JSON form of a change.
type record struct {
	Op       string            `json:"op"`
	Kind     string            `json:"kind"`
	Version  uint64            `json:"version"`
	Instance string            `json:"instance"`
	Key      string            `json:"key"`
	Type     string            `json:"type"`
	Class    []string          `json:"class"`
	From     *end              `json:"from"`
	To       *end              `json:"to"`
	Before   *graph.Properties `json:"before"`
	After    *graph.Properties `json:"after"`
	Changed  []string          `json:"changed"`
}

type end struct {
	Instance string `json:"instance"`
	Key      string `json:"key"`
}

// Parse reads one line of a delta file. It shares no memory with data.
func Parse(data []byte) (graph.Change, error) {
	if !utf8.Valid(data) {
		return graph.Change{}, errors.New("it is not UTF-8")
	}
	var rec record
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&rec); err != nil {
		return graph.Change{}, err
	}
	if _, err := d.Token(); err != io.EOF {
		return graph.Change{}, errors.New("there is more than one object on the line")
	}
	return rec.change()
}

func (rec *record) change() (graph.Change, error) {
	c := graph.Change{Version: rec.Version}
	im, err := rec.image()
	if err != nil {
		return c, err
	}
	wants := map[string][2]bool{"create": {false, true}, "update": {true, true}, "delete": {true, false}}
	want, ok := wants[rec.Op]
	if !ok {
		return c, fmt.Errorf("the op %q is neither create, update nor delete", rec.Op)
	}
	if want != [2]bool{rec.Before != nil, rec.After != nil} {
		return c, fmt.Errorf("a %s with the wrong ones of before and after", rec.Op)
	}
	if rec.After != nil {
		after := *im
		if after.Props, err = checkProps(*rec.After, im.Kind); err != nil {
			return c, fmt.Errorf("after: %w", err)
		}
		c.After = &after
	}
	if rec.Before != nil {
		before := *im
		if err := earlier(&before, *rec.Before, rec.After != nil); err != nil {
			return c, fmt.Errorf("before: %w", err)
		}
		c.Before = &before
	}
	return c, nil
}

// image returns what the top-level fields say of the object.
func (rec *record) image() (*graph.Image, error) {
	im := &graph.Image{Instance: rec.Instance, Key: rec.Key, Type: rec.Type, Class: rec.Class}
	if len(im.Class) == 0 {
		im.Class = nil
	}
	switch rec.Kind {
	case "entity":
		if rec.From != nil || rec.To != nil {
			return nil, errors.New("an entity with ends")
		}
	case "relationship":
		im.Kind = graph.RelationshipKind
		if rec.From == nil || rec.To == nil {
			return nil, errors.New("a relationship without both ends")
		}
		im.From, im.To = graph.End(*rec.From), graph.End(*rec.To)
	default:
		return nil, fmt.Errorf("the kind %q is neither entity nor relationship", rec.Kind)
	}
	return im, checkImage(im)
}

func checkImage(im *graph.Image) error {
	err := errors.Join(graph.CheckName("instance name", im.Instance), graph.CheckKey(im.Key), graph.CheckName("type", im.Type))
	for _, c := range im.Class {
		err = errors.Join(err, graph.CheckName("class", c))
	}
	if im.Kind == graph.EntityKind {
		return err
	}
	if len(im.Class) != 1 {
		err = errors.Join(err, errors.New("a relationship has exactly one class"))
	}
	for _, e := range [...]graph.End{im.From, im.To} {
		err = errors.Join(err, graph.CheckName("instance name", e.Instance), graph.CheckKey(e.Key))
	}
	return err
}

// earlier turns im, the state afterwards, into the state before an update, or
// leaves it, for a deletion.
func earlier(im *graph.Image, props graph.Properties, update bool) error {
	var rest graph.Properties
	for _, p := range props {
		if !update || !override(im, p) {
			rest = append(rest, p)
		}
	}
	var err error
	if im.Props, err = checkProps(rest, im.Kind); err != nil {
		return err
	}
	return checkImage(im)
}

// override takes what `before` says of type, class or ends.
func override(im *graph.Image, p graph.Property) bool {
	rel := im.Kind == graph.RelationshipKind
	switch {
	case p.Name == graph.PropType:
		im.Type = p.Value.Str()
	case p.Name == graph.PropClass:
		im.Class = nil
		for _, v := range p.Value.List() {
			im.Class = append(im.Class, v.Str())
		}
	case rel && p.Name == graph.PropFromKey:
		im.From.Key = p.Value.Str()
	case rel && p.Name == fromScope:
		im.From.Instance = p.Value.Str()
	case rel && p.Name == graph.PropToKey:
		im.To.Key = p.Value.Str()
	case rel && p.Name == toScope:
		im.To.Instance = p.Value.Str()
	default:
		return false
	}
	return true
}

// checkProps refuses properties that no store could hold.
func checkProps(props graph.Properties, kind graph.Kind) (graph.Properties, error) {
	for _, p := range props {
		if err := graph.CheckName("property name", p.Name); err != nil {
			return nil, err
		}
		if err := graph.CheckValue(p.Value); err != nil {
			return nil, fmt.Errorf("property %s: %w", p.Name, err)
		}
		for _, name := range append(graph.Metadata(kind), fromScope, toScope) {
			if p.Name == name && (kind == graph.RelationshipKind || name != fromScope && name != toScope) {
				return nil, fmt.Errorf("property %s is the engine's own", p.Name)
			}
		}
	}
	if len(props) == 0 {
		return nil, nil
	}
	return props, nil
}
