package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	bolt "go.etcd.io/bbolt"

	"github.com/j1db/j1db/ingest/emulator"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"j1db": main})
}

type (
	emulatorKey struct{}
	accountKey  struct{}
)

// TestScripts runs the scripts of testdata/cli: each is a session at a terminal,
// with an emulated company of its own behind HEROKU_BASE_URL and
// JUMPCLOUD_BASE_URL. Besides testscript's commands there are
//
//	day                                a day passes in the company
//	fault heroku|jumpcloud ROUTE WHAT  requests to ROUTE get WHAT: a status, or
//	                                   the name of an emulator.Action
//	faultless                          no faults any more
//	code N j1db ...                    runs a command that ends with exit code N
//	nosecret                           no file and no output holds a secret
//	private FILE...                    only their owner can read them
//	account SCOPE ENTITIES RELATIONSHIPS
//	                                   the JupiterOne account behind
//	                                   JUPITERONE_BASE_URL holds so many
//	damage FILE TEXT                   a bit of every TEXT in it is another
//	hold FILE                          another process writes to a database until
//	                                   the end of the script
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "cli"),
		Setup:               setupScript,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"day":       scriptDay,
			"fault":     scriptFault,
			"faultless": scriptFaultless,
			"code":      scriptCode,
			"nosecret":  scriptNoSecret,
			"private":   scriptPrivate,
			"damage":    scriptDamage,
			"hold":      scriptHold,
			"account":   scriptAccount,
		},
	})
}

func setupScript(env *testscript.Env) error {
	server, err := emulator.Start(emulator.NewState(emulator.New(emulator.Options{})), emulator.ServerOptions{})
	if err != nil {
		return err
	}
	env.Defer(func() { _ = server.Close() })
	account, err := emulator.StartJupiterOne(emulator.JupiterOneOptions{})
	if err != nil {
		return err
	}
	env.Defer(func() { _ = account.Close() })
	env.Values[emulatorKey{}], env.Values[accountKey{}] = server, account
	home := filepath.Join(env.WorkDir, ".home")
	env.Vars = append(env.Vars,
		"HOME="+home, "USERPROFILE="+home, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "XDG_STATE_HOME=",
		"HEROKU_API_KEY="+server.Heroku.Key, "HEROKU_BASE_URL="+server.Heroku.URL,
		"JUMPCLOUD_API_KEY="+server.JumpCloud.Key, "JUMPCLOUD_BASE_URL="+server.JumpCloud.URL,
		"JUPITERONE_ACCOUNT="+account.Account, "JUPITERONE_API_KEY="+account.Key, "JUPITERONE_BASE_URL="+account.URL,
		"J1DB_DB="+filepath.Join(env.WorkDir, "graph.db"), "NO_COLOR=1", "NO_PROXY=127.0.0.1",
	)
	return os.MkdirAll(home, 0o700)
}

func serverOf(ts *testscript.TestScript) *emulator.Server {
	return ts.Value(emulatorKey{}).(*emulator.Server)
}

func scriptDay(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: day")
	}
	serverOf(ts).State.Advance()
}

func faultsOf(ts *testscript.TestScript, provider string) *emulator.Faults {
	switch provider {
	case "heroku":
		return serverOf(ts).Heroku.Faults
	case "jumpcloud":
		return serverOf(ts).JumpCloud.Faults
	}
	ts.Fatalf("there is no emulated %q", provider)
	return nil
}

func scriptFault(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fault heroku|jumpcloud ROUTE WHAT")
	}
	f, err := parseFault(args[1], args[2])
	ts.Check(err)
	faultsOf(ts, args[0]).Set(f)
}

func parseFault(route, what string) (emulator.Fault, error) {
	if status, err := strconv.Atoi(what); err == nil {
		return emulator.Status(route, status), nil
	}
	for a := emulator.Answer; a <= emulator.Pass; a++ {
		if strings.ReplaceAll(a.String(), " ", "-") == what {
			return emulator.Fault{Route: route, Action: a}, nil
		}
	}
	return emulator.Fault{}, fmt.Errorf("there is no fault %q", what)
}

func scriptFaultless(ts *testscript.TestScript, neg bool, args []string) {
	faultsOf(ts, "heroku").Set()
	faultsOf(ts, "jumpcloud").Set()
}

// scriptCode runs a command and compares its exit code: code N j1db ...
func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%s: %v", strings.Join(args[1:], " "), err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// scriptNoSecret greps every file below the working folder, and what was printed
// last, for what the emulated APIs mark as secret.
func scriptNoSecret(ts *testscript.TestScript, neg bool, args []string) {
	for _, out := range []string{"stdout", "stderr"} {
		if strings.Contains(ts.ReadFile(out), emulator.SecretMarker) {
			ts.Fatalf("%s shows a secret", out)
		}
	}
	ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(text), emulator.SecretMarker) {
			return fmt.Errorf("%s holds a secret", path)
		}
		return err
	}))
}

// scriptPrivate checks that files can be read by their owner alone.
func scriptPrivate(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if readableByOthers(info) {
			ts.Fatalf("%s has mode %v", name, info.Mode())
		}
	}
}

// scriptHold locks a database as a process that writes to it does.
func scriptHold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold FILE")
	}
	db, err := bolt.Open(ts.MkAbs(args[0]), 0o600, &bolt.Options{Timeout: time.Second})
	ts.Check(err)
	ts.Defer(func() { _ = db.Close() })
}

// scriptAccount counts what the emulated JupiterOne account holds in a scope.
func scriptAccount(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: account SCOPE ENTITIES RELATIONSHIPS")
	}
	scope := ts.Value(accountKey{}).(*emulator.JupiterOneServer).Scope(args[0])
	got := fmt.Sprint(len(scope.Entities), " ", len(scope.Relationships))
	if want := args[1] + " " + args[2]; got != want {
		ts.Fatalf("the account holds %s entities and relationships in %s, want %s", got, args[0], want)
	}
}

// scriptDamage changes a bit of each occurrence of a text in a file.
func scriptDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: damage FILE TEXT")
	}
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	bad := bytes.ReplaceAll(b, []byte(args[1]), append([]byte{args[1][0] ^ 1}, args[1][1:]...))
	if bytes.Equal(b, bad) {
		ts.Fatalf("%s holds no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, bad, 0o600))
}
