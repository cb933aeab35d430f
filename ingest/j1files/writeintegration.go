package j1files

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/j1db/j1db/store/graph"
)

// Bounds on one file of a .j1-integration folder, after JupiterOne's SDK.
const (
	maxFileObjects = 500
	maxFileBytes   = 5_000_000
)

// exportStep is the step that the folder names as the one that ran.
const exportStep = "export"

// IntegrationOptions say what a .j1-integration folder tells of itself.
type IntegrationOptions struct {
	// Partial are the types that are not whole: whoever uploads the folder keeps
	// what it has of them.
	Partial []string
	// Time is when the objects were as they are, in epoch milliseconds.
	Time int64
	// Raws returns the raw data of objects as JSON, in the order of ids, nil where
	// there are none. It may return fewer, but at least one. Nil is for no raw data.
	Raws func(ids []graph.Identity) ([][]byte, error)
}

// InstancesError says that objects of two instances came where only those of one
// can be written, because keys are only unique in an instance.
type InstancesError struct{ First, Second string }

// Error implements error.
func (e *InstancesError) Error() string {
	return fmt.Sprintf("objects of the instances %s and %s cannot be in one folder; export one instance at a time", e.First, e.Second)
}

// WriteIntegration writes the objects of one instance as a folder that
// JupiterOne's own tools read: graph/export/entities and .../relationships with
// files of one type, at most 500 objects and 5,000,000 bytes each, and
// summary.json with the partial types. The SDK's index of links is not written:
// only a run that is under way reads it.
//
// JupiterOne takes no lists of mixed kinds and no properties of its own kind of
// name; those, and objects larger than a file, are left out and told, as are raw
// data that make an object larger than a file. The types of objects that are left
// out are partial. Ends in
// other instances have their `_fromEntityScope` and `_toEntityScope`. A second
// instance is an *InstancesError.
func WriteIntegration(folder *Folder, images Images, opt IntegrationOptions) (Written, error) {
	var out Written
	if err := folder.mkdir(graphFolder); err != nil {
		return out, err
	}
	w := &integrationWriter{pages: newPages(folder, &out), out: &out, open: map[string]*series{}, counts: map[string]int{}, raws: opt.Raws}
	for im, err := range images {
		if err != nil {
			return out, err
		}
		if err := w.object(im); err != nil {
			return out, err
		}
	}
	if err := w.settle(); err != nil {
		return out, err
	}
	for _, name := range slices.Sorted(maps.Keys(w.open)) {
		if err := w.close(w.open[name]); err != nil {
			return out, err
		}
	}
	text, err := json.MarshalIndent(w.summary(opt), "", "  ")
	if err != nil {
		return out, fmt.Errorf("encode %s: %w", summaryFile, err)
	}
	out.Files++
	out.Bytes += int64(len(text))
	return out, folder.append(summaryFile, text)
}

// integrationWriter is the state of WriteIntegration.
type integrationWriter struct {
	pages  *pages
	out    *Written
	open   map[string]*series
	counts map[string]int // of objects, by type
	spared []string       // types of objects that no file can hold
	raws   func([]graph.Identity) ([][]byte, error)

	// What follows waits for its raw data, which are read for many objects at once.
	text    []byte
	waiting []waitingObject
	ids     []graph.Identity
	line    []byte
}

// waitingObject is an object whose text is there but for its raw data.
type waitingObject struct {
	graph.Image     // but for its properties
	start, end  int // in the text
}

// Bounds on what waits for its raw data.
const (
	waitingObjects = 256
	waitingBytes   = 1 << 20
)

// series is the files of one kind and type, of which the last one is open.
type series struct {
	base   string // their path but for the number
	list   string // "entities" or "relationships"
	number int
	bytes  int
	page   *page
}

func (w *integrationWriter) object(im *graph.Image) error {
	w.out.count(im)
	if in := w.out.Instances; len(in) > 1 {
		return &InstancesError{in[0], in[1]}
	}
	if w.raws == nil {
		return w.place(im, appendObject(w.line[:0], im, w.out, keepUploadable))
	}
	start := len(w.text)
	w.text = appendObject(w.text, im, w.out, keepUploadable)
	w.waiting = append(w.waiting, waitingObject{graph.Image{Kind: im.Kind, Instance: im.Instance, Key: im.Key, Type: im.Type}, start, len(w.text)})
	w.ids = append(w.ids, im.Identity())
	if len(w.waiting) < waitingObjects && len(w.text) < waitingBytes {
		return nil
	}
	return w.settle()
}

// settle writes the objects that wait, with their raw data.
func (w *integrationWriter) settle() error {
	waiting, ids := w.waiting, w.ids
	for len(waiting) > 0 {
		raws, err := w.raws(ids)
		if err == nil && (len(raws) == 0 || len(raws) > len(ids)) {
			err = errors.New("none were given")
		}
		if err != nil {
			return fmt.Errorf("read raw data: %w", err)
		}
		for i, raw := range raws {
			o := &waiting[i]
			w.line = appendRaw(append(w.line[:0], w.text[o.start:o.end]...), raw)
			if w.tooLong(&o.Image, w.line) && len(raw) > 0 {
				w.out.omit(&o.Image, nameRaw, reasonTooLarge)
				w.line = w.line[:o.end-o.start]
				w.line[len(w.line)-1] = '}'
			}
			if err := w.place(&o.Image, w.line); err != nil {
				return err
			}
		}
		waiting, ids = waiting[len(raws):], ids[len(raws):]
	}
	w.text, w.waiting, w.ids = w.text[:0], w.waiting[:0], w.ids[:0]
	return nil
}

// appendRaw adds raw data to the text of an object. JupiterOne takes a list of names
// and data; anything else is given the name default.
func appendRaw(b, raw []byte) []byte {
	if len(raw) == 0 {
		return b
	}
	b = append(b[:len(b)-1], `,"`+nameRaw+`":`...)
	if raw[0] == '[' {
		b = append(b, raw...)
	} else {
		b = append(append(append(b, `[{"name":"default","rawData":`...), raw...), "}]"...)
	}
	return append(b, '}')
}

// tooLong reports whether no file can hold an object.
func (w *integrationWriter) tooLong(im *graph.Image, line []byte) bool {
	return len(line)+len(w.series(im).opening())+len(closing) > maxFileBytes
}

// place adds the text of an object to the file of its type.
func (w *integrationWriter) place(im *graph.Image, line []byte) error {
	w.line = line
	if w.tooLong(im, line) {
		w.out.omit(im, "", reasonTooLarge)
		w.out.uncount(im)
		w.spared = append(w.spared, im.Type)
		return nil
	}
	s := w.series(im)
	w.counts[im.Type]++
	if s.page != nil && (s.page.objects == maxFileObjects || s.bytes+1+len(w.line)+len(closing) > maxFileBytes) {
		if err := w.close(s); err != nil {
			return err
		}
	}
	return w.add(s)
}

func (w *integrationWriter) series(im *graph.Image) *series {
	list := "entities"
	if im.Kind == graph.RelationshipKind {
		list = "relationships"
	}
	key := list + "/" + im.Type
	s, ok := w.open[key]
	if !ok {
		s = &series{base: path.Join(graphFolder, exportStep, list, fileName(im.Type)), list: list}
		w.open[key] = s
	}
	return s
}

const closing = "]}\n"

func (s *series) opening() string { return `{"` + s.list + `":[` }

// add adds the line to the open file of s, which it opens if need be.
func (w *integrationWriter) add(s *series) error {
	before := s.bytes
	if s.page == nil {
		s.number++
		s.page = w.pages.page(fmt.Sprintf("%s-%05d.json", s.base, s.number))
		s.page.text = append(s.page.text, s.opening()...)
		before, s.bytes = 0, len(s.opening())
	} else {
		s.page.text = append(s.page.text, ',')
		s.bytes++
	}
	s.page.text = append(s.page.text, w.line...)
	s.page.objects++
	s.bytes += len(w.line)
	return w.pages.grown(s.bytes - before)
}

// close ends the open file of s and writes it.
func (w *integrationWriter) close(s *series) error {
	if s.page == nil {
		return nil
	}
	p := s.page
	s.page = nil
	p.text = append(p.text, closing...)
	w.pages.size += len(closing)
	delete(w.pages.files, p.name)
	return w.pages.write(p)
}

func (w *integrationWriter) summary(opt IntegrationOptions) *summary {
	partial := slices.Compact(slices.Sorted(slices.Values(slices.Concat(opt.Partial, w.spared))))
	types := slices.Sorted(maps.Keys(w.counts))
	declared := slices.Compact(slices.Sorted(slices.Values(slices.Concat(types, partial))))
	step := stepSummary{
		ID: exportStep, Name: "Export", DependsOn: []string{}, Declared: notNil(declared), Partial: notNil(partial),
		Encountered: notNil(types), Counts: w.counts, Status: statusSuccess, Start: opt.Time, End: opt.Time,
	}
	s := &summary{Steps: []stepSummary{step}}
	s.Metadata.PartialDatasets.Types = notNil(partial)
	return s
}

// notNil makes an empty list of none, which JSON would call null.
func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// keepUploadable takes what JupiterOne takes.
func keepUploadable(p *graph.Property) string {
	switch {
	case strings.HasPrefix(p.Name, "_"):
		return reasonOwn
	case p.Value.Mixed():
		return reasonMixed
	}
	return ""
}
