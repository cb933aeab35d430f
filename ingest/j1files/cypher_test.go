package j1files_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

// neo is a graph that the statements of an export are run on: all that they may
// do, and nothing else.
type neo struct {
	Nodes map[string]neoNode // by instance and key
	Edges map[string]neoEdge // by instance, key, verb and ends
}

type neoNode struct {
	Labels []string
	Props  map[string]any
}

type neoEdge struct {
	Verb, From, To string
	Props          map[string]any
}

func newNeo() *neo { return &neo{map[string]neoNode{}, map[string]neoEdge{}} }

// The forms of statements, quoted names as ?.
const (
	pattern       = " : J1Entity { ? : row . %s , ? : row . %s } )"
	mergeNode     = "MERGE ( n : J1Entity { ? : row . k , ? : row . i } ) SET n = row . p SET n : ?"
	mergeEdge     = "MERGE ( a : J1Entity { ? : row . f , ? : row . fi } ) MERGE ( b : J1Entity { ? : row . t , ? : row . ti } ) MERGE ( a ) - [ r : ? { ? : row . k , ? : row . i } ] - > ( b ) SET r = row . p"
	deleteNode    = "MATCH ( n : J1Entity { ? : row . k , ? : row . i } ) DETACH DELETE n"
	deleteEdge    = "MATCH ( : J1Entity { ? : row . f , ? : row . fi } ) - [ r : ? { ? : row . k , ? : row . i } ] - > ( : J1Entity { ? : row . t , ? : row . ti } ) DELETE r"
	makeConstrain = "CREATE CONSTRAINT j1_entity IF NOT EXISTS FOR ( n : J1Entity ) REQUIRE ( n . ? , n . ? ) IS UNIQUE"
)

// run executes what an export wrote.
func (g *neo) run(t *testing.T, text string) {
	t.Helper()
	for _, tokens := range statements(t, text) {
		if skeleton(tokens) == makeConstrain {
			continue
		}
		p := &cypherParser{t: t, tokens: tokens}
		p.want("UNWIND")
		rows := p.value().([]any)
		p.want("AS")
		p.want("row")
		tail := tokens[p.at:]
		if len(rows) > 500 {
			t.Fatalf("%d rows in a statement", len(rows))
		}
		for _, row := range rows {
			g.apply(t, tail, row.(map[string]any))
		}
	}
}

func (g *neo) apply(t *testing.T, tail []token, row map[string]any) {
	t.Helper()
	form := skeleton(tail)
	var quoted []string
	for _, tok := range tail {
		if tok.kind == 'q' {
			quoted = append(quoted, tok.text)
		}
	}
	id := func(key, instance string) string { return fmt.Sprint(row[instance], " ", row[key]) }
	switch {
	case strings.HasPrefix(form, mergeNode):
		set := strings.Count(strings.SplitN(form, " REMOVE n", 2)[0], "?") - 2
		labels := quoted[2 : 2+set]
		gone := quoted[2+set:]
		n := g.Nodes[id("k", "i")]
		for _, l := range labels {
			if !slices.Contains(n.Labels, l) {
				n.Labels = append(n.Labels, l)
			}
		}
		n.Labels = slices.DeleteFunc(n.Labels, func(l string) bool { return slices.Contains(gone, l) })
		slices.Sort(n.Labels)
		n.Props = row["p"].(map[string]any)
		g.Nodes[id("k", "i")] = n
	case form == mergeEdge:
		from, to := id("f", "fi"), id("t", "ti")
		for _, end := range []string{from, to} {
			if _, ok := g.Nodes[end]; !ok {
				g.Nodes[end] = neoNode{}
			}
		}
		verb := quoted[4]
		g.Edges[id("k", "i")+" "+verb+" "+from+" "+to] = neoEdge{verb, from, to, row["p"].(map[string]any)}
	case form == deleteNode:
		gone := id("k", "i")
		delete(g.Nodes, gone)
		for k, e := range g.Edges {
			if e.From == gone || e.To == gone {
				delete(g.Edges, k)
			}
		}
	case form == deleteEdge:
		delete(g.Edges, id("k", "i")+" "+quoted[2]+" "+id("f", "fi")+" "+id("t", "ti"))
	default:
		t.Fatalf("a statement of another form: %s", form)
	}
}

// cypherParser reads the literals of Cypher.
type cypherParser struct {
	t      *testing.T
	tokens []token
	at     int
}

func (p *cypherParser) next() token {
	p.at++
	return p.tokens[p.at-1]
}

func (p *cypherParser) want(text string) {
	p.t.Helper()
	if got := p.next(); got.text != text || got.kind == 's' || got.kind == 'q' {
		p.t.Fatalf("%q where %q is expected", got.text, text)
	}
}

func (p *cypherParser) value() any {
	switch tok := p.next(); tok.kind {
	case 's':
		return tok.text
	case 'n':
		return p.number(tok.text, 1)
	case '-':
		return p.number(p.next().text, -1)
	case 'w':
		switch tok.text {
		case "true", "false":
			return tok.text == "true"
		}
	case '(': // the least integer
		p.want("-")
		n := p.number(p.next().text, -1).(int64)
		p.want("-")
		m := p.number(p.next().text, 1).(int64)
		p.want(")")
		return n - m
	case '[':
		list := []any{}
		for p.tokens[p.at].kind != ']' {
			list = append(list, p.value())
			if p.tokens[p.at].kind == ',' {
				p.at++
			}
		}
		p.at++
		return list
	case '{':
		m := map[string]any{}
		for p.tokens[p.at].kind != '}' {
			name := p.next()
			p.want(":")
			if _, ok := m[name.text]; ok {
				p.t.Fatalf("%q comes twice", name.text)
			}
			m[name.text] = p.value()
			if p.tokens[p.at].kind == ',' {
				p.at++
			}
		}
		p.at++
		return m
	}
	p.t.Fatalf("%v is no value", p.tokens[p.at-1])
	return nil
}

func (p *cypherParser) number(text string, sign int64) any {
	if !strings.ContainsAny(text, ".e") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			p.t.Fatal(err)
		}
		return sign * n
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return float64(sign) * f
}

// expected is the graph that images make.
func expected(images []*graph.Image) *neo {
	g := newNeo()
	id := func(e graph.End) string { return graph.InstanceID(e.Instance) + " " + e.Key }
	for _, im := range images {
		props := map[string]any{
			"_key": im.Key, "_integrationInstanceID": graph.InstanceID(im.Instance), "_integrationName": im.Instance, "_type": im.Type,
		}
		for _, p := range append(graph.Properties{{Name: "_class", Value: im.Get("_class")}}, im.Props...) {
			if !p.Value.Missing() {
				props[p.Name] = plain(p.Value)
			}
		}
		self := id(graph.End{Instance: im.Instance, Key: im.Key})
		if im.Kind == graph.EntityKind {
			labels := slices.Compact(slices.Sorted(slices.Values(append([]string{im.Type}, im.Class...))))
			g.Nodes[self] = neoNode{labels, props}
			continue
		}
		for _, e := range []graph.End{im.From, im.To} {
			if _, ok := g.Nodes[id(e)]; !ok {
				g.Nodes[id(e)] = neoNode{}
			}
		}
		g.Edges[self+" "+im.Class[0]+" "+id(im.From)+" "+id(im.To)] = neoEdge{im.Class[0], id(im.From), id(im.To), props}
	}
	return g
}

func plain(v graph.Value) any {
	switch v.Kind() {
	case graph.Bool:
		return v.Bool()
	case graph.Int:
		n, _ := v.Int()
		return n
	case graph.Float:
		return v.Float()
	case graph.List:
		list := []any{}
		floats := slices.ContainsFunc(v.List(), func(e graph.Value) bool { return e.Kind() == graph.Float })
		for _, e := range v.List() {
			if floats {
				list = append(list, e.Float())
			} else {
				list = append(list, plain(e))
			}
		}
		return list
	}
	return v.Str()
}

func TestCypherMakesTheGraph(t *testing.T) {
	text, _ := write(t, "cypher", imagesOf(hostile()))
	want := expected(hostile())
	for name, text := range map[string]string{"as it is": text, "with codes unescaped first": unescapeFirst(text)} {
		t.Run(name, func(t *testing.T) {
			g := newNeo()
			for range 2 { // the second run changes nothing
				g.run(t, text)
				if diff := cmp.Diff(unescapeNames(want), unescapeNames(g)); diff != "" {
					t.Fatalf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

// unescapeNames evens out what programs differ in: whether a code in a name, which
// only a backslash or a control character is written as, is taken apart.
func unescapeNames(g *neo) *neo {
	codes := strings.NewReplacer(`\u005c`, `\`, `\u000a`, "\n")
	out := newNeo()
	for id, n := range g.Nodes {
		m := neoNode{Props: map[string]any{}}
		for _, l := range n.Labels {
			m.Labels = append(m.Labels, codes.Replace(l))
		}
		slices.Sort(m.Labels)
		for k, v := range n.Props {
			m.Props[codes.Replace(k)] = v
		}
		out.Nodes[id] = m
	}
	for id, e := range g.Edges {
		e.Verb = codes.Replace(e.Verb)
		out.Edges[codes.Replace(id)] = e
	}
	return out
}

// changesOf are the changes that turn one list of images into another, in no
// helpful order: relationships first, what is created before what is deleted.
func changesOf(before, after []*graph.Image) []graph.Change {
	old, now := byKey(before), byKey(after)
	var out []graph.Change
	for _, im := range slices.Backward(after) {
		if b := old[im.Identity()]; !graph.SameState(b, im) {
			out = append(out, graph.Change{Version: 2, Before: b, After: im})
		}
	}
	for _, im := range before {
		if now[im.Identity()] == nil {
			out = append(out, graph.Change{Version: 2, Before: im})
		}
	}
	return out
}

func TestCypherChangesLeadToTheLaterGraph(t *testing.T) {
	before, after := hostileChange()
	changes := changesOf(before, after)
	var b bytes.Buffer
	out, err := j1files.WriteCypherChanges(&b, func(yield func(graph.Change, error) bool) {
		for _, c := range changes {
			if !yield(c, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Entities + out.Relationships; got != len(changes) || len(changes) < 7 {
		t.Errorf("%d of %d changes counted", got, len(changes))
	}
	checkGolden(t, "testdata/write/changes.golden", b.String())
	full, _ := write(t, "cypher", imagesOf(before))
	g := newNeo()
	g.run(t, full)
	want := expected(after)
	for range 2 {
		g.run(t, b.String())
		if diff := cmp.Diff(unescapeNames(want), unescapeNames(g)); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	}
}

// hostileChange is the estate that is out to break a format, before and after some
// of it changed.
func hostileChange() (before, after []*graph.Image) {
	before, after = hostile(), hostile()
	// Gone, with what hangs on it: the second user. Moved: the edge from him. New
	// class, type and property: the first user. New: a key. Another verb: the last.
	after = slices.DeleteFunc(after, func(im *graph.Image) bool { return im.Key == "user:2" || strings.HasPrefix(im.Key, "name:C") })
	for _, im := range after {
		switch im.Key {
		case "user:1":
			im.Type, im.Class = "acme_admin", []string{"User", "Admin"}
			im.Props.Set("active", graph.Value{})
			im.Props.Set("level", graph.IntValue(3))
		case "user:1|has|user:2":
			im.To = graph.End{Instance: "orchard", Key: "key:1"}
		case "'quoted'":
			im.Class = []string{"USES"}
		}
	}
	after = slices.DeleteFunc(after, func(im *graph.Image) bool { return im.Key == "user:1|has|user:2#2" })
	at := slices.IndexFunc(after, func(im *graph.Image) bool { return im.Kind == graph.RelationshipKind })
	after = slices.Insert(after, at, entity("orchard", "key:1", "acme_key", []string{"Key"}))
	return before, after
}

// What a property of Cypher cannot be is left out, and told.
func TestCypherLeavesOutMixedLists(t *testing.T) {
	im := entity("a", "k", "t", []string{"C"}, mixed, prop("nulls", []any{nil}), prop("gone", nil), prop("_integrationInstanceID", "x"), prop("kept", int64(1)))
	text, out := write(t, "cypher", imagesOf([]*graph.Image{im}))
	g := newNeo()
	g.run(t, text)
	want := entity("a", "k", "t", []string{"C"}, prop("kept", int64(1)))
	if diff := cmp.Diff(expected([]*graph.Image{want}), g); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if out.OmittedCount != 3 || len(out.Omitted) != 3 {
		t.Errorf("left out: %v", out.Omitted)
	}
}
