package querytest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/j1db/j1db/store/graph"
)

// The vocabulary that random graphs and random queries share: small, so that they
// meet.
var (
	randomTypes = []randomType{
		{"person", "Person"}, {"okta_user", "User"}, {"heroku_user", "User"}, {"laptop", "Host,Device"},
		{"disk", "DataStore,Disk"}, {"bucket", "DataStore"}, {"thing", ""}, // the classes of things differ
	}
	randomClasses = []string{"Person", "User", "Host", "Device", "DataStore", "Disk", "Nothing"}
	randomVerbs   = []string{"HAS", "USES", "OWNS", "ALLOWS"}
	randomTexts   = []string{"ada", "Ada", "bob", "eve", "ad", "a-1", "10", "", "éa", "x.y"}
	randomTags    = []string{"Prod", "Sev1", "ada", "blue"}
)

type randomType struct{ name, classes string }

// randomNow is the time of random requests: a day that many months do not have.
var randomNow = time.Date(2024, 3, 31, 10, 30, 0, 0, time.UTC)

// RandomGraph makes the graph of a seed: the same one on every machine.
func RandomGraph(seed uint64) *Graph { return randomGraph(newDice(seed)) }

// HubGraph makes a graph of which one entity has n relationships to as many others,
// and a few parallel ones, so that no batch holds them.
func HubGraph(n int) *Graph {
	m := graphMaker{dice: newDice(uint64(n)), suppliers: []*graph.Instance{{Name: "north", Provider: "okta", Source: graph.SourceCollector}}}
	for i := range n + 1 {
		m.entity(randomType{"leaf", "Disk"}, i)
	}
	m.entities[0].Meta.Deleted, m.entities[0].Meta.EndOn = false, 0
	for i := range n {
		m.join(m.entities[0], "HAS", m.entities[i+1])
		if i%100 == 0 {
			m.join(m.entities[0], "HAS", m.entities[i+1])
		}
	}
	g, err := NewGraph(m.entities, m.relationships)
	if err != nil { // keys are counted
		panic(err)
	}
	return g
}

// randomGraph makes a graph of at most 30 entities with hubs, self-loops, parallel
// relationships, values of mixed kinds, gaps, and deleted objects.
func randomGraph(d dice) *Graph {
	m := graphMaker{dice: d}
	m.suppliers = []*graph.Instance{
		{Name: "north", Provider: "okta", Class: []string{"SaaS"}, Source: graph.SourceCollector},
		{Name: "south", Provider: "import", Source: graph.SourceImport},
	}
	types := slices.Clone(randomTypes)
	d.Shuffle(len(types), func(i, j int) { types[i], types[j] = types[j], types[i] })
	types = types[:2+d.IntN(len(types)-1)]
	for i := range 1 + d.IntN(pick(d, 5, 15, 20, 30)) {
		m.entity(pick(d, types...), i)
	}
	for range len(m.entities)/2 + d.IntN(2*len(m.entities)+1) {
		m.relationship()
	}
	g, err := NewGraph(m.entities, m.relationships)
	if err != nil { // keys are counted, ends are taken from the list
		panic(err)
	}
	return g
}

type graphMaker struct {
	dice
	suppliers               []*graph.Instance
	entities, relationships []*graph.Image
}

// entity makes an entity of a type. A few have no class, and those of one type have
// different ones, so that a class divides a table.
func (m *graphMaker) entity(t randomType, number int) {
	classes := strings.Split(t.classes, ",")
	if t.classes == "" {
		classes = []string{pick(m.dice, randomClasses...)}
		if m.chance(20) {
			classes = nil
		}
	}
	im := m.object(graph.EntityKind, fmt.Sprintf("%s:%d", t.name, number), t.name, classes)
	m.fill(im, entityProperties)
	m.entities = append(m.entities, im)
}

// relationship makes one relationship or several parallel ones.
func (m *graphMaker) relationship() {
	from, to := pick(m.dice, m.entities...), pick(m.dice, m.entities...)
	if m.chance(30) {
		from = m.entities[0] // a hub
	}
	if m.chance(6) {
		to = from
	}
	verb := pick(m.dice, randomVerbs...)
	for range 1 + m.weighted(85, 12, 3) { // parallel ones
		m.join(from, verb, to)
	}
}

// join makes a relationship between two entities.
func (m *graphMaker) join(from *graph.Image, verb string, to *graph.Image) {
	key := fmt.Sprintf("%s|%s|%s|%d", from.Key, verb, to.Key, len(m.relationships))
	im := m.object(graph.RelationshipKind, key, relationshipType(from, verb, to), []string{verb})
	im.From, im.To = endOf(from), endOf(to)
	m.fill(im, relationshipProperties)
	m.relationships = append(m.relationships, im)
}

// object makes what entities and relationships share.
func (m *graphMaker) object(kind graph.Kind, key, typ string, classes []string) *graph.Image {
	supplier := pick(m.dice, m.suppliers...)
	im := &graph.Image{Kind: kind, Instance: supplier.Name, Supplier: supplier, Key: key, Type: typ, Class: classes}
	im.Meta = graph.Meta{Version: uint64(1 + m.IntN(3)), CreatedOn: m.time(), BeginOn: m.time()}
	if m.chance(6) {
		im.Meta.Deleted, im.Meta.EndOn = true, m.time()
	}
	return im
}

// time is a moment near randomNow.
func (m *graphMaker) time() int64 {
	return randomNow.UnixMilli() - int64(m.IntN(40)-2)*24*time.Hour.Milliseconds()
}

// randomProperty is a property that random objects may have, with values that it
// may have.
type randomProperty struct {
	name   string
	filled int // percent of the objects that have it
	values func(dice) graph.Value
}

var entityProperties = []randomProperty{
	{"name", 85, textValue},
	{"displayName", 50, textValue},
	{"owner", 50, textValue},
	{"n", 80, mixedNumber},
	{"score", 70, halfValue},
	{"active", 70, truthValue},
	{"tags", 60, listValue},
	{"sizes", 50, numbersValue},
	{"tag.Prod", 40, truthValue},
	{"tag.cost-center", 30, textValue},
	{"seenOn", 60, timeValue},
}

var relationshipProperties = []randomProperty{
	{"n", 60, mixedNumber},
	{"since", 50, timeValue},
	{"effective", 60, truthValue},
	{"note", 40, textValue},
}

// fill gives an object some of the properties.
func (m *graphMaker) fill(im *graph.Image, properties []randomProperty) {
	for _, p := range properties {
		switch {
		case m.chance(4):
			im.Props.Set(p.name, graph.NullValue())
		case m.chance(p.filled):
			im.Props.Set(p.name, p.values(m.dice))
		}
	}
}

// textValue is one of a few texts, so that texts are equal now and then.
func textValue(d dice) graph.Value { return graph.StringValue(pick(d, randomTexts...)) }

// numberValue is a small multiple of a quarter, so that sums are exact in any order.
func numberValue(d dice) graph.Value {
	if d.chance(70) {
		return graph.IntValue(int64(d.IntN(9) - 3))
	}
	return graph.FloatValue(float64(d.IntN(24)-8) / 4)
}

// halfValue is a multiple of a half.
func halfValue(d dice) graph.Value { return graph.FloatValue(float64(d.IntN(12)-5) / 2) }

// mixedNumber is mostly a number.
func mixedNumber(d dice) graph.Value {
	switch d.weighted(70, 10, 10, 10) {
	case 1:
		return graph.StringValue(pick(d, "1", "2", "ada"))
	case 2:
		return graph.BoolValue(d.chance(50))
	case 3:
		return numbersValue(d)
	}
	return numberValue(d)
}

// truthValue is mostly a boolean, and sometimes the text of one.
func truthValue(d dice) graph.Value {
	if d.chance(10) {
		return graph.StringValue("true")
	}
	return graph.BoolValue(d.chance(60))
}

// timeValue is a moment of the last three months, or of tomorrow.
func timeValue(d dice) graph.Value {
	return graph.IntValue(randomNow.AddDate(0, 0, 2-d.IntN(90)).UnixMilli())
}

// listValue is mostly a list of texts, sometimes mixed, empty or no list.
func listValue(d dice) graph.Value {
	if d.chance(15) {
		return graph.StringValue(pick(d, randomTags...))
	}
	var elements []graph.Value
	for range d.IntN(4) {
		switch d.weighted(85, 10, 5) {
		case 0:
			elements = append(elements, graph.StringValue(pick(d, randomTags...)))
		case 1:
			elements = append(elements, numberValue(d))
		case 2:
			elements = append(elements, graph.NullValue())
		}
	}
	return graph.ListValue(elements...)
}

// numbersValue is a short list of numbers, or an empty one.
func numbersValue(d dice) graph.Value {
	elements := []graph.Value{}
	for range d.IntN(4) {
		elements = append(elements, numberValue(d))
	}
	return graph.ListValue(elements...)
}
