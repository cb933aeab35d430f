package ingest

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/j1db/j1db/store/graph"
)

// copiedTags are the tags that become a property of their own.
var copiedTags = []string{"classification", "owner", "email"}

// addTags rebuilds the tags from the source's, and returns the value of the tag
// that is called name.
func (b *builder) addTags(in EntityInput) graph.Value {
	switch tags := in.Source["tags"].(type) {
	case string:
		b.addTagTexts(splitTags(tags))
	case []any:
		return b.addTagList(tags, in)
	case []string:
		b.addTagTexts(tags)
	default:
		if m, ok := asObject(tags); ok {
			return b.addTagMap(m, in)
		}
	}
	return graph.Value{}
}

// splitTags splits at commas when there is one, else at spaces.
func splitTags(text string) []string {
	sep := " "
	if strings.Contains(text, ",") {
		sep = ","
	}
	var out []string
	for part := range strings.SplitSeq(text, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (b *builder) addTagTexts(texts []string) {
	if len(texts) > 0 {
		b.props.Set("tags", graph.StringsValue(texts))
	}
}

// addTagList takes a list of texts, or of objects with a key and a value.
func (b *builder) addTagList(list []any, in EntityInput) graph.Value {
	var texts []string
	var named graph.Value
	for _, e := range list {
		if text, ok := e.(string); ok {
			texts = append(texts, text)
			continue
		}
		m, _ := asObject(e)
		key, value := Source(m).Str("Key"), m["Value"]
		if key == "" {
			key, value = Source(m).Str("key"), m["value"]
		}
		if key == "" {
			b.drop("tags", reasonNested)
			continue
		}
		b.addTag(key, value, in, &texts, &named)
	}
	b.addTagTexts(texts)
	return named
}

func (b *builder) addTagMap(m map[string]any, in EntityInput) graph.Value {
	var texts []string
	var named graph.Value
	for _, key := range slices.Sorted(maps.Keys(m)) {
		b.addTag(key, m[key], in, &texts, &named)
	}
	b.addTagTexts(texts)
	return named
}

// addTag adds one tag with a key; texts gets the key of a tag that is a mere
// mark, named the value of the one called name.
func (b *builder) addTag(key string, x any, in EntityInput, texts *[]string, named *graph.Value) {
	v, ok := graph.ValueOf(x)
	if !ok {
		b.drop("tag."+key, reasonNested)
		return
	}
	text := v.Text()
	if v.Kind() == graph.String {
		b.props.Set("tag."+key, ParseText(text))
		if text == "" || strings.EqualFold(text, "true") {
			*texts = append(*texts, key)
		}
	} else {
		b.props.Set("tag."+key, v)
	}
	lower := strings.ToLower(key)
	switch {
	case lower == "name":
		if b.props.Get("name").Text() == "" {
			b.props.Set("name", graph.StringValue(text))
		}
		*named = graph.StringValue(text)
	case slices.Contains(copiedTags, lower),
		slices.ContainsFunc(in.TagProperties, func(p string) bool { return strings.EqualFold(p, key) }):
		b.props.Set(lower, graph.StringValue(strings.ToLower(text)))
	}
}

var (
	wholeNumber   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d+$`) })
	decimalNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d+\.\d+$`) })
)

// ParseText reads what a text stands for, as the SDK does with values of tags:
// true and false in any case, digits (so that 007 is 7), digits.digits. Anything
// else is the text itself.
func ParseText(text string) graph.Value {
	switch {
	case strings.EqualFold(text, "true"), strings.EqualFold(text, "false"):
		return graph.BoolValue(strings.EqualFold(text, "true"))
	case wholeNumber().MatchString(text):
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return graph.IntValue(i)
		}
	case decimalNumber().MatchString(text):
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return graph.FloatValue(f)
		}
	}
	return graph.StringValue(text)
}
