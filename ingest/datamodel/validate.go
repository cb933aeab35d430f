package datamodel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/j1db/j1db/store/graph"
)

// Rule names what a property broke; the names are JSON schema's where it has
// one.
type Rule string

// The rules.
const (
	RuleRequired Rule = "required"
	RuleType     Rule = "type"
	RuleAnyOf    Rule = "anyOf"
	RuleOneOf    Rule = "oneOf"
	RuleEnum     Rule = "enum"
	RuleFormat   Rule = "format"
	RulePattern  Rule = "pattern"
	RuleLength   Rule = "minLength"
	RuleItems    Rule = "minItems"
	RuleRange    Rule = "range"
	RuleName     Rule = "propertyNames"
	RuleClass    Rule = "class" // the class is not in the model
)

// Issue is one finding: a property of an entity breaks one rule.
type Issue struct {
	Class    string // the class that states the rule; "" when none does
	Property string
	Rule     Rule
	Message  string // "must be a list of strings or null"; never shows the value
}

// String prints i as "email: must be ...".
func (i Issue) String() string { return i.Property + ": " + i.Message }

// Validate lists what is wrong with e, nil when nothing is: first what its
// classes miss, then what its properties break, each property and rule once.
func (m *Model) Validate(e *graph.Entity) []Issue {
	v := &validation{m: m, e: e}
	classes := v.classes()
	v.identity()
	for _, c := range classes {
		v.required(c)
	}
	for _, p := range e.Props {
		v.name(p.Name)
		if strings.HasPrefix(p.Name, "tag.") {
			v.tag(p)
			continue
		}
		for _, c := range classes {
			if own, ok := c.byName[p.Name]; ok {
				if rule, message := own.Schema.check(p.Value); rule != "" {
					v.report(c.name, p.Name, rule, message)
				}
			}
		}
	}
	return v.issues
}

// validation is one entity being checked.
type validation struct {
	m      *Model
	e      *graph.Entity
	issues []Issue
}

// report adds a finding unless another class has made it: classes that extend the
// same one, or define the same property alike, would say everything twice.
func (v *validation) report(class, property string, rule Rule, message string) {
	same := func(i Issue) bool { return i.Property == property && i.Rule == rule }
	if !slices.ContainsFunc(v.issues, same) {
		v.issues = append(v.issues, Issue{class, property, rule, message})
	}
}

// classes lists the classes of the entity and all that they extend, each once,
// and reports those that the model does not know.
func (v *validation) classes() []*Class {
	if len(v.e.Class) == 0 {
		v.report("GraphObject", "_class", RuleRequired, mustHave("_class"))
	}
	var all []*Class
	for _, name := range v.e.Class {
		c, ok := v.m.classes[name]
		if !ok {
			message := fmt.Sprintf("%q is no class of data model %s", name, v.m.version)
			if near := v.m.near(name); near != "" {
				message += "; did you mean " + near + "?"
			}
			v.issues = append(v.issues, Issue{"", "_class", RuleClass, message})
			continue
		}
		for ; c != nil && !slices.Contains(all, c); c = c.parent {
			all = append(all, c)
		}
	}
	return all
}

// near finds the class that differs from name in case or a plural only.
func (m *Model) near(name string) string {
	for _, known := range m.names {
		if strings.EqualFold(known, name) || strings.EqualFold(known+"s", name) || strings.EqualFold(known, name+"s") {
			return known
		}
	}
	return ""
}

// identity checks the key and the type, which every entity has whatever its
// class.
func (v *validation) identity() {
	root, ok := v.m.classes["GraphObject"]
	if !ok {
		return
	}
	for _, p := range []graph.Property{{Name: "_key", Value: graph.StringValue(v.e.Key)}, {Name: "_type", Value: graph.StringValue(v.e.Type)}} {
		if own, ok := root.byName[p.Name]; ok {
			if rule, message := own.Schema.check(p.Value); rule != "" {
				v.report(root.name, p.Name, rule, message)
			}
		}
	}
}

// required reports what c itself requires and the entity has not. A null is there.
func (v *validation) required(c *Class) {
	for _, name := range c.required {
		switch name {
		case "_key", "_type", "_class": // every entity has them: identity and classes look
			continue
		}
		if v.e.Props.Get(name).Kind() == graph.Undefined {
			v.report(c.name, name, RuleRequired, mustHave(name))
		}
	}
}

func mustHave(name string) string { return "must have required property '" + name + "'" }

// name checks the form of a property name: ^(_|tag\.)?[A-Za-z0-9. -]+$
func (v *validation) name(name string) {
	rest, ok := strings.CutPrefix(name, "tag.")
	if !ok {
		rest = strings.TrimPrefix(name, "_")
	} else if rest == "" {
		return // "tag." is a name of the plain characters
	}
	bad := func(r rune) bool { return !isAlnum(r) && r != '.' && r != ' ' && r != '-' }
	if rest == "" || strings.ContainsFunc(rest, bad) {
		v.report("GraphObject", name, RuleName, "property name must be letters, digits, spaces, dots and hyphens")
	}
}

// tag checks a tag's value.
func (v *validation) tag(p graph.Property) {
	switch p.Value.Kind() {
	case graph.String, graph.Bool, graph.Int, graph.Float:
	default:
		v.report("GraphObject", p.Name, RuleAnyOf, "must be a string or a number or a boolean")
	}
}

// check returns the rule of s that x breaks, "" for none.
func (s Schema) check(x graph.Value) (Rule, string) {
	if s.Combine == Only {
		return s.Shapes[0].check(x)
	}
	fit := 0
	for _, shape := range s.Shapes {
		if rule, _ := shape.check(x); rule == "" {
			fit++
		}
	}
	switch {
	case fit == 1 || fit > 1 && s.Combine == AnyOf:
		return "", ""
	case s.Combine == AnyOf:
		return RuleAnyOf, s.failure(x)
	}
	return RuleOneOf, s.failure(x)
}

// failure says what a value lacks that has none of the shapes: when one is of
// its type, what is wrong within that.
func (s Schema) failure(x graph.Value) string {
	for _, shape := range s.Shapes {
		if rule, message := shape.check(x); rule != RuleType && rule != "" {
			return message
		}
	}
	return "must be " + s.describe()
}

// check returns the rule of s that x breaks, "" for none. A value of the wrong
// type breaks no other rule.
func (s Shape) check(x graph.Value) (Rule, string) {
	if s.Kinds&kindsOf(x) == 0 {
		return RuleType, "must be " + s.describe()
	}
	if s.Enum != nil && !slices.Contains(s.Enum, x.Text()) {
		return RuleEnum, "must be one of " + strings.Join(s.Enum, ", ")
	}
	switch x.Kind() {
	case graph.String:
		return s.checkString(x.Str())
	case graph.Int, graph.Float:
		if f := x.Float(); s.Range != nil && (f < s.Range.Low || f > s.Range.High) {
			return RuleRange, "must be from " + formatBound(s.Range.Low) + " to " + formatBound(s.Range.High)
		}
	case graph.List:
		return s.checkList(x.List())
	}
	return "", ""
}

// checkString counts characters, not bytes, as JSON schema does.
func (s Shape) checkString(x string) (Rule, string) {
	switch {
	case utf8.RuneCountInString(x) < s.Least:
		return RuleLength, "must have at least " + strconv.Itoa(s.Least) + " characters"
	case s.Format != "" && !isFormat(s.Format, x):
		return RuleFormat, "must match format " + s.Format
	case s.Pattern != "" && !isPattern(s.Pattern, x):
		return RulePattern, "must match pattern " + s.Pattern
	}
	return "", ""
}

// checkList reports the first element that breaks a rule.
func (s Shape) checkList(xs []graph.Value) (Rule, string) {
	if len(xs) < s.Least {
		return RuleItems, "must have at least " + strconv.Itoa(s.Least) + " elements"
	}
	if s.Items == nil {
		return "", ""
	}
	for i, x := range xs {
		if rule, message := s.Items.check(x); rule == RuleType {
			return RuleType, "must be " + s.describe()
		} else if rule != "" {
			return rule, fmt.Sprintf("element %d %s", i, message)
		}
	}
	return "", ""
}

// kindsOf lists the JSON types that x is of: an integer is a number as well.
func kindsOf(x graph.Value) Kinds {
	switch x.Kind() {
	case graph.Null:
		return Null
	case graph.Bool:
		return Boolean
	case graph.Int:
		return Integer | Number
	case graph.Float:
		if f := x.Float(); f == float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
			return Integer | Number
		}
		return Number
	case graph.String:
		return String
	case graph.List:
		return Array
	}
	return 0
}
