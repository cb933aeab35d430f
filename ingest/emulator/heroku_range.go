package emulator

import (
	"fmt"
	"net/http"
	"sort"
	"strconv"
	"strings"
)

// herokuRange is a parsed Range header such as
//
//	id ]01234567-89ab-cdef-0123-456789abcdef..; max=200, order=desc
//
// An empty bound is open; a bracket excludes the bound that it stands at.
type herokuRange struct {
	property         string
	from, to         string
	afterFrom, below bool // exclude from, exclude to
	max              int
	descending       bool
}

// parseRange reads a Range header; an empty one is the default page by id.
func parseRange(text string, fallback int) (herokuRange, error) {
	r := herokuRange{property: "id", max: fallback}
	if text == "" {
		return r, nil
	}
	span, options, _ := strings.Cut(text, ";")
	property, bounds, _ := strings.Cut(strings.TrimSpace(span), " ")
	from, to, ok := strings.Cut(strings.TrimSpace(bounds), "..")
	if property == "" || !ok {
		return r, fmt.Errorf("range %q is not of the form \"property from..to\"", text)
	}
	r.property = property
	r.from, r.afterFrom = strings.CutPrefix(from, "]")
	r.to, r.below = strings.CutSuffix(to, "[")
	r.from, r.to = strings.TrimPrefix(r.from, "["), strings.TrimSuffix(r.to, "]")
	return r, r.options(options)
}

// options reads what follows the semicolon.
func (r *herokuRange) options(text string) error {
	for option := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || c == ';' }) {
		name, value, _ := strings.Cut(strings.TrimSpace(option), "=")
		switch name {
		case "":
		case "max":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > 1000 {
				return fmt.Errorf("max=%s is not between 1 and 1000", value)
			}
			r.max = n
		case "order":
			if value != "asc" && value != "desc" {
				return fmt.Errorf("order=%s is neither asc nor desc", value)
			}
			r.descending = value == "desc"
		default:
			return fmt.Errorf("unknown range option %q", name)
		}
	}
	return nil
}

// next writes the range that continues after a value.
func (r herokuRange) next(last string) string {
	text := r.property + " ]" + last + ".."
	if r.to != "" {
		text += r.to
		if r.below {
			text += "["
		}
	}
	text += "; max=" + strconv.Itoa(r.max)
	if r.descending {
		text += ", order=desc"
	}
	return text
}

// begun says whether a value is at or beyond the lower bound.
func (r herokuRange) begun(value string) bool {
	order := r.compare(value, r.from)
	return r.from == "" || order > 0 || order == 0 && !r.afterFrom
}

// ended says whether a value is beyond the upper bound.
func (r herokuRange) ended(value string) bool {
	order := r.compare(value, r.to)
	return r.to != "" && (order > 0 || order == 0 && r.below)
}

// compare orders two values in the range's direction.
func (r herokuRange) compare(a, b string) int {
	if r.descending {
		return strings.Compare(b, a)
	}
	return strings.Compare(a, b)
}

// list answers a list of Heroku: the page that the Range header asks for.
func (a *herokuAPI) list(c *call, l *list) *reply {
	r, err := parseRange(c.request.Header.Get("Range"), a.DefaultPage)
	by, ok := l.column(r.property)
	if err == nil && !ok {
		err = fmt.Errorf("cannot range over %q", r.property)
	}
	if err != nil {
		return a.refuse(http.StatusRequestedRangeNotSatisfiable, err.Error())
	}
	at := l.at
	if r.property != l.columns[0].name || r.descending {
		at = l.sorted(by, r.descending)
	}
	at = l.without(at, c.gone(r.from == ""))
	size := min(r.max, a.MaxPage)
	from := sort.Search(len(at), func(i int) bool { return r.begun(by.of(at[i])) })
	end := from
	for end < len(at) && !r.ended(by.of(at[end])) {
		// A cursor cannot stand between equal values, so ties share a page.
		if end-from >= size && by.of(at[end]) != by.of(at[end-1]) {
			break
		}
		end++
	}
	more := end < len(at) && !r.ended(by.of(at[end]))
	reply := &reply{status: http.StatusOK, header: http.Header{}}
	reply.page = l.page(at, from, end, from/size+1, max(1, (len(at)+size-1)/size))
	reply.rangeHeaders(l, by, r, at[from:end], more)
	return reply
}

// rangeHeaders describes the page that is served and the one after it.
func (a *reply) rangeHeaders(l *list, by column, r herokuRange, at []int32, more bool) {
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.name
	}
	a.header.Set("Accept-Ranges", strings.Join(names, ", "))
	if len(at) > 0 {
		a.header.Set("Content-Range", r.property+" "+by.of(at[0])+".."+by.of(at[len(at)-1]))
	}
	if more {
		a.status = http.StatusPartialContent
		a.header.Set("Next-Range", r.next(by.of(at[len(at)-1])))
	}
}
