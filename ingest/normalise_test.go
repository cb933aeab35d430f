package ingest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

func source(t *testing.T, text string) ingest.Source {
	t.Helper()
	var s ingest.Source
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewEntity(t *testing.T) {
	tests := []struct {
		name   string
		class  string
		source string
		assign ingest.Props
		tags   []string
		want   string
	}{
		{"copies what the class knows", "User", `{"id":"a","name":"n","username":"7","fruit":"pear","_type":"x","_key":"y"}`, nil, nil,
			`{"displayName":"n","id":"a","name":"n","username":"7"}`},
		{"copies for every class", "User Device", `{"serial":"s","username":"7"}`, nil, nil, `{"serial":"s","username":"7"}`},
		{"copies scalars and lists that begin with one", "Entity",
			`{"id":["a"],"name":"n","status":null,"notes":[],"summary":{"a":1},"trust":3,"active":true,"public":[[1]]}`, nil, nil,
			`{"active":true,"displayName":"n","id":["a"],"name":"n","trust":3}`},
		{"drops a list that goes on nested", "Entity", `{"notes":["a",{}]}`, nil, nil, `{} dropped notes`},
		{"keeps integers exact", "Entity", `{"trust":9007199254740993}`, nil, nil, `{"trust":9007199254740993}`},
		{"assign overrides", "Entity", `{"name":"n","id":"a"}`, ingest.Props{"name": "m", "id": graph.Value{}, "x": nil}, nil,
			`{"displayName":"m","name":"m","x":null}`},
		{"assign drops what the engine supplies", "Entity", `{}`, ingest.Props{"_key": "k", "_rawData": "r", "_own": 1}, nil, `{"_own":1} dropped _key _rawData`},
		{"createdOn, first of the names", "Entity", `{"creationDate":"2024-02-03","createdAt":"2024-02-03T04:05:06.5Z"}`, nil, nil, `{"createdOn":1706933106500}`},
		{"createdOn, empty ones passed over", "Entity", `{"createdAt":"","creationDate":null,"creationTimestamp":"2024-02-03"}`, nil, nil, `{"createdOn":1706918400000}`},
		{"createdOn, assigned", "Entity", `{"createdAt":"2024-02-03"}`, ingest.Props{"createdOn": 5}, nil, `{"createdOn":5}`},
		{"createdOn, left out on purpose", "Entity", `{"createdAt":"2024-02-03"}`, ingest.Props{"createdOn": graph.Value{}}, nil, `{}`},
		{"createdOn, a number of what", "Entity", `{"createdAt":1706918400}`, nil, nil, `{} dropped createdAt`},
		{"createdOn, no date", "Entity", `{"createdAt":"soon"}`, nil, nil, `{}`},
		{"active", "Entity", `{"status":"Active"}`, nil, nil, `{"active":true,"status":"Active"}`},
		{"active, in the middle", "Entity", `{"status":"is active"}`, nil, nil, `{"active":true,"status":"is active"}`},
		{"enabled", "Entity", `{"status":"ENABLED"}`, nil, nil, `{"active":true,"status":"ENABLED"}`},
		{"inactive", "Entity", `{"status":"Inactive"}`, nil, nil, `{"active":false,"status":"Inactive"}`},
		{"disabled", "Entity", `{"status":"disabled"}`, nil, nil, `{"active":false,"status":"disabled"}`},
		{"offline", "Entity", `{"status":"offline"}`, nil, nil, `{"active":false,"status":"offline"}`},
		{"begins with n", "Entity", `{"status":"nactive"}`, nil, nil, `{"active":true,"status":"nactive"}`},
		{"no word of it", "Entity", `{"status":"pending"}`, nil, nil, `{"status":"pending"}`},
		{"active given", "Entity", `{"status":"active","active":false}`, nil, nil, `{"active":false,"status":"active"}`},
		{"tags replace what was copied", "Entity", `{"tags":["x"]}`, ingest.Props{"tags": []string{"mine"}}, nil, `{"tags":["x"]}`},
		{"tags of a list of pairs and texts", "Entity", `{"tags":[{"Key":"a","Value":"TRUE"},{"key":"b","value":"False"},"c",5]}`, nil, nil,
			`{"tag.a":true,"tag.b":false,"tags":["a","c"]} dropped tags`},
		{"tag values that are no text", "Entity", `{"tags":{"n":7,"b":true,"o":{}}}`, nil, nil, `{"tag.b":true,"tag.n":7} dropped tag.o`},
		{"tags become properties", "Entity", `{"tags":{"Owner":"Pip","EMAIL":"Pip@X","Env":"Dev","team":"Pears"}}`, nil, []string{"env"},
			`{"email":"pip@x","env":"dev","owner":"pip","tag.EMAIL":"Pip@X","tag.Env":"Dev","tag.Owner":"Pip","tag.team":"Pears"}`},
		{"displayName: assigned before tag", "Entity", `{"tags":{"NAME":"tag"},"name":"n"}`, ingest.Props{"displayName": "mine"}, nil,
			`{"displayName":"mine","name":"n","tag.NAME":"tag"}`},
		{"displayName: tag before copied", "Entity", `{"tags":{"Name":"tag"},"displayName":"copied"}`, nil, nil,
			`{"displayName":"tag","name":"tag","tag.Name":"tag"}`},
		{"displayName: copied before name", "Entity", `{"displayName":"copied","name":"n"}`, nil, nil, `{"displayName":"copied","name":"n"}`},
		{"displayName: empty name", "Entity", `{"name":""}`, nil, nil, `{"displayName":"","name":""}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, dropped, err := ingest.NewEntity(model(t), ingest.EntityInput{Key: "k", Type: "t", Class: strings.Fields(test.class),
				Source: source(t, test.source), Assign: test.assign, TagProperties: test.tags})
			if err != nil {
				t.Fatal(err)
			}
			got := string(e.Props.AppendJSON(nil))
			for i, d := range dropped {
				if i == 0 {
					got += " dropped"
				}
				got += " " + d.Property
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestNewEntityRawData(t *testing.T) {
	src := source(t, `{"b":12345678901234567890,"a":{"c":[1,null,"<a&b>"]}}`)
	in := ingest.EntityInput{Key: "k", Type: "t", Class: []string{"Entity"}, Source: src, Raw: []ingest.RawData{{Name: "more", Data: []int{1}}}}
	e, _, err := ingest.NewEntity(model(t), in)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"name":"default","rawData":{"a":{"c":[1,null,"<a&b>"]},"b":12345678901234567890}},{"name":"more","rawData":[1]}]`
	if string(e.Raw) != want {
		t.Errorf("raw data is %s", e.Raw)
	}
	in.Raw[0].Name = "default"
	if _, _, err := ingest.NewEntity(model(t), in); err == nil || !strings.Contains(err.Error(), `raw data "default" is given twice`) {
		t.Errorf("error is %v", err)
	}
	in.Raw, in.Source = nil, nil
	if e, _, _ := ingest.NewEntity(model(t), in); e.Raw != nil {
		t.Errorf("raw data of nothing is %s", e.Raw)
	}
	in.Class = []string{"Fruit"}
	if _, _, err := ingest.NewEntity(model(t), in); err == nil || !strings.Contains(err.Error(), `no class "Fruit"`) {
		t.Errorf("error is %v", err)
	}
}

// The same input gives the same entity in both versions of the model, but for what
// they know of a class.
func TestNewEntityIsDeterministic(t *testing.T) {
	var first string
	for range 50 {
		e, dropped, err := ingest.NewEntity(model(t), ingest.EntityInput{Key: "k", Type: "t", Class: []string{"Entity"},
			Source: source(t, `{"tags":{"a":"1","b":"true","c":"","Owner":"x","owner":"y"},"name":"n"}`),
			Assign: ingest.Props{"x": map[string]any{}, "y": map[string]any{}, "z": []any{[]any{}}}})
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(string(e.Props.AppendJSON(nil)), dropped)
		if first == "" {
			first = got
		}
		if got != first {
			t.Fatalf("%s\nand %s", got, first)
		}
	}
}

func TestRelationshipTypeName(t *testing.T) {
	for _, test := range [][3]string{
		{"heroku_account", "heroku_account_member", "heroku_account_has_member"},
		{"pear_a_b", "pear_a_b", "pear_a_b_has_b"},
		{"pear_a", "plum_a", "pear_a_has_plum_a"},
		{"pear", "pear_a", "pear_has_a"},
		{"pear", "pear", "pear_has_"},
		{"pear_a", "pear", "pear_a_has_"},
		{"pear_x_b", "pear_y_b", "pear_x_b_has_y_b"},
	} {
		if got := ingest.RelationshipTypeName("HAS", test[0], test[1]); got != test[2] {
			t.Errorf("%s HAS %s is %s, want %s", test[0], test[1], got, test[2])
		}
	}
}

func TestNewRelationship(t *testing.T) {
	r, dropped := ingest.NewRelationship("has", ingest.Endpoint{Type: "pear_a", Key: "1", Instance: "other"}, ingest.Endpoint{Type: "pear_b", Key: "2"},
		ingest.Props{"_key": "mine", "_type": "my_type", "_class": "X", "role": "admin", "none": nil, "gone": graph.Value{}, "deep": []any{[]any{}}})
	got := fmt.Sprintf("%s %s %s %v %v %s %v", r.Key, r.Type, r.Class, r.From, r.To, r.Props.AppendJSON(nil), dropped)
	want := `mine my_type HAS {other 1} { 2} {"displayName":"HAS","none":null,"role":"admin"} [{_class property that the engine supplies dropped} {deep nested value dropped}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNewMappedNeedsAType(t *testing.T) {
	in := ingest.MappedInput{Verb: "IS", Source: ingest.Endpoint{Type: "pear_user", Key: "1"}, Target: ingest.Props{"_class": []string{"A", "B"}, "n": 1},
		Filters: [][]string{{"_class", "n"}}}
	if _, _, err := ingest.NewMapped(in); err == nil || !strings.Contains(err.Error(), "the target has no _type") {
		t.Errorf("error is %v", err)
	}
	in.Props = ingest.Props{"_type": "mine"}
	r, _, err := ingest.NewMapped(in)
	if err != nil || r.Key != "1|is|FORWARD:_class=A,B:n=1" {
		t.Errorf("key is %s, error %v", r.Key, err)
	}
}

func TestSource(t *testing.T) {
	s := source(t, `{"id":7,"text":"x","empty":"","null":null,"yes":true,"list":["a",1],"in":{"deep":{"at":"2024-02-03T04:05:06Z"}},"rows":[{"a":1},5,{"a":2}]}`)
	for _, test := range []struct{ what, got, want string }{
		{"Str of a number", s.Str("id"), "7"},
		{"Str of a list", s.Str("list"), ""},
		{"Str below a text", s.Str("text", "x"), ""},
		{"Get of null", s.Get("null").String(), "null"},
		{"Get of nothing", s.Get("nothing").String(), "undefined"},
		{"Get of an object", s.Get("in").String(), "undefined"},
		{"Get of a list", s.Get("list").String(), `["a",1]`},
		{"Text of an empty one", s.Text("empty").String(), "undefined"},
		{"Text of a number", s.Text("id").String(), `"7"`},
		{"Time", s.Time("in", "deep", "at").String(), "1706933106000"},
		{"Bool", fmt.Sprint(s.Bool("yes"), s.Bool("text")), "true false"},
		{"Objects", fmt.Sprint(len(s.Objects("rows")), len(s.Objects("text"))), "2 0"},
		{"Object", fmt.Sprint(s.Object("in", "deep") != nil, s.Object("text") == nil, ingest.Source(nil).Object("x") == nil), "true true true"},
		{"Without", fmt.Sprint(len(s.Without("id", "nothing")), len(s)), "7 8"},
	} {
		if test.got != test.want {
			t.Errorf("%s is %s, want %s", test.what, test.got, test.want)
		}
	}
	var none ingest.Source
	if err := json.Unmarshal([]byte("null"), &none); err != nil || none != nil {
		t.Errorf("null decodes to %v, %v", none, err)
	}
	if err := json.Unmarshal([]byte(`[1]`), &none); err == nil {
		t.Error("a list decodes")
	}
}

func TestTime(t *testing.T) {
	for text, want := range map[string]string{
		"2024-02-03T04:05:06Z": "1706933106000", "2024-02-03T06:05:06+02:00": "1706933106000", "2024-02-03T06:05:06+0200": "1706933106000",
		"2024-02-03T04:05:06.789": "1706933106789", "2024-02-03 04:05:06": "1706933106000", "2024-02-03": "1706918400000",
		"Sat, 03 Feb 2024 04:05:06 GMT": "1706933106000", "1706933106": "undefined", "": "undefined", "2024-13-01": "undefined",
	} {
		if got := ingest.Time(graph.StringValue(text)).String(); got != want {
			t.Errorf("Time(%q) = %s, want %s", text, got, want)
		}
	}
	for _, test := range []struct {
		unit time.Duration
		in   graph.Value
		want string
	}{
		{time.Second, graph.IntValue(5), "5000"}, {time.Millisecond, graph.StringValue("5.7"), "5"}, {time.Microsecond, graph.IntValue(5999), "5"},
		{time.Second, graph.StringValue("x"), "undefined"}, {time.Second, graph.BoolValue(true), "undefined"},
		{time.Second, graph.StringValue("NaN"), "undefined"}, {time.Second, graph.StringValue("1e300"), "undefined"},
	} {
		if got := ingest.TimeIn(test.unit, test.in).String(); got != test.want {
			t.Errorf("TimeIn(%v, %v) = %s, want %s", test.unit, test.in, got, test.want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, r := range []string{"x", "é"} {
		cut := ingest.Truncate(strings.Repeat(r, 4097))
		if n := len([]rune(cut)); n != 4096 || !strings.HasSuffix(cut, r+"...") {
			t.Errorf("4097 times %q is cut to %d characters", r, n)
		}
		if whole := strings.Repeat(r, 4096); ingest.Truncate(whole) != whole {
			t.Errorf("4096 times %q is cut", r)
		}
	}
}

// Every version of the model can make entities of every one of its classes.
func TestNewEntityOfEveryClass(t *testing.T) {
	for _, version := range datamodel.Versions() {
		m, err := datamodel.Load(version)
		if err != nil {
			t.Fatal(err)
		}
		for _, class := range m.Classes() {
			e, _, err := ingest.NewEntity(m, ingest.EntityInput{Key: "k", Type: "t", Class: []string{class}, Source: ingest.Source{"displayName": "d"}})
			if err != nil || e.Props.Get("displayName").Str() == "" && class != "GraphObject" && class != "Framework" && class != "Internet" && class != "Root" {
				t.Errorf("%s %s: %v, %v", version, class, e.Props, err)
			}
		}
	}
}
