package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/ingest/emulator"
	"github.com/j1db/j1db/query"
	"github.com/j1db/j1db/query/render"
	"github.com/j1db/j1db/store"
)

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "See the whole of it in a minute, on an invented company",
		Long: `Starts emulated Heroku and JumpCloud APIs on loopback, syncs them and the acme
template through the real collectors, answers a few questions, lets a day pass,
syncs again and shows what changed.

It leaves a database of its own, ./j1db-demo.db unless --db names another, and
never touches yours.`,
		Example: "  j1db demo\n  j1db --db /tmp/demo.db demo",
		Args:    argsBetween(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runDemo(cmd.Context()) },
	}
}

// demoQuestions are what the demo asks, each with what it is about.
var demoQuestions = []struct{ title, text string }{
	{"Which teams own applications?",
		"FIND heroku_team THAT OWNS heroku_application"},
	{"How many applications has each team?",
		"FIND heroku_team AS t THAT OWNS >> heroku_application AS a RETURN\n" +
			"  t.displayName AS team, COUNT(a) AS applications ORDER BY applications DESC, team"},
	{"Who left the company, is suspended in JumpCloud, and still is in a Heroku team that owns applications?",
		"FIND jumpcloud_user WITH suspended = true AS leaver THAT\n" +
			"  IS Person THAT IS heroku_account_member THAT\n" +
			"  HAS << heroku_team AS team THAT OWNS >> heroku_application AS app RETURN\n" +
			"  leaver.email AS leaver, team.displayName AS team, COUNT(app) AS applications ORDER BY\n" +
			"  leaver, team"},
}

func (a *app) runDemo(ctx context.Context) error {
	path, err := a.demoPath()
	if err != nil {
		return err
	}
	server, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{})
	if err != nil {
		return err
	}
	defer server.Close()
	d := &demo{app: a, server: server, cfg: demoConfig(path, server)}
	if d.db, err = a.openStore(d.cfg); err != nil {
		return err
	}
	return errors.Join(d.run(ctx), server.Close())
}

// demoPath is the demo's own database. An earlier demo is replaced; any other
// file is left alone.
func (a *app) demoPath() (string, error) {
	path := a.flags.db
	if path == "" {
		path = filepath.Join(a.workDir, "j1db-demo.db")
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if a.flags.db != "" {
		return "", usageErrorf("%s exists; the demo wants a new file", path)
	}
	return path, os.Remove(path)
}

// demoConfig is what a configuration file for the emulated APIs would hold.
func demoConfig(path string, s *emulator.Server) *config {
	return &config{
		db: setting{path, "demo"}, dataModel: setting{datamodel.Default, "demo"}, persons: true,
		instances: []instanceConfig{
			{Name: "heroku", Provider: "heroku", origin: "demo", Config: map[string]string{"apiKey": s.Heroku.Key, "baseUrl": s.Heroku.URL}},
			{Name: "jumpcloud", Provider: "jumpcloud", origin: "demo", Config: map[string]string{"apiKey": s.JumpCloud.Key, "baseUrl": s.JumpCloud.URL}},
			{Name: "acme", Provider: "acme", origin: "demo", Config: map[string]string{"clientId": "demo", "clientSecret": "demo"}},
		},
	}
}

// demo is one showing.
type demo struct {
	app    *app
	server *emulator.Server
	cfg    *config
	db     *store.DB
	// evening is the last version of the first day.
	evening uint64
}

func (d *demo) run(ctx context.Context) error {
	d.say("An invented company has its applications at Heroku and its people at JumpCloud.\n"+
		"Their APIs are emulated on %s and %s.", d.server.Heroku.URL, d.server.JumpCloud.URL)
	d.title("j1db sync")
	if err := d.sync(ctx); err != nil {
		return err
	}
	for _, q := range demoQuestions {
		d.title("%s", q.title)
		if err := d.ask(ctx, q.text); err != nil {
			return err
		}
	}
	v, err := d.db.Resolve(ctx, store.Latest)
	if err != nil {
		return err
	}
	d.evening = v.Number
	d.title("A day passes")
	for _, e := range d.server.State.Advance() {
		d.say("  %s: %s", e.Provider, e.Text)
	}
	d.title("j1db sync")
	if err := d.sync(ctx); err != nil {
		return err
	}
	return d.changes(ctx)
}

func (d *demo) sync(ctx context.Context) error {
	targets, err := d.app.targets(ctx, d.cfg, nil, false)
	if err != nil {
		return err
	}
	s, err := d.app.newSyncing(ctx, d.cfg, d.db, syncOptions{brief: true})
	if err != nil {
		return err
	}
	for _, t := range targets {
		if _, err := d.app.syncOne(ctx, s, t); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) ask(ctx context.Context, text string) error {
	d.say("j1ql> %s", strings.ReplaceAll(text, "\n", "\n  ..> "))
	stmt, err := query.New(query.Options{}).Prepare(text)
	if err != nil {
		return err
	}
	return d.app.answer(ctx, d.db, stmt, query.RunOptions{}, queryOptions{output: "table"})
}

// changes shows the second day: every version that it made.
func (d *demo) changes(ctx context.Context) error {
	versions, err := d.db.Versions(ctx, 0)
	if err != nil {
		return err
	}
	first, last := d.evening, versions[0].Number
	d.title("j1db diff %d %d", first, last)
	if err := d.app.printDiff(ctx, d.db, first, last, diffOptions{output: "table"}); err != nil {
		return err
	}
	d.title("What to try next")
	db := d.cfg.db.value
	d.say("  j1db --db %[1]s shell\n"+
		"  j1db --db %[1]s schema\n"+
		"  j1db --db %[1]s query --at %[2]d \"FIND heroku_application\"\n"+
		"  HEROKU_API_KEY=... j1db sync heroku", db, first)
	return nil
}

func (d *demo) title(format string, args ...any) {
	fmt.Fprintf(d.app.stdout, "\n── %s ──\n", render.Clean(fmt.Sprintf(format, args...)))
}

func (d *demo) say(format string, args ...any) {
	fmt.Fprintf(render.NewCleanWriter(d.app.stdout), format+"\n", args...)
}
