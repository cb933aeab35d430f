package table_test

import (
	"bytes"
	"testing"

	"github.com/j1db/j1db/store/graph"
	"github.com/j1db/j1db/store/table"
	"github.com/j1db/j1db/store/wire"
)

// one is a File that holds the same record under every key.
type one []byte

func (f one) Get(string, []byte) ([]byte, error) { return bytes.Clone(f), nil }

// FuzzRecords decodes any payload as every sort of record of the package: an error
// or a record that is written and read again as it was, and never a panic.
func FuzzRecords(f *testing.F) {
	r := &table.Record{
		Number: 3, Kind: graph.RelationshipKind, Type: "team_has_user", Class: "HAS", From: 1, To: 2, Rows: 70_000, Live: 9,
		Columns: []string{table.ColumnKey, "name"}, Instances: map[string]uint32{"east": 9},
	}
	record := r.Encode().Value
	f.Add(record[:len(record)-4])
	d := table.NewDirectory()
	from, _ := d.Add(table.Name{Type: "team"})
	if _, err := d.Add(table.Name{Kind: graph.RelationshipKind, Type: "t", Class: "HAS", From: from, To: from}); err != nil {
		f.Fatal(err)
	}
	list := d.Encode([]byte("directory"))
	f.Add(list[:len(list)-4])
	f.Add([]byte{3, 7})
	f.Fuzz(func(t *testing.T, payload []byte) {
		seal := func(key []byte) []byte {
			w := wire.Writer{B: bytes.Clone(payload)}
			return w.Seal(key)
		}
		number := []byte{0, 0, 0, 3}
		if r, err := table.DecodeRecord(3, seal(number)); err == nil {
			again, err := table.DecodeRecord(3, r.Encode().Value)
			if err != nil || !bytes.Equal(again.Encode().Value, r.Encode().Value) {
				t.Errorf("record: %v", err)
			}
		}
		key := []byte("directory")
		if d, err := table.DecodeDirectory(key, seal(key)); err == nil {
			again, err := table.DecodeDirectory(key, d.Encode(key))
			if err != nil || !bytes.Equal(again.Encode(key), d.Encode(key)) {
				t.Errorf("directory: %v", err)
			}
		}
		_, _ = table.ReadStatistics(one(seal(number)), 3)
		if x, err := table.OpenIndex(one(seal([]byte{byte(table.IndexKey)})), table.IndexKey); err == nil {
			_, _ = x.Look(nil, 1<<63)
		}
	})
}
