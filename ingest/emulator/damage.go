package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
)

// maintenance is what a proxy answers when it should not.
const maintenance = `<!DOCTYPE html>
<html><head><title>Scheduled maintenance</title></head>
<body><h1>We will be back soon</h1></body></html>
`

// able says whether a fault can be done to an answer.
func (h *Handler) able(f Fault, a *reply) bool {
	switch f.Action {
	case Answer, Reset, HTML, WrongShape, Pass:
		return true
	case CutBody, CutJSON:
		return a.status < 300
	case WrongTotal, StuckPage:
		return a.page != nil && h.api.can(f, a.page)
	case EmptyList:
		return a.page != nil
	}
	return a.page != nil && len(a.page.rows) > 0
}

// damage turns the right answer into what the fault wants.
func (h *Handler) damage(c *call, f Fault, a *reply) {
	switch f.Action {
	case Answer:
		if f.Status == 0 {
			break
		}
		a.replace(f.Status, h.api.problem(f.Status))
		if f.Body != "" {
			a.raw = []byte(f.Body)
		}
	case HTML:
		a.replace(http.StatusOK, nil)
		a.raw = []byte(maintenance)
		a.header.Set("Content-Type", "text/html; charset=utf-8")
	case WrongShape:
		a.replace(http.StatusOK, "ok")
	case CutBody:
		a.cut = true
	case CutJSON:
		a.encode()
		a.raw = a.raw[:len(a.raw)/2]
	case WrongTotal, StuckPage:
		h.api.spoil(c, f, a)
	case ShrinkPages:
		h.Faults.hide(listOf(c.request), a.page.keys[0])
	case EmptyList:
		a.header.Del("Next-Range")
		a.header.Del("Content-Range")
		a.status = http.StatusOK
		a.page.rows, a.page.total = nil, 0
		h.api.spoil(c, f, a)
	case DropID, NullField, NullRow, RepeatRow:
		a.page.spoilRow(f)
	}
	for name, value := range f.Header {
		a.header.Set(name, value)
		if value == "" {
			a.header.Del(name)
		}
	}
	if f.Edit != nil {
		h.state.Edit(f.Edit)
	}
}

// replace forgets the answer for another one; headers that every answer has stay.
func (a *reply) replace(status int, body any) {
	for _, name := range []string{"Next-Range", "Content-Range", "Accept-Ranges", "Etag", "Last-Modified", "X-Total-Count", "Content-Type"} {
		a.header.Del(name)
	}
	*a = reply{status: status, header: a.header, body: body}
}

// spoilRow does what a fault does to one row of a page.
func (p *page) spoilRow(f Fault) {
	p.rows = slices.Clone(p.rows)
	at := f.Row
	if at < 0 || at >= len(p.rows) {
		at = len(p.rows) - 1
	}
	switch f.Action {
	case NullRow:
		p.rows[at] = json.RawMessage("null")
	case RepeatRow:
		again := p.before()
		if again == nil {
			again = p.rows[0]
		}
		p.rows = slices.Insert(p.rows, 0, again)
	case DropID, NullField:
		p.rows[at] = without(p.rows[at], f)
	}
}

// without gives a row without its id, or with a null in it.
func without(row json.RawMessage, f Fault) json.RawMessage {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(row, &fields); err != nil {
		return row
	}
	if f.Action == DropID {
		delete(fields, "id")
		delete(fields, "_id")
		return encode(fields)
	}
	name := f.Field
	for _, candidate := range []string{"name", "username", "hostname", "email", "user", "to", "serialNumber", "app"} {
		if _, ok := fields[candidate]; ok && name == "" {
			name = candidate
		}
	}
	fields[name] = json.RawMessage("null")
	return encode(fields)
}
