package j1files_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/j1files"
	"github.com/j1db/j1db/store/graph"
)

// TestIntegrationCarriesRawData holds that raw data come back as they were, however
// many are given at once, and that those which fit nowhere are told.
func TestIntegrationCarriesRawData(t *testing.T) {
	var images []*graph.Image
	want := map[string]string{}
	raws := map[string]string{}
	for i := range 700 {
		key := fmt.Sprintf("user-%04d", i)
		images = append(images, entity("orchard", key, "acme_user", []string{"User"}, prop("n", i)))
		switch i % 3 {
		case 0: // none
		case 1:
			raws[key] = fmt.Sprintf(`[{"name":"default","rawData":{"n":%d}}]`, i)
			want[key] = raws[key]
		case 2:
			raws[key] = fmt.Sprintf(`{"n":%d}`, i)
			want[key] = fmt.Sprintf(`[{"name":"default","rawData":{"n":%d}}]`, i)
		}
	}
	huge := `{"text":"` + strings.Repeat("r", 5_000_000) + `"}`
	raws["user-0000"] = huge
	dir := filepath.Join(t.TempDir(), "out")
	folder, err := j1files.CreateFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	out, err := j1files.WriteIntegration(folder, imagesOf(images), j1files.IntegrationOptions{
		Raws: func(ids []graph.Identity) ([][]byte, error) {
			var out [][]byte
			for _, id := range ids[:min(7, len(ids))] {
				out = append(out, []byte(raws[id.Key]))
			}
			return out, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.Entities != 700 || out.OmittedCount != 1 || out.Omitted[0].Key != "user-0000" || out.Omitted[0].Property != "_rawData" {
		t.Errorf("written %+v", out)
	}
	s, r, err := readFolder(t, dir, j1files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, it := range s.items {
		if len(it.entity.Raw) > 0 {
			got[it.entity.Key] = string(it.entity.Raw)
		}
	}
	if len(got) != len(want) || strings.Contains(printReport(r, nil), "partial") {
		t.Errorf("%d with raw data, want %d; %s", len(got), len(want), printReport(r, nil))
	}
	for key, raw := range want {
		if got[key] != raw {
			t.Errorf("%s: %s, want %s", key, got[key], raw)
		}
	}
}

// TestIntegrationSparesWhatIsTooLarge holds that an object which no file can hold is
// not deleted by whoever uploads the folder.
func TestIntegrationSparesWhatIsTooLarge(t *testing.T) {
	large := entity("orchard", "large", "acme_note", []string{"Record"})
	for i := range 6 {
		large.Props.Set(fmt.Sprintf("text%d", i), graph.StringValue(strings.Repeat("x", 1_000_000)))
	}
	dir := filepath.Join(t.TempDir(), "out")
	folder, err := j1files.CreateFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	out, err := j1files.WriteIntegration(folder, imagesOf([]*graph.Image{large, entity("orchard", "u", "acme_user", []string{"User"})}), j1files.IntegrationOptions{})
	if err != nil || out.Entities != 1 || out.OmittedCount != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	_, r, err := readFolder(t, dir, j1files.Options{})
	if got := printReport(r, err); !strings.Contains(got, "partial acme_note") || strings.Contains(got, "partial acme_user") {
		t.Errorf("%s", got)
	}
}

func TestIntegrationRawDataFail(t *testing.T) {
	errRaw := errors.New("corrupt")
	for _, tt := range []struct {
		name string
		raws func([]graph.Identity) ([][]byte, error)
		want string
	}{
		{"an error", func([]graph.Identity) ([][]byte, error) { return nil, errRaw }, "corrupt"},
		{"nothing at all", func([]graph.Identity) ([][]byte, error) { return nil, nil }, "none were given"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder, err := j1files.CreateFolder(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			_, err = j1files.WriteIntegration(folder, imagesOf([]*graph.Image{entity("a", "k", "t", []string{"C"})}), j1files.IntegrationOptions{Raws: tt.raws})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
