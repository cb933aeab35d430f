package column_test

import (
	"testing"

	"github.com/j1db/j1db/store/column"
)

// An alias has no values, so a patch that is one could answer for no row.
func TestPatchIsNoAlias(t *testing.T) {
	var b column.Builder
	b.AppendInt(1)
	data, err := column.EncodePatch(nil, []uint32{0}, &b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := column.OpenPatch(data); err != nil {
		t.Fatal(err)
	}
	// One row, and the series of its number, stand before the column.
	whole, err := b.Encode(nil, column.Options{})
	if err != nil {
		t.Fatal(err)
	}
	head := data[:len(data)-len(whole)]
	alias := column.EncodeAlias(nil, 1, "displayName")
	if _, err := column.OpenPatch(append(append([]byte{}, head...), alias...)); err == nil {
		t.Error("an alias passed for a patch")
	}
}
