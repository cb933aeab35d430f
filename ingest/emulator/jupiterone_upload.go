package emulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// jupiterOneProblem is an error that the API answers.
type jupiterOneProblem struct {
	status        int
	code, message string
}

func (p *jupiterOneProblem) Error() string { return p.message }

func badUpload(code, format string, args ...any) *jupiterOneProblem {
	return &jupiterOneProblem{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// unpackUpload reads a request's document. The ceiling is on what is unpacked.
func unpackUpload(r *http.Request, ceiling int) ([]byte, error) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, badUpload("BAD_REQUEST", "the body is not gzip")
		}
		body = z
	}
	b, err := io.ReadAll(io.LimitReader(body, int64(ceiling)+1))
	switch {
	case err != nil:
		return nil, badUpload("BAD_REQUEST", "the body cannot be read")
	case len(b) > ceiling:
		return nil, &jupiterOneProblem{http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "request entity too large"}
	}
	return b, nil
}

// jupiterOneUpload is the document of an upload.
type jupiterOneUpload struct {
	Entities            json.RawMessage `json:"entities"`
	Relationships       json.RawMessage `json:"relationships"`
	DeleteEntities      json.RawMessage `json:"deleteEntities"`
	DeleteRelationships json.RawMessage `json:"deleteRelationships"`
}

// objects decodes one of the lists.
func (u *jupiterOneUpload) objects(kind string) ([]map[string]any, error) {
	raw := u.Entities
	if kind == "relationships" {
		raw = u.Relationships
	}
	if raw == nil {
		return nil, nil
	}
	var list []map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&list); err != nil {
		return nil, badUpload("ENTITY_IS_NOT_ARRAY", "%s is not a list of objects", kind)
	}
	return list, nil
}

// jupiterOneSystem are the underscored members that an upload may have.
var jupiterOneSystem = []string{"_id", "_key", "_type", "_class", "_rawData", "_mapping", "_fromEntityKey", "_toEntityKey",
	"_fromEntityId", "_toEntityId", "_fromEntityScope", "_toEntityScope", "_fromEntitySource", "_toEntitySource"}

// readObject checks one object of an upload and takes it apart.
func (j *jupiterOneJob) readObject(kind string, in map[string]any, tolerant bool) (*JupiterOneObject, error) {
	o := &JupiterOneObject{Properties: map[string]any{}}
	o.Key, _ = in["_key"].(string)
	o.Type, _ = in["_type"].(string)
	o.Class = textList(in["_class"])
	if o.Key == "" {
		return nil, badUpload("MISSING_KEY", "an object has no _key")
	}
	if j.SyncMode != jupiterOnePatch && (o.Type == "" || len(o.Class) == 0) {
		return nil, badUpload("BAD_REQUEST", "object %s has no _type or no _class", o.Key)
	}
	if raw, ok := in["_rawData"]; ok {
		o.RawData = encode(raw)
	}
	o.ID = jupiterOneID(j.home(), o.Key)
	for name, v := range in {
		if strings.HasPrefix(name, "_") && slices.Contains(jupiterOneSystem, name) {
			continue
		}
		if err := checkJupiterOneProperty(name, v); err != nil {
			if tolerant {
				continue
			}
			return nil, badUpload("ILLEGAL_PROPERTY", "object %s: %s", o.Key, err)
		}
		o.Properties[name] = v
	}
	if kind == "relationships" && in["_mapping"] == nil {
		return o, j.readEnds(in, o)
	}
	return o, nil
}

// readEnds takes the ends of a relationship.
func (j *jupiterOneJob) readEnds(in map[string]any, o *JupiterOneObject) error {
	text := func(name string) string { s, _ := in[name].(string); return s }
	o.From = JupiterOneEnd{or(text("_fromEntityScope"), j.home()), text("_fromEntityKey")}
	o.To = JupiterOneEnd{or(text("_toEntityScope"), j.home()), text("_toEntityKey")}
	cross := text("_fromEntityScope") != "" && text("_toEntityScope") != ""
	switch {
	case o.From.Key == "" || o.To.Key == "":
		return badUpload("BAD_REQUEST", "relationship %s lacks an end", o.Key)
	case j.SyncMode == jupiterOneCrossScope && !cross:
		return badUpload("BAD_REQUEST", "relationship %s lacks the scope of an end", o.Key)
	case j.SyncMode == jupiterOneDiff && (o.From.Scope != j.home() || o.To.Scope != j.home()):
		return badUpload("BAD_REQUEST", "relationship %s ends outside of the scope", o.Key)
	}
	return nil
}

// checkJupiterOneProperty says why a property is not taken.
func checkJupiterOneProperty(name string, v any) error {
	if strings.HasPrefix(name, "_") {
		return fmt.Errorf("property %s begins with an underscore", name)
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		switch e.(type) {
		case map[string]any, []any:
			return fmt.Errorf("property %s is nested", name)
		}
		if fmt.Sprintf("%T", e) != fmt.Sprintf("%T", list[0]) {
			return fmt.Errorf("property %s is a list of several kinds", name)
		}
	}
	return nil
}

// textList reads a text or a list of texts.
func textList(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
