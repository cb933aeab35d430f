package stage_test

import (
	"fmt"
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/stage"
)

var secret = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}

func user() *graph.Image {
	return &graph.Image{
		Kind: graph.EntityKind, Instance: "in", Key: "00ab4daf-7c26-43f8-a491-a93ceba7804a", Type: "acme_user", Class: []string{"User", "Account"},
		Props: graph.Properties{
			{Name: "active", Value: graph.BoolValue(true)}, {Name: "displayName", Value: graph.StringValue("Ada")},
			{Name: "seats", Value: graph.IntValue(7)}, {Name: "share", Value: graph.FloatValue(0.5)},
			{Name: "tags", Value: graph.StringsValue([]string{"a", "bc"})},
		},
	}
}

func membership() *graph.Image {
	return &graph.Image{
		Kind: graph.RelationshipKind, Instance: "in", Key: "a|has|b", Type: "acme_team_has_user", Class: []string{"HAS"},
		From: graph.End{Instance: "in", Key: "a"}, To: graph.End{Instance: "in", Key: "b"},
		Props: graph.Properties{{Name: "displayName", Value: graph.StringValue("HAS")}},
	}
}

// The hashes are kept in files: were they to change, every object would look
// changed until it is compared.
func TestHashesStay(t *testing.T) {
	h := stage.NewHasher(secret)
	for _, c := range []struct {
		name string
		im   *graph.Image
		want string
	}{
		{"entity", user(), "b65999201640e03c 33598f5877616b97"},
		{"relationship", membership(), "d673b901dcac996f e30797b4fee411da"},
	} {
		if got := fmt.Sprintf("%016x %016x", h.Key(c.im.Kind, c.im.Instance, c.im.Key), h.Content(c.im, "parent")); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSameStatesHashAlike(t *testing.T) {
	h := stage.NewHasher(secret)
	for name, change := range map[string]func(*graph.Image){
		"meta":            func(im *graph.Image) { im.Meta.Version = 9 },
		"supplier":        func(im *graph.Image) { im.Supplier = &graph.Instance{Name: "in"} },
		"order of class":  func(im *graph.Image) { im.Class = []string{"Account", "User"} },
		"class twice":     func(im *graph.Image) { im.Class = []string{"User", "Account", "User"} },
		"7.0":             func(im *graph.Image) { im.Props[2].Value = graph.FloatValue(7) },
		"a copy":          func(im *graph.Image) { *im = *im.Clone() },
		"ends, of a user": func(im *graph.Image) { im.From = graph.End{Instance: "x", Key: "y"} },
	} {
		im := user()
		change(im)
		if h.Content(im, "p") != h.Content(user(), "p") {
			t.Errorf("%s makes a difference", name)
		}
	}
}

// Whatever tells two states apart tells their hashes apart.
func TestStatesDiffer(t *testing.T) {
	h := stage.NewHasher(secret)
	states := map[string]func(*graph.Image){
		"as it is": func(*graph.Image) {}, "key": func(im *graph.Image) { im.Key = "x" },
		"key in capitals": func(im *graph.Image) { im.Key = "00AB4DAF-7C26-43F8-A491-A93CEBA7804A" },
		"type":            func(im *graph.Image) { im.Type = "acme_use" }, "class": func(im *graph.Image) { im.Class = im.Class[:1] },
		"no class":   func(im *graph.Image) { im.Class = nil },
		"name":       func(im *graph.Image) { im.Props[4].Name = "tag" },
		"value":      func(im *graph.Image) { im.Props[0].Value = graph.BoolValue(false) },
		"null":       func(im *graph.Image) { im.Props[0].Value = graph.NullValue() },
		"fewer":      func(im *graph.Image) { im.Props = im.Props[:4] },
		"none":       func(im *graph.Image) { im.Props = nil },
		"text":       func(im *graph.Image) { im.Props[2].Value = graph.StringValue("7") },
		"list":       func(im *graph.Image) { im.Props[4].Value = graph.StringsValue([]string{"ab", "c"}) },
		"empty list": func(im *graph.Image) { im.Props[4].Value = graph.ListValue() },
		"kind":       func(im *graph.Image) { im.Kind = graph.RelationshipKind },
		"derived":    func(im *graph.Image) { *im = *membership() },
		"from":       func(im *graph.Image) { *im = *membership(); im.From.Key = "c" },
		"elsewhere":  func(im *graph.Image) { *im = *membership(); im.To.Instance = "out" },
		"bars": func(im *graph.Image) {
			*im = *membership()
			im.Key, im.From.Key, im.To.Key = "a|has|b|has|c", "a", "b|has|c"
		},
		"more bars": func(im *graph.Image) {
			*im = *membership()
			im.Key, im.From.Key, im.To.Key = "a|has|b|has|c", "a|has|b", "c"
		},
	}
	seen := map[uint64]string{}
	for name, change := range states {
		for _, parent := range []string{"", "p"} {
			im := user()
			change(im)
			hash := h.Content(im, parent)
			if other, ok := seen[hash]; ok {
				t.Errorf("%s and %s hash alike", name, other)
			}
			seen[hash] = name
		}
	}
	if h.Key(graph.EntityKind, "a", "b") == h.Key(graph.RelationshipKind, "a", "b") {
		t.Error("kinds share keys")
	}
	if other := stage.NewHasher([16]byte{1}); h.Content(user(), "") == other.Content(user(), "") || h.Key(0, "a", "b") == other.Key(0, "a", "b") {
		t.Error("the secret makes no difference")
	}
}
