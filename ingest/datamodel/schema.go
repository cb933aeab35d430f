package datamodel

import (
	"fmt"
	"strconv"
	"strings"
)

// Combine says how the shapes of a Schema combine.
type Combine uint8

// A value must have the only shape, at least one of them, or exactly one.
const (
	Only Combine = iota
	AnyOf
	OneOf
)

// Schema says what values a property may have.
type Schema struct {
	Combine Combine
	Shapes  []Shape
}

// Kinds is a set of JSON types.
type Kinds uint8

// The JSON types. An integer is a number without a fraction.
const (
	String Kinds = 1 << iota
	Number
	Integer
	Boolean
	Null
	Array
)

var kindNames = []struct {
	kind Kinds
	name string
	text string // for people
}{
	{String, "string", "a string"},
	{Number, "number", "a number"},
	{Integer, "integer", "an integer"},
	{Boolean, "boolean", "a boolean"},
	{Null, "null", "null"},
	{Array, "array", "a list"},
}

// Shape is one alternative of a Schema. As in JSON schema, each rule concerns
// only the values of its type.
type Shape struct {
	Kinds   Kinds
	Format  string   // of strings; see isFormat
	Pattern string   // of strings: the name of one in patterns
	Enum    []string // the allowed values, numbers as text; nil allows all
	Least   int      // the least length of a string or a list
	Range   *Range   // of numbers; nil allows all
	Items   *Shape   // of the elements of a list; nil allows all
}

// Range bounds a number, both ends included.
type Range struct{ Low, High float64 }

// String prints s as the model files have it.
func (s Schema) String() string {
	parts := make([]string, len(s.Shapes))
	for i, shape := range s.Shapes {
		parts[i] = shape.String()
	}
	switch s.Combine {
	case AnyOf:
		return "any " + strings.Join(parts, " | ")
	case OneOf:
		return "one " + strings.Join(parts, " | ")
	}
	return parts[0]
}

// String prints s as the model files have it: `string:email`, `[integer{4,6}]`.
func (s Shape) String() string {
	var b strings.Builder
	if s.Items != nil {
		b.WriteString("[" + s.Items.String() + "]")
	} else {
		b.WriteString(strings.Join(s.Kinds.names(), "/"))
	}
	if s.Format != "" {
		b.WriteString(":" + s.Format)
	}
	if s.Pattern != "" {
		b.WriteString("~" + s.Pattern)
	}
	if s.Enum != nil {
		b.WriteString("{" + strings.Join(s.Enum, ",") + "}")
	}
	if s.Least > 0 {
		fmt.Fprintf(&b, ">=%d", s.Least)
	}
	if s.Range != nil {
		b.WriteString("(" + formatBound(s.Range.Low) + ".." + formatBound(s.Range.High) + ")")
	}
	return b.String()
}

func formatBound(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (k Kinds) names() []string {
	var names []string
	for _, n := range kindNames {
		if k&n.kind != 0 {
			names = append(names, n.name)
		}
	}
	return names
}

// describe says for people what s accepts: "a string or null".
func (s Schema) describe() string {
	var parts []string
	for _, shape := range s.Shapes {
		parts = append(parts, shape.describe())
	}
	return strings.Join(parts, " or ")
}

// describe leaves formats and other rules out: it explains a wrong type.
func (s Shape) describe() string {
	if s.Items != nil {
		plural := strings.NewReplacer("an ", "", "a ", "", " or ", "s or ").Replace(s.Items.describe())
		return "a list of " + plural + "s"
	}
	var parts []string
	for _, n := range kindNames {
		if s.Kinds&n.kind != 0 {
			parts = append(parts, n.text)
		}
	}
	return strings.Join(parts, " or ")
}
