package jupiterone

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// The sources of a job.
const (
	SourceAPI      = "api"                  // a scope of one's own
	SourceExternal = "integration-external" // an instance of a custom integration
	SourceManaged  = "integration-managed"  // an instance of an integration that JupiterOne runs
)

// Target says where at JupiterOne an instance lives. Exactly one of Scope and
// InstanceID is set.
type Target struct {
	Source     string // SourceAPI with a Scope; SourceExternal or SourceManaged with an InstanceID
	Scope      string
	InstanceID string
	// CrossScope is the scope of the instance's relationships to others; "" is the
	// name of its own scope followed by "-cross".
	CrossScope string
	// Removed says that the instance is not exported any more: what the account has
	// of it is deleted there, and then its cursors are.
	Removed bool
}

// DefaultTarget is where an instance lives without any configuration: a scope that
// no other tool is likely to use.
func DefaultTarget(instance string) Target {
	return Target{Source: SourceAPI, Scope: "j1db-" + instance}
}

// withDefaults fills in what follows from the rest.
func (t Target) withDefaults() (Target, error) {
	switch {
	case t.Scope != "" && t.InstanceID != "":
		return t, errors.New("it has both a scope and an integration instance")
	case t.Scope == "" && t.InstanceID == "":
		return t, errors.New("it has neither a scope nor an integration instance")
	case t.Source == "" && t.Scope != "":
		t.Source = SourceAPI
	case t.Source == "":
		t.Source = SourceExternal
	}
	switch t.Source {
	case SourceAPI, SourceExternal, SourceManaged:
	default:
		return t, fmt.Errorf("%q is not a source: api, integration-external or integration-managed", t.Source)
	}
	if (t.Source == SourceAPI) != (t.Scope != "") {
		return t, fmt.Errorf("the source %s does not go with it: a scope belongs to api, an integration instance to the others", t.Source)
	}
	orDefault(&t.CrossScope, t.name()+"-cross")
	return t, nil
}

// name is the scope in which JupiterOne keeps the target's objects.
func (t *Target) name() string {
	if t.InstanceID != "" {
		return t.InstanceID
	}
	return t.Scope
}

// targets are where all exported instances live.
type targets map[string]Target

// newTargets checks that no two lanes share a scope: each would delete what the
// other sends. The scope of an instance that was removed may have an heir.
func newTargets(in map[string]Target) (targets, error) {
	out, taken := targets{}, map[string]string{}
	for _, instance := range slices.Sorted(maps.Keys(in)) {
		t, err := in[instance].withDefaults()
		if err != nil {
			return nil, fmt.Errorf("target of instance %s: %w", instance, err)
		}
		out[instance] = t
		if t.Removed {
			continue
		}
		for _, scope := range []string{t.name(), t.CrossScope} {
			if other, ok := taken[scope]; ok {
				return nil, fmt.Errorf("target of instance %s: scope %q is taken by %s", instance, scope, other)
			}
			taken[scope] = "instance " + instance
		}
	}
	return out, nil
}

// heir is the instance that a scope belongs to now, "" for none. Its export
// replaces whatever is there.
func (ts targets) heir(scope string) string {
	for _, instance := range slices.Sorted(maps.Keys(ts)) {
		if t := ts[instance]; !t.Removed && (t.name() == scope || t.CrossScope == scope) {
			return instance
		}
	}
	return ""
}

// has reports whether an instance is exported.
func (ts targets) has(instance string) bool {
	t, ok := ts[instance]
	return ok && !t.Removed
}

// Remembered finds where the instances live of which a destination may hold
// something, as their cursors say. Those that are not exported any more are to be
// Removed targets.
func Remembered(destination string, cursors iter.Seq[Cursor]) map[string]Target {
	out := map[string]Target{}
	for c := range cursors {
		cross := c.Destination == destination+crossMark
		if !cross && c.Destination != destination {
			continue
		}
		t := out[c.Instance]
		switch st := rememberedState(c); {
		case st.Scope == "": // a cursor that cannot be read leads nowhere
			continue
		case cross:
			t.CrossScope = st.Scope
		case st.Source == "" || st.Source == SourceAPI:
			t.Source, t.Scope = SourceAPI, st.Scope
		default:
			t.Source, t.InstanceID = st.Source, st.Scope
		}
		out[c.Instance] = t
	}
	for instance, t := range out {
		if t.Source == "" { // its own scope is emptied already
			t.Source, t.Scope = SourceAPI, DefaultTarget(instance).Scope
			out[instance] = t
		}
	}
	return out
}

func rememberedState(c Cursor) state {
	var st state
	if json.Unmarshal([]byte(c.State), &st) != nil || st.Format != stateFormat {
		return state{}
	}
	return st
}

// scopeOf is the scope of an instance's entities, "" when it is not exported.
func (ts targets) scopeOf(instance string) string {
	t := ts[instance]
	return t.name()
}

// fingerprint changes when any instance comes, goes or moves.
func (ts targets) fingerprint() string {
	h := sha256.New()
	for _, instance := range slices.Sorted(maps.Keys(ts)) {
		if ts.has(instance) {
			fmt.Fprintf(h, "%q %q\n", instance, ts.scopeOf(instance))
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}
