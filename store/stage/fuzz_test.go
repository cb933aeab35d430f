package stage_test

import (
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

// FuzzRecord: any bytes are a record or an error. What is a record can be
// compared and hashed like any other.
func FuzzRecord(f *testing.F) {
	props := graph.Properties{
		{Name: "a", Value: graph.StringValue(uuid(1))}, {Name: "b", Value: graph.ListValue(graph.FloatValue(0.5), graph.NullValue(), graph.IntValue(-300))},
		{Name: "c", Value: graph.BoolValue(true)},
	}
	object := graph.Object{Key: "k|has|" + uuid(2), Type: "t", Props: props, Parent: "p", Raw: []byte(`{"x":1}`)}
	for _, b := range []*graph.Batch{
		{Entities: []graph.Entity{{Object: object}}},
		{Entities: []graph.Entity{{Object: graph.Object{Key: "only"}}}}, // spared
		{Relationships: []graph.Relationship{{Object: object, Class: "HAS", From: graph.End{Key: "k"}, To: graph.End{Key: uuid(2)}}}},
		{Relationships: []graph.Relationship{{Object: object, Class: "HAS", From: graph.End{Key: "a", Instance: "other"}, To: graph.End{Key: "b", Instance: "out"}}}},
		{Relationships: []graph.Relationship{{Object: object, Class: "HAS", Mapping: &graph.Mapping{
			Direction: graph.Reverse, Filters: [][]string{{"a", "b"}}, Source: graph.End{Key: "s"}, Target: graph.Entity{Object: graph.Object{Props: props}},
		}}}},
	} {
		b.Origin = "somewhere"
		record := stage.Encode(b)
		if len(stage.Decode(record)) == 0 {
			f.Fatalf("%x is not read", record)
		}
		f.Add(record)
	}
	h := stage.NewHasher(secret)
	f.Fuzz(func(t *testing.T, record []byte) {
		for _, st := range stage.Decode(record) {
			if len(st.Raw) > len(record) || len(st.Image.Props) > len(record) {
				t.Errorf("%d bytes hold %d of raw data and %d properties", len(record), len(st.Raw), len(st.Image.Props))
			}
			h.Content(&st.Image, st.Parent)
			_ = graph.SameState(&st.Image, st.Image.Clone())
		}
	})
}
