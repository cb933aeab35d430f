package j1files

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// decodeMapping takes the `_mapping` of a mapped relationship, with the defaults
// of JupiterOne's SDK: forward, matched by `_type` and `_key`, the target created
// where nothing matches.
func decodeMapping(raw []byte, o *object) error {
	list, doubled, err := members(raw)
	if err != nil {
		return err
	}
	o.doubled += doubled
	m := &graph.Mapping{Direction: graph.Forward, Filters: [][]string{{graph.PropType, graph.PropKey}}}
	var target bool
	for i := range list {
		if list[i].null() {
			continue
		}
		target = target || list[i].name == "targetEntity"
		if err := mappingMember(m, &list[i], o); err != nil {
			return fmt.Errorf("%s: %w", nameText(list[i].name), err)
		}
	}
	switch {
	case m.Source.Key == "":
		return errors.New("it has no sourceEntityKey")
	case !target:
		return errors.New("it has no targetEntity")
	}
	o.mapping = m
	return nil
}

func mappingMember(m *graph.Mapping, in *member, o *object) error {
	switch in.name {
	case "relationshipDirection":
		return decodeDirection(in.raw, &m.Direction)
	case "sourceEntityKey":
		return decodeKey(in.raw, &m.Source.Key)
	case "targetFilterKeys":
		return decodeFilters(in.raw, &m.Filters)
	case "targetEntity":
		return decodeTarget(in.raw, &m.Target, o)
	case "skipTargetCreation":
		if json.Unmarshal(in.raw, &m.SkipCreation) != nil {
			return errors.New("it is neither true nor false")
		}
		return nil
	}
	o.ignored++
	return nil
}

func decodeDirection(raw []byte, to *graph.Direction) error {
	var text string
	if err := decodeText(raw, &text); err != nil {
		return err
	}
	switch text {
	case "FORWARD":
		*to = graph.Forward
	case "REVERSE":
		*to = graph.Reverse
	default:
		return fmt.Errorf("%.40q is neither FORWARD nor REVERSE", text)
	}
	return nil
}

// decodeFilters takes a list of alternatives; each is a list of names or one name.
func decodeFilters(raw []byte, to *[][]string) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return errors.New("it is not a list")
	}
	filters := make([][]string, 0, len(list))
	for _, e := range list {
		var names []string
		if err := decodeClasses(e, &names); err != nil {
			return err
		}
		if len(names) == 0 {
			return errors.New("an alternative names no property")
		}
		filters = append(filters, names)
	}
	if len(filters) == 0 {
		return errors.New("it is empty")
	}
	*to = filters
	return nil
}

// decodeTarget takes the entity to look for. It may lack key, type and class.
func decodeTarget(raw []byte, to *graph.Entity, o *object) error {
	list, doubled, err := members(raw)
	if err != nil {
		return err
	}
	t := &object{}
	t.doubled = doubled
	for i := range list {
		m := &list[i]
		switch f := fieldOf(m.name); f {
		case fieldProp, fieldTag, fieldKey, fieldType, fieldClass:
			if err := t.member(m); err != nil {
				return fmt.Errorf("%s: %w", nameText(m.name), err)
			}
		default:
			t.ignored++
		}
	}
	if len(t.props) > graph.MaxProps {
		return fmt.Errorf("there are %d properties, the limit is %d", len(t.props), graph.MaxProps)
	}
	slices.SortFunc(t.props, func(a, b graph.Property) int { return strings.Compare(a.Name, b.Name) })
	*to = graph.Entity{Object: t.common(), Class: t.classes}
	o.add(t.losses)
	return nil
}
