package j1files

import (
	"fmt"

	"github.com/j1db/j1db/store/graph"
)

// Decoders runs both decoders on one object, for tests that hold one against the
// other. behind is what follows the object in memory. The scanner reads the object
// twice, because the second time it knows its shape.
type Decoders struct{ scan *scanner }

// NewDecoders returns decoders that have seen nothing yet.
func NewDecoders() *Decoders { return &Decoders{newScanner()} }

// Scan prints what the scanner makes of text, and whether it takes it.
func (d *Decoders) Scan(text, behind string) (string, bool) {
	b := append([]byte(text+behind), make([]byte, pad)...)
	d.scan.reset()
	if !d.scan.object(b, 0, len(text)) {
		return "", false
	}
	return d.scan.got.print(), true
}

// Decode prints what encoding/json makes of text.
func (d *Decoders) Decode(text string) (string, error) {
	o, err := decode([]byte(text))
	if err != nil {
		return "", err
	}
	return o.print(), nil
}

func (o *object) print() string {
	out := fmt.Sprintf("%d key=%q type=%q classes=%q verb=%q from=%q to=%q raw=%q ignored=%d nested=%d doubled=%d",
		o.sort, o.key, o.typ, o.classes, o.verb, o.from, o.to, o.raw, o.ignored, o.nested, o.doubled)
	if o.sort == sortEntity {
		out = fmt.Sprintf("%d key=%q type=%q classes=%q raw=%q ignored=%d nested=%d doubled=%d",
			o.sort, o.key, o.typ, o.classes, o.raw, o.ignored, o.nested, o.doubled)
	}
	for _, p := range o.props {
		out += fmt.Sprintf("\n  %q=%s", p.Name, printValue(p.Value))
	}
	if o.mapping != nil {
		out += fmt.Sprintf("\n  mapping %+v", *o.mapping)
	}
	return out
}

// printValue tells a null in a list from nothing, and text from numbers.
func printValue(v graph.Value) string { return v.Kind().String() + " " + v.String() }
