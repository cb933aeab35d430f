package j1files

import (
	"fmt"
	"io"
	"slices"

	"github.com/j1db/j1db/store/graph"
)

// Names in the graph that the Cypher text makes.
const (
	// cypherLabel is on every entity, so that one index finds all.
	cypherLabel = "J1Entity"
	// cypherInstance is the property that, with the key, identifies an object;
	// JupiterOne's own tools for Neo4j call it so.
	cypherInstance = "_integrationInstanceID"
)

// Bounds on one statement of Cypher.
const (
	maxStatementRows  = 500
	maxStatementBytes = 1 << 20
)

// WriteCypher writes objects as Cypher (Neo4j 5) that merges them into a graph:
// run again it changes nothing. An entity has the labels J1Entity, its type and its
// classes, a relationship has its verb as type; both are found by `_key` and
// `_integrationInstanceID`. Ends that are not among the objects become nodes
// without properties, which their own export fills.
//
// A full export deletes nothing: what the graph holds and the version does not
// stays. WriteCypherChanges deletes. Lists of mixed kinds or with nulls are left
// out and told.
func WriteCypher(w io.Writer, images Images) (Written, error) {
	var out Written
	c := newCypher(w, &out)
	c.preamble()
	for im, err := range images {
		if err != nil {
			return out, err
		}
		out.count(im)
		if im.Kind == graph.EntityKind {
			c.mergeEntity(im, nil)
		} else {
			c.mergeRelationship(im)
		}
		if c.err != nil {
			break
		}
	}
	return out, c.finish()
}

// WriteCypherChanges writes changes as Cypher for a graph that WriteCypher, or
// this, has brought to the earlier version: relationships that are gone or moved
// are deleted first, then entities, then the others are merged, entities before
// relationships. Run again it changes nothing.
//
// It goes through changes four times.
func WriteCypherChanges(w io.Writer, changes Changes) (Written, error) {
	var out Written
	c := newCypher(w, &out)
	c.preamble()
	// A relationship goes before the entities that it joined, and comes after those
	// that it joins; an entity's deletion takes nothing with it that is still wanted.
	for _, pass := range []func(*graph.Change){c.deleteRelationship, c.deleteEntity, c.changeEntity, c.changeRelationship} {
		for change, err := range changes {
			if err != nil {
				return out, err
			}
			if pass(&change); c.err != nil {
				return out, c.err
			}
		}
		c.flush()
	}
	return out, c.finish()
}

// cypher gathers rows for statements that differ in nothing else.
type cypher struct {
	stream
	out *Written
	// tail is what is done with each of the rows that are being gathered.
	tail  string
	rows  []byte
	count int
	ids   map[string]string // of instances, by name
	err   error
}

func newCypher(w io.Writer, out *Written) *cypher {
	return &cypher{stream: newStream(w), out: out, ids: map[string]string{}}
}

// instanceID is graph.InstanceID, worked out once.
func (c *cypher) instanceID(name string) string {
	id, ok := c.ids[name]
	if !ok {
		id = graph.InstanceID(name)
		c.ids[name] = id
	}
	return id
}

func (c *cypher) preamble() {
	c.emit("CREATE CONSTRAINT j1_entity IF NOT EXISTS FOR (n:" + cypherLabel + ") REQUIRE (n.`_key`, n.`" + cypherInstance + "`) IS UNIQUE;\n")
}

func (c *cypher) emit(text string) {
	if c.err == nil {
		if _, err := c.WriteString(text); err != nil {
			c.err = fmt.Errorf("write export: %w", err)
		}
	}
}

// The labels of a node and the type of a relationship cannot be parameters in
// Cypher, so a statement takes only rows that have them in common. Snapshots and
// deltas come type by type, and nearly every statement is a full one.

// row adds one row to the statement of that tail, and writes the statement before
// it when that is another, or is long.
func (c *cypher) row(tail string, add func(b []byte) []byte) {
	if c.count > 0 && (c.tail != tail || c.count == maxStatementRows || len(c.rows) > maxStatementBytes) {
		c.flush()
	}
	c.tail = tail
	if c.count > 0 {
		c.rows = append(c.rows, ",\n"...)
	}
	c.rows = append(add(append(c.rows, '{')), '}')
	c.count++
}

// flush writes the statement that was gathered.
func (c *cypher) flush() {
	if c.count == 0 {
		return
	}
	c.emit("UNWIND [\n")
	if c.err == nil {
		if _, err := c.Write(c.rows); err != nil {
			c.err = fmt.Errorf("write export: %w", err)
		}
	}
	c.emit("\n] AS row\n" + c.tail + ";\n")
	c.rows, c.count = c.rows[:0], 0
}

func (c *cypher) finish() error {
	c.flush()
	if c.err != nil {
		return c.err
	}
	return c.stream.finish(c.out)
}

// mergeEntity adds an entity; old are the labels that it had before.
func (c *cypher) mergeEntity(im *graph.Image, old []string) {
	labels := labelsOf(im)
	tail := "MERGE " + nodePattern("n", "k", "i") + "\nSET n = row.p\nSET n" + cypherLabels(labels)
	gone := slices.DeleteFunc(slices.Clone(old), func(l string) bool { return slices.Contains(labels, l) })
	if len(gone) > 0 {
		tail += "\nREMOVE n" + cypherLabels(gone)
	}
	c.row(tail, func(b []byte) []byte {
		b = c.appendIdentity(b, "k", im.Key, "i", im.Instance)
		return c.appendProps(append(b, ",p:"...), im)
	})
}

func (c *cypher) mergeRelationship(im *graph.Image) {
	tail := "MERGE " + nodePattern("a", "f", "fi") + "\nMERGE " + nodePattern("b", "t", "ti") +
		"\nMERGE (a)-[r:" + string(appendCypherName(nil, verbOf(im))) + " {`_key`: row.k, `" + cypherInstance + "`: row.i}]->(b)\nSET r = row.p"
	c.row(tail, func(b []byte) []byte {
		b = c.appendEnds(b, im)
		return c.appendProps(append(b, ",p:"...), im)
	})
}

func (c *cypher) deleteRelationship(change *graph.Change) {
	old := change.Before
	if old == nil || old.Kind != graph.RelationshipKind {
		return
	}
	if now := change.After; now != nil && now.From == old.From && now.To == old.To && verbOf(now) == verbOf(old) {
		return
	}
	tail := "MATCH " + nodePattern("", "f", "fi") + "-[r:" + string(appendCypherName(nil, verbOf(old))) +
		" {`_key`: row.k, `" + cypherInstance + "`: row.i}]->" + nodePattern("", "t", "ti") + "\nDELETE r"
	c.row(tail, func(b []byte) []byte { return c.appendEnds(b, old) })
	if change.After == nil {
		c.out.count(old)
	}
}

func (c *cypher) deleteEntity(change *graph.Change) {
	old := change.Before
	if change.After != nil || old.Kind != graph.EntityKind {
		return
	}
	c.row("MATCH "+nodePattern("n", "k", "i")+"\nDETACH DELETE n", func(b []byte) []byte {
		return c.appendIdentity(b, "k", old.Key, "i", old.Instance)
	})
	c.out.count(old)
}

func (c *cypher) changeEntity(change *graph.Change) {
	if change.After == nil || change.After.Kind != graph.EntityKind {
		return
	}
	var old []string
	if change.Before != nil {
		old = labelsOf(change.Before)
	}
	c.mergeEntity(change.After, old)
	c.out.count(change.After)
}

func (c *cypher) changeRelationship(change *graph.Change) {
	if change.After == nil || change.After.Kind != graph.RelationshipKind {
		return
	}
	c.mergeRelationship(change.After)
	c.out.count(change.After)
}

// nodePattern is the pattern of the entity whose key and instance are in the row.
func nodePattern(variable, key, instance string) string {
	return "(" + variable + ":" + cypherLabel + " {`_key`: row." + key + ", `" + cypherInstance + "`: row." + instance + "})"
}

// labelsOf are the labels of an entity, each once, beside the one that all have.
func labelsOf(im *graph.Image) []string {
	var labels []string
	for _, l := range append([]string{im.Type}, im.Class...) {
		if l != "" && l != cypherLabel && !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	return labels
}

func cypherLabels(labels []string) string {
	b := []byte(nil)
	for _, l := range labels {
		b = appendCypherName(append(b, ':'), l)
	}
	if b == nil {
		return ":" + cypherLabel
	}
	return string(b)
}

// verbOf is the verb of a relationship.
func verbOf(im *graph.Image) string {
	if len(im.Class) == 0 || im.Class[0] == "" {
		return "RELATES"
	}
	return im.Class[0]
}

// appendIdentity appends a key and the instance's id under the given names.
func (c *cypher) appendIdentity(b []byte, keyName, key, instanceName, instance string) []byte {
	b = appendCypherText(append(append(b, keyName...), ':'), key)
	b = append(append(append(b, ','), instanceName...), ':')
	return appendCypherText(b, c.instanceID(instance))
}

func (c *cypher) appendEnds(b []byte, im *graph.Image) []byte {
	b = c.appendIdentity(b, "k", im.Key, "i", im.Instance)
	b = c.appendIdentity(append(b, ','), "f", im.From.Key, "fi", im.From.Instance)
	return c.appendIdentity(append(b, ','), "t", im.To.Key, "ti", im.To.Instance)
}

// appendProps appends all that is set on a node or relationship as a map.
func (c *cypher) appendProps(b []byte, im *graph.Image) []byte {
	b = append(b, "{`_key`:"...)
	b = appendCypherText(b, im.Key)
	add := func(name string, v graph.Value) {
		b = append(appendCypherName(append(b, ','), name), ':')
		b = appendCypherValue(b, v)
	}
	add(cypherInstance, graph.StringValue(c.instanceID(im.Instance)))
	add(graph.PropInstanceName, graph.StringValue(im.Instance))
	add(graph.PropType, graph.StringValue(im.Type))
	add(graph.PropClass, im.Get(graph.PropClass))
	for i := range im.Props {
		p := &im.Props[i]
		reason := keepCypher(p)
		if reason == "" && isCypherOwn(p.Name) {
			reason = reasonReserved
		}
		switch {
		case reason != "":
			c.out.omit(im, p.Name, reason)
		case !p.Value.Missing():
			add(p.Name, p.Value)
		}
	}
	return append(b, '}')
}

// isCypherOwn reports whether the text itself sets a property of that name.
func isCypherOwn(name string) bool {
	switch name {
	case graph.PropKey, cypherInstance, graph.PropInstanceName, graph.PropType, graph.PropClass:
		return true
	}
	return false
}
