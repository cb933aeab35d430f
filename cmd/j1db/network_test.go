package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/ingest/ingesttest"
)

// station is a folder with a configuration, and a run of the program in it.
type station struct {
	t              *testing.T
	dir            string
	env            map[string]string
	stdout, stderr bytes.Buffer
}

func newStation(t *testing.T, files map[string]string) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir()}
	s.env = map[string]string{"HOME": s.dir, "HEROKU_API_KEY": emulator.HerokuKey}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// app is the program as the test runs it.
func (s *station) app() *app {
	return &app{
		stdin: strings.NewReader(""), stdout: &s.stdout, stderr: &s.stderr, workDir: s.dir, now: time.Now,
		getenv: func(name string) string { return s.env[name] }, width: func() int { return 0 },
	}
}

// run runs one command line and returns its exit code.
func (s *station) run(args ...string) int {
	s.t.Helper()
	s.stdout.Reset()
	s.stderr.Reset()
	return s.app().execute(s.t.Context(), append([]string{"--config", filepath.Join(s.dir, "j1db.yaml")}, args...))
}

// A company's own certificate authority and its proxy, both from the
// configuration: without the one nothing is trusted, through the other all goes.
func TestProxyAndCertificateAuthority(t *testing.T) {
	api := emulator.Heroku(emulator.NewState(emulator.New(emulator.Options{})), emulator.HerokuOptions{})
	server, caFile := ingesttest.NewTLSServer(t, api)
	ca, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	proxy := ingesttest.NewProxy(t)
	proxyURL := strings.Replace(proxy.URL, "http://", "http://pip:proxy-pass@", 1)
	instance := "db: graph.db\ninstances: [{name: heroku, provider: heroku, config: {apiKey: \"env:HEROKU_API_KEY\", baseUrl: \"" + server.URL + "\"}}]\n"
	s := newStation(t, map[string]string{"j1db.yaml": instance, "ca.pem": string(ca)})
	if code := s.run("sync", "heroku", "--only", "fetch-teams"); code != exitFailed || !strings.Contains(s.stderr.String(), "certificate") {
		t.Errorf("an unknown authority: exit code %d\n%s", code, &s.stderr)
	}
	s.write("j1db.yaml", instance+"network: {caFile: ca.pem, proxy: \"env:COMPANY_PROXY\"}\n")
	if code := s.run("sync", "heroku"); code != exitFailed || !strings.Contains(s.stderr.String(), "COMPANY_PROXY") {
		t.Errorf("a proxy that is not there: exit code %d\n%s", code, &s.stderr)
	}
	s.env["COMPANY_PROXY"] = proxyURL
	for _, args := range [][]string{{"sync", "heroku"}, {"doctor"}} {
		if code := s.run(args...); code != exitDone {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, &s.stdout, &s.stderr)
		}
		want := "CONNECT " + strings.TrimPrefix(server.URL, "https://") + " Basic cGlwOnByb3h5LXBhc3M="
		if asked := proxy.Asked(); len(asked) == 0 || asked[0] != want {
			t.Errorf("%v: the proxy was asked %q, want %q", args, asked, want)
		}
	}
	if code := s.run("sync", "heroku"); code != exitDone || !strings.Contains(s.stdout.String(), "nothing changed") {
		t.Errorf("exit code %d\n%s", code, &s.stdout)
	}
	s.write("j1db.yaml", instance+"network: {caFile: ca.pem, proxy: \""+proxyURL+"\"}\n")
	if code := s.run("config", "show"); code != exitDone || strings.Contains(s.stdout.String(), "proxy-pass") ||
		!strings.Contains(s.stdout.String(), "http://pip:***@") || !strings.Contains(s.stderr.String(), "holds the credential of network.proxy") {
		t.Errorf("exit code %d\n%s%s", code, &s.stdout, &s.stderr)
	}
	s.write("j1db.yaml", instance+"network: {caFile: nowhere.pem}\n")
	if code := s.run("sync", "heroku"); code != exitFailed || !strings.Contains(s.stderr.String(), "nowhere.pem") {
		t.Errorf("a file that is not there: exit code %d\n%s", code, &s.stderr)
	}
}

func (s *station) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// What could show credentials to others needs trust in a project file.
func TestNetworkNeedsTrust(t *testing.T) {
	for name, text := range map[string]string{
		"network.caFile": "network: {caFile: ca.pem}\n",
		"network.proxy":  "network: {proxy: \"http://proxy.orchard.example:3128\"}\n",
		"mapper.rules":   "mapper: {rules: rules.yaml}\n",
	} {
		s := newStation(t, map[string]string{"j1db.yaml": text})
		_, err := s.app().loadConfig()
		if e, ok := errors.AsType[*trustError](err); !ok || !strings.HasPrefix(e.what, name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
