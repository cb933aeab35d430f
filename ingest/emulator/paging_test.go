package emulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/j1db/j1db/ingest/emulator"
)

// once checks that rows are all different and gives their keys, sorted.
func once(t *testing.T, path string, rows []json.RawMessage) []string {
	t.Helper()
	var keys []string
	for _, row := range rows {
		keys = append(keys, rowKey(t, row))
	}
	slices.Sort(keys)
	if n := len(keys); len(slices.Compact(slices.Clone(keys))) != n {
		t.Errorf("%s gives a row twice: %v", path, keys)
	}
	return keys
}

func TestHerokuPagesGiveEachRowOnce(t *testing.T) {
	e := emulator.New(emulator.Options{EnterpriseAccounts: 2})
	s := start(t, e, emulator.ServerOptions{})
	lists := slices.DeleteFunc(emulator.HerokuRoutes(), func(p string) bool { return !isList(p) })
	for _, path := range paths(e, lists) {
		whole, pages := walkHeroku(t, s.Heroku, path, "id ..; max=1000")
		if pages != 1 {
			t.Errorf("%s: %d pages of 1000", path, pages)
		}
		want := once(t, path, whole)
		for _, size := range []int{1, 7} {
			rows, pages := walkHeroku(t, s.Heroku, path, fmt.Sprintf("id ..; max=%d", size))
			if diff := cmp.Diff(want, once(t, path, rows)); diff != "" {
				t.Errorf("%s by %d: %s", path, size, diff)
			}
			if least := max(1, (len(want)+size-1)/size); pages != least {
				t.Errorf("%s by %d: %d pages for %d rows", path, size, pages, len(want))
			}
		}
	}
}

func TestHerokuOrders(t *testing.T) {
	e := emulator.New(emulator.Options{})
	s := start(t, e, emulator.ServerOptions{})
	rows, _ := walkHeroku(t, s.Heroku, "/apps", "name ..; max=5")
	backwards, _ := walkHeroku(t, s.Heroku, "/apps", "name ..; max=5, order=desc")
	names := func(rows []json.RawMessage) (out []string) {
		for _, r := range rows {
			out = append(out, decode[struct{ Name string }](t, r).Name)
		}
		return out
	}
	up, down := names(rows), names(backwards)
	if !slices.IsSorted(up) || len(up) != 40 { // the other two are other people's own
		t.Errorf("%d names upwards: %v", len(up), up)
	}
	slices.Reverse(down)
	if diff := cmp.Diff(up, down); diff != "" {
		t.Errorf("downwards differs: %s", diff)
	}
	part, _ := walkHeroku(t, s.Heroku, "/apps", "name campaigns..checkout-staging[; max=1")
	if diff := cmp.Diff([]string{"campaigns", "catalogue", "checkout"}, names(part)); diff != "" {
		t.Errorf("a bounded range: %s", diff)
	}
	ties, _ := walkHeroku(t, s.Heroku, "/teams", "updated_at ..; max=1")
	if len(ties) != 9 {
		t.Errorf("%d teams by date", len(ties))
	}
}

func TestJumpCloudPagesGiveEachRowOnce(t *testing.T) {
	e := emulator.New(emulator.Options{})
	s := start(t, e, emulator.ServerOptions{})
	lists := slices.DeleteFunc(emulator.JumpCloudRoutes(), func(p string) bool { return !isList(p) })
	for _, path := range paths(e, lists) {
		whole, total := walkJumpCloud(t, s.JumpCloud, path, 100, "")
		want := once(t, path, whole)
		if total != len(whole) {
			t.Errorf("%s says %d and gives %d", path, total, len(whole))
		}
		for _, sort := range []string{"", "&sort=_id", "&sort=-id", "&sort=nonsense"} {
			rows, _ := walkJumpCloud(t, s.JumpCloud, path, 13, sort)
			if diff := cmp.Diff(want, once(t, path, rows)); diff != "" {
				t.Errorf("%s by 13%s: %s", path, sort, diff)
			}
		}
	}
}

func TestJumpCloudSortsAndLimits(t *testing.T) {
	e := emulator.New(emulator.Options{})
	s := start(t, e, emulator.ServerOptions{})
	rows, _ := walkJumpCloud(t, s.JumpCloud, "/api/systemusers", 9, "&sort=-username")
	var names []string
	for _, r := range rows {
		names = append(names, decode[struct{ Username string }](t, r).Username)
	}
	slices.Reverse(names)
	if !slices.IsSorted(names) {
		t.Errorf("not sorted: %v", names)
	}
	for query, want := range map[string]int{"": 10, "?limit=0": 10, "?limit=3": 3, "?limit=5000": 62, "?limit=50&skip=60": 2, "?skip=900": 0} {
		a := get(t, s.JumpCloud.URL+"/api/systemusers"+query, jumpcloudHeader(s))
		if rows, _ := listOf(t, "/api/systemusers", a); len(rows) != want {
			t.Errorf("%q gives %d rows, want %d", query, len(rows), want)
		}
	}
	small := start(t, e, emulator.ServerOptions{JumpCloud: emulator.JumpCloudOptions{MaxPage: 4}, Heroku: emulator.HerokuOptions{MaxPage: 4}})
	if rows, _ := walkJumpCloud(t, small.JumpCloud, "/api/systemusers", 100, ""); len(rows) != 62 {
		t.Errorf("a small page limit gives %d users", len(rows))
	}
	if rows, pages := walkHeroku(t, small.Heroku, "/apps", "id ..; max=1000"); len(rows) != 40 || pages != 10 {
		t.Errorf("a small page limit gives %d apps on %d pages", len(rows), pages)
	}
}
