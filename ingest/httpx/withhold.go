package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// about is what a transport must know of a request beyond the request itself.
type about struct {
	own      http.Header // the headers that are the request's and not the client's
	withheld []string    // Options.Withhold
}

type aboutKey struct{}

func withAbout(ctx context.Context, a about) context.Context {
	return context.WithValue(ctx, aboutKey{}, a)
}

// aboutOf returns what the client said of req; nothing when it is not a client's.
func aboutOf(req *http.Request) about {
	a, _ := req.Context().Value(aboutKey{}).(about)
	return a
}

// withhold puts null in the place of every member of that name in a JSON text, at
// any depth. Of a text that names one and cannot be read nothing is left.
func withhold(body []byte, names []string) []byte {
	named := slices.ContainsFunc(names, func(name string) bool { return bytes.Contains(body, []byte(`"`+name+`"`)) })
	if !named {
		return body
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil || d.More() {
		return nil
	}
	blank(value, names)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(value) != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func blank(value any, names []string) {
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			blank(e, names)
		}
	case map[string]any:
		for name, e := range v {
			if slices.Contains(names, name) {
				v[name] = nil
				continue
			}
			blank(e, names)
		}
	}
}
