package estate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// writeBuffer is how much of a file is written at a time, and how often the
// context is looked at.
const writeBuffer = 1 << 20

// WriteEntities writes the entities as JSON Lines, and returns how many.
func (v *View) WriteEntities(ctx context.Context, w io.Writer) (int, error) {
	out := newLines(ctx, w)
	d, r := diceOf(), &record{}
	for k := range kinds {
		head := `","_type":"` + infos[k].name + `","_class":` + string(appendList(nil, infos[k].class))
		for row, alive := range v.living[k] {
			if !alive {
				continue
			}
			v.estate.fill(r, d, k, row, v.version)
			out.begin(v.estate.key(k, row))
			out.buf = r.appendFields(append(out.buf, head...))
			out.end()
		}
	}
	return out.close()
}

// WriteRelationships writes the relationships as JSON Lines, and returns how many.
func (v *View) WriteRelationships(ctx context.Context, w io.Writer) (int, error) {
	out := newLines(ctx, w)
	keys := v.keys()
	for j := range joins {
		info := &joinInfos[j]
		between := "|" + strings.ToLower(info.verb) + "|"
		head := `","_type":"` + info.typ() + `","_class":"` + info.verb + `","displayName":"` + info.verb + `","_fromEntityKey":"`
		v.each(j, func(at int, l link) {
			from, to := keys[info.from][l.from], keys[info.to][l.to]
			out.begin(from)
			out.buf = append(append(append(append(out.buf, between...), to...), head...), from...)
			out.buf = append(append(append(out.buf, `","_toEntityKey":"`...), to...), '"')
			if info.since != "" {
				out.buf = append(append(append(out.buf, ',', '"'), info.since...), '"', ':')
				out.buf = strconv.AppendInt(out.buf, epoch+int64(diceOf(v.estate.seed, uint64(j), uint64(at), 's').below(700))*day, 10)
			}
			out.end()
		})
	}
	return out.close()
}

// PatchSize is how many entities WritePatch writes.
const PatchSize = 10

// WritePatch writes entities of the version, each as it is that many minutes later.
func (v *View) WritePatch(w io.Writer, minutes int) error {
	out := newLines(context.Background(), w)
	d, r := diceOf(), &record{}
	for row := 0; out.count < PatchSize && row < len(v.living[application]); row++ {
		if !v.living[application][row] {
			continue
		}
		v.estate.fill(r, d, application, row, v.version)
		at := slices.IndexFunc(r.fields, func(f field) bool { return f.name == "updatedOn" })
		r.fields[at].num += int64(minutes) * 60_000
		out.begin(v.estate.key(application, row))
		out.buf = append(out.buf, `","_type":"`+infos[application].name+`","_class":`...)
		out.buf = r.appendFields(appendList(out.buf, infos[application].class))
		out.end()
	}
	_, err := out.close()
	return err
}

// keys are the keys of all entities, by type and row.
func (v *View) keys() [kinds][]string {
	var keys [kinds][]string
	for k := range kinds {
		keys[k] = make([]string, len(v.living[k]))
		for row := range keys[k] {
			keys[k][row] = v.estate.key(k, row)
		}
	}
	return keys
}

// lines writes objects, a line each. The first error ends all writing.
type lines struct {
	ctx   context.Context
	w     *bufio.Writer
	buf   []byte
	count int
	since int // bytes since the context was looked at
	err   error
}

func newLines(ctx context.Context, w io.Writer) *lines {
	return &lines{ctx: ctx, w: bufio.NewWriterSize(w, writeBuffer)}
}

func (l *lines) begin(key string) { l.buf = append(append(l.buf[:0], `{"_key":"`...), key...) }

func (l *lines) end() {
	l.buf = append(l.buf, '}', '\n')
	l.count++
	if l.since += len(l.buf); l.since >= writeBuffer && l.err == nil {
		l.since, l.err = 0, l.ctx.Err()
	}
	if l.err == nil {
		_, l.err = l.w.Write(l.buf)
	}
}

func (l *lines) close() (int, error) {
	if l.err == nil {
		l.err = l.w.Flush()
	}
	if l.err != nil {
		return l.count, fmt.Errorf("write estate: %w", l.err)
	}
	return l.count, nil
}
