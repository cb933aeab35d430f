package stage_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// inventor draws batches in which everything happens often: keys that come
// twice, objects that cannot be stored, odd names and values.
type inventor struct {
	*rand.Rand
	batches []*graph.Batch
	ranks   uint64
	// reasons tells, by the number of the object in its batch, why it is bad.
	reasons map[*graph.Object]string
}

func invent(seed uint64, batches, size int) *inventor {
	in := &inventor{Rand: rand.New(rand.NewPCG(seed, 1)), reasons: map[*graph.Object]string{}}
	for range batches {
		in.batch(size)
	}
	return in
}

func (in *inventor) batch(size int) {
	b := &graph.Batch{Origin: fmt.Sprintf("step-%d", in.IntN(5)), Rank: in.ranks}
	entities := in.IntN(size)
	b.Entities = make([]graph.Entity, entities)
	for i := range b.Entities {
		in.entity(&b.Entities[i])
	}
	b.Relationships = make([]graph.Relationship, size-entities)
	for i := range b.Relationships {
		in.relationship(&b.Relationships[i])
	}
	in.ranks += uint64(size)
	if in.IntN(4) == 0 {
		b.Deletes = append(b.Deletes, graph.Deletion{Kind: graph.Kind(in.IntN(2)), Key: in.key()})
	}
	in.batches = append(in.batches, b)
}

func (in *inventor) of(texts ...string) string { return texts[in.IntN(len(texts))] }

func (in *inventor) key() string {
	n := in.IntN(200)
	switch in.IntN(3) {
	case 0:
		return uuid(n)
	case 1:
		return fmt.Sprintf("acme:thing:%d", n)
	}
	return fmt.Sprintf("k%d|has|k%d", n%20, n/20)
}

func uuid(n int) string {
	x := uint64(n) * 0x9e3779b97f4a7c15
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", uint32(x>>32), uint16(x>>16), x&0xfff, x>>52, x&0xffffffffffff)
}

func (in *inventor) end() graph.End {
	e := graph.End{Key: in.key()}
	switch in.IntN(6) {
	case 0:
		e.Instance = "other"
	case 1:
		e.Instance = "in"
	}
	return e
}

func (in *inventor) value(inList bool) graph.Value {
	switch in.IntN(12) {
	case 0:
		return graph.NullValue()
	case 1:
		return graph.Value{}
	case 2:
		return graph.BoolValue(in.IntN(2) == 0)
	case 3:
		return graph.IntValue(int64(in.Uint64()))
	case 4:
		return graph.FloatValue(float64(in.IntN(9)) / 2)
	case 5:
		return graph.StringValue(uuid(in.IntN(99)))
	case 6:
		return graph.StringValue(strings.ToUpper(uuid(in.IntN(99))))
	case 7:
		return graph.StringValue(strings.Repeat("lang ", in.IntN(400)))
	case 8:
		if !inList {
			return in.list()
		}
	case 9:
		return graph.FloatValue(math.Copysign(0, -1))
	}
	return graph.StringValue(in.of("", "x", "żółw", "true", "0"))
}

func (in *inventor) list() graph.Value {
	vs := make([]graph.Value, in.IntN(4))
	for i := range vs {
		for vs[i].Kind() == graph.Undefined {
			vs[i] = in.value(true)
		}
	}
	return graph.ListValue(vs...)
}

// props are in any order, some twice, some the engine's.
func (in *inventor) props() graph.Properties {
	var ps graph.Properties
	for range in.IntN(8) {
		name := in.of("displayName", "name", "active", "tag.a", "createdOn", "zone", "_note", "_id", "_fromEntityScope", "_version")
		ps = append(ps, graph.Property{Name: name, Value: in.value(false)})
	}
	if in.IntN(3) > 0 {
		ps = graph.SortProperties(ps)
	}
	return ps
}

func (in *inventor) object(o *graph.Object, types ...string) {
	*o = graph.Object{Key: in.key(), Type: in.of(types...), Props: in.props()}
	if in.IntN(3) == 0 {
		o.Parent = in.key()
	}
	if in.IntN(4) == 0 {
		o.Raw = fmt.Appendf(nil, `{"n":%d}`, in.IntN(9))
	}
	if in.IntN(12) == 0 {
		in.spoil(o)
	}
}

// spoil makes an object that cannot be stored.
func (in *inventor) spoil(o *graph.Object) {
	var why string
	switch in.IntN(7) {
	case 0:
		o.Key, why = "", "the key is empty"
	case 1:
		o.Key, why = o.Key+"\x00", "the key contains a NUL"
	case 2:
		o.Type, why = "", "the type is empty"
	case 3:
		o.Type, why = "j1db_thing", `the type "j1db_thing" is reserved`
	case 4:
		o.Parent, why = strings.Repeat("p", graph.MaxKey+1), "parent: the key is 4097 bytes long, the limit is 4096"
	case 5:
		o.Props, why = graph.Properties{{Name: "a", Value: graph.FloatValue(math.NaN())}}, "property a: NaN is not a number that can be stored"
	case 6:
		o.Props, why = graph.Properties{{Name: "\xff", Value: graph.IntValue(1)}}, `the text "\xff" is not UTF-8`
	}
	in.reasons[o] = why
}

func (in *inventor) entity(e *graph.Entity) {
	in.object(&e.Object, "acme_user", "acme_team", "acme_site")
	switch in.IntN(12) {
	case 0:
		e.Class = []string{"User", "Account"}
	case 1:
		e.Class = []string{"Account", "User"}
	case 2:
	case 3:
		e.Class = []string{"User", ""}
		if in.reasons[&e.Object] == "" {
			in.reasons[&e.Object] = "the class is empty"
		}
	default:
		e.Class = []string{"User"}
	}
}

func (in *inventor) relationship(r *graph.Relationship) {
	in.object(&r.Object, "acme_user_has_team", "acme_team_has_site")
	r.Class = in.of("HAS", "HAS", "USES")
	bad := in.reasons[&r.Object] != ""
	if in.IntN(6) == 0 {
		r.Mapping = in.mapping()
		if !bad && len(r.Mapping.Filters) == 0 {
			in.reasons[&r.Object] = "the mapping has no filter"
		}
		return
	}
	r.From, r.To = in.end(), in.end()
	switch in.IntN(9) {
	case 0:
		r.To.Key = ""
		if !bad {
			in.reasons[&r.Object] = "to: the key is empty"
		}
	case 1, 2, 3, 4:
		if !bad {
			r.Key = r.From.Key + "|" + strings.ToLower(r.Class) + "|" + r.To.Key
		}
	}
}

func (in *inventor) mapping() *graph.Mapping {
	m := &graph.Mapping{
		Direction: graph.Forward, Source: in.end(), SkipCreation: in.IntN(2) == 0,
		Target: graph.Entity{Object: graph.Object{Type: "person", Props: in.props()}, Class: []string{"Person"}},
	}
	for range in.IntN(4) {
		m.Filters = append(m.Filters, []string{"_class", in.of("email", "name")})
	}
	return m
}
