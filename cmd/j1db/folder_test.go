package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// folder writes a .j1-integration folder; files named with a star are packed with
// Brotli under the name without it, as the SDK does when it is told to.
func (s *station) folder(files map[string]string) string {
	s.t.Helper()
	root := s.path(".j1-integration")
	if err := os.RemoveAll(root); err != nil {
		s.t.Fatal(err)
	}
	for name, text := range files {
		data := []byte(text)
		if plain, packed := strings.CutSuffix(name, "*"); packed {
			var b bytes.Buffer
			w := brotli.NewWriter(&b)
			if _, err := w.Write(data); err != nil || w.Close() != nil {
				s.t.Fatal(err)
			}
			name, data = plain, b.Bytes()
		}
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return root
}

const (
	orchardTeams = `{"entities":[{"_key":"orchard-team-1","_type":"orchard_team","_class":["Team"],"name":"Pears","displayName":"Pears"}]}`
	orchardUsers = `{"entities":[
		{"_key":"orchard-user-1","_type":"orchard_user","_class":["User"],"name":"Pip","displayName":"Pip","email":"pip@orchard.example"},
		{"_key":"orchard-user-2","_type":"orchard_user","_class":["User"],"name":"Core","displayName":"Core","email":"core@orchard.example"}]}`
	orchardLinks = `{"relationships":[
		{"_key":"orchard-team-1|has|orchard-user-1","_type":"orchard_team_has_user","_class":"HAS","_fromEntityKey":"orchard-team-1","_toEntityKey":"orchard-user-1"},
		{"_key":"orchard-user-1|is|x","_type":"mapping_source_is_employee","_class":"IS","_mapping":{"relationshipDirection":"FORWARD","sourceEntityKey":"orchard-user-1",
			"targetFilterKeys":[["_class","email"]],"targetEntity":{"_class":"Person","_type":"employee","_key":"employee-pip","email":"pip@orchard.example"}}}]}`
)

// A folder of JupiterOne's SDK, packed or not, is imported with its mapped
// relationships; what its summary calls partial is not deleted, and what it does not
// name is.
func TestImportOfAnIntegration(t *testing.T) {
	s := newStation(t, nil)
	s.env["J1DB_DB"] = s.path("graph.db")
	importIt := func(files map[string]string, want string) {
		t.Helper()
		root := s.folder(files)
		var out bytes.Buffer
		if code := s.runTo(t.Context(), &out, "import", root, "--instance", "orchard"); code != exitDone || !strings.Contains(out.String(), want) {
			t.Errorf("exit code %d, want %q\n%s%s", code, want, &out, &s.stderr)
		}
	}
	whole := map[string]string{
		"graph/teams/entities/a.json": orchardTeams, "graph/users/entities/b.json*": orchardUsers,
		"graph/links/relationships/c.json*": orchardLinks, "summary.json": `{"metadata":{"partialDatasets":{"types":[]}}}`,
	}
	importIt(whole, "orchard: version 1, 6 created") // with the person and the way to it
	importIt(whole, "orchard: nothing changed")
	importIt(map[string]string{
		"graph/links/relationships/c.json": orchardLinks, "graph/users/entities/b.json": orchardUsers,
		"summary.json": `{"metadata":{"partialDatasets":{"types":["orchard_team"]}}}`,
	}, "orchard: nothing changed")
	importIt(map[string]string{
		"graph/teams/entities/a.json*": orchardTeams, "graph/links/relationships/c.json": `{"relationships":[]}`,
		"summary.json": `{"metadata":{"partialDatasets":{"types":["orchard_user"]}}}`,
	}, "orchard: version 2, 0 created, 0 updated, 3 deleted")
	s.stderr.Reset()
	if err := os.Symlink(s.path("elsewhere.json"), filepath.Join(s.folder(whole), "graph", "users", "entities", "link.json")); err != nil {
		t.Skipf("SKIPPED: this system makes no symbolic links: %v", err)
	}
	var out bytes.Buffer
	if code := s.runTo(t.Context(), &out, "import", s.path(".j1-integration"), "--instance", "orchard"); code != exitDone || !strings.Contains(s.stderr.String(), "1 links and other irregular files were not read") {
		t.Errorf("exit code %d\n%s%s", code, &out, &s.stderr)
	}
}
