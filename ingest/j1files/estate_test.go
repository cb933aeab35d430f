package j1files_test

import (
	"math"
	"strings"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

// imagesOf yields images as often as it is asked.
func imagesOf(list []*graph.Image) j1files.Images {
	return func(yield func(*graph.Image, error) bool) {
		for _, im := range list {
			if !yield(im, nil) {
				return
			}
		}
	}
}

func entity(instance, key, typ string, class []string, props ...graph.Property) *graph.Image {
	return &graph.Image{Kind: graph.EntityKind, Instance: instance, Key: key, Type: typ, Class: class, Props: graph.SortProperties(props)}
}

func relationship(instance, key, typ, verb string, from, to graph.End, props ...graph.Property) *graph.Image {
	return &graph.Image{Kind: graph.RelationshipKind, Instance: instance, Key: key, Type: typ, Class: []string{verb}, From: from, To: to, Props: graph.SortProperties(props)}
}

func prop(name string, x any) graph.Property {
	v, ok := graph.ValueOf(x)
	if !ok {
		panic(name)
	}
	return graph.Property{Name: name, Value: v}
}

// hostileTexts mean something to the programs that read exports.
var hostileTexts = []string{
	"=HYPERLINK(\"http://evil.example\")", "+1+1", "-1+1", "-5", "@SUM(A1)", "\tx", "\rx", "'", "\"", "a,b;c", "line\nbreak\r\n",
	"'; MATCH (n) DETACH DELETE n; //", "\\", "\\'", `\u0027; MATCH (n) DETACH DELETE n //`, `\\u0027`, "`", "``", `\u0060`, "/*", "*/", "--", "${x}", "$x",
	`"]; evil [label="`, "a -> b", "&lt;script&gt;", "<script>", "a<b", "a&b", "]]>", "<!-- -->", "\x00\x01\x1b[31m\x7f", "\u202egnp.exe", "\ufffe\uffff", "\u2028\u2029",
	"é中😀", "", " ", "true", "null", "1e400", "{}", "[1]", strings.Repeat("long ", 100),
}

// hostileNames are types, classes, verbs and property names that no vendor has.
var hostileNames = []string{
	"../../x", "CON", "con", "com1", ".hidden", "a/b", `a\b`, `a\u0060b`, "a`b", "a``", "``", "x y", "Größe", "User", "user", "USER", "=cmd", "<b>", "a\"b", "a'b",
	"a\nb", "a:b", "*", "x.json", "-rf", "nul.txt", strings.Repeat("long", 200), "type-0123456789abcdef", "日本", "a\u202eb",
}

// hostile is an estate that holds all of them, of one instance, and ends in others.
func hostile() []*graph.Image {
	const in = "orchard"
	end := func(key string) graph.End { return graph.End{Instance: in, Key: key} }
	list := []*graph.Image{
		entity(in, "user:1", "acme_user", []string{"User"}, prop("displayName", "Ada Orchard"), prop("active", true), prop("createdOn", int64(1700000000000)),
			prop("none", nil), prop("groups", []string{"a", "b"}), prop("empty", []string{}), prop("tag.Env", "prod"), prop("rate", 0.25)),
		entity(in, "user:2", "acme_user", []string{"User", "Person"}, prop("displayName", "Pip"), prop("active", "yes"), prop("rate", int64(2))),
		entity(in, "numbers", "numbers", nil, prop("max", int64(math.MaxInt64)), prop("min", int64(math.MinInt64)), prop("big", 1e300), prop("huge", 1e20),
			prop("small", -2.5e-7), prop("list", []any{int64(1), 2.5}), prop("ints", []any{int64(1), int64(math.MinInt64)}), prop("bools", []any{true, false})),
	}
	for i, text := range hostileTexts {
		key := "text:" + string(rune('A'+i))
		list = append(list, entity(in, key, "hostile_text", []string{"Record"}, prop("displayName", text), prop("list", []string{text, "x"})))
	}
	for _, name := range hostileNames {
		list = append(list, entity(in, "name:"+name, name, []string{name, "Record"}, prop("displayName", name), prop("p:"+name, name)))
	}
	list = append(list,
		relationship(in, "user:1|has|user:2", "acme_user_has_user", "HAS", end("user:1"), end("user:2"), prop("displayName", "HAS"), prop("since", int64(7))),
		relationship(in, "user:1|has|user:2#2", "acme_user_has_user", "HAS", end("user:1"), end("user:2"), prop("displayName", "HAS")),
		relationship(in, "abroad", "acme_user_is_user", "IS", end("user:1"), graph.End{Instance: "elsewhere", Key: "user:1"}),
		relationship(in, "'quoted'", "../../x", "O`Wns\\u0060", end("name:``"), end("name:a'b"), prop("=cmd", "=cmd")),
	)
	return list
}
