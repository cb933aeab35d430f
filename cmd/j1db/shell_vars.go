package main

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// variables are the parameters of statements, which completion reads while the
// shell may change them.
type variables struct {
	mu     sync.Mutex
	values map[string]graph.Value
}

func (v *variables) all() map[string]graph.Value {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.values == nil {
		return map[string]graph.Value{}
	}
	return maps.Clone(v.values)
}

func (v *variables) set(name string, value graph.Value) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.values == nil {
		v.values = map[string]graph.Value{}
	}
	if value.Missing() {
		delete(v.values, name)
		return
	}
	v.values[name] = value
}

// setVariable is \set: NAME=VALUE or NAME VALUE sets, NAME alone removes.
func (s *session) setVariable(_ context.Context, args string) error {
	if args == "" {
		c := newColumns(s.app.stdout)
		all := s.vars.all()
		for _, name := range sortedKeys(all) {
			c.row(name, all[name].String())
		}
		c.flush()
		return nil
	}
	if i := strings.IndexAny(args, "= "); i > 0 {
		args = args[:i] + "=" + strings.TrimLeft(args[i:], "= ")
	} else {
		s.vars.set(args, graph.Value{})
		return nil
	}
	parsed, err := parseVars([]string{args})
	if err != nil {
		return fmt.Errorf("set variable: %w", err)
	}
	for name, value := range parsed {
		s.vars.set(name, value)
	}
	return nil
}
