package syntax_test

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var (
	seed   = flag.Uint64("seed", 1, "seed of the random tests")
	rounds = flag.Int("rounds", 4, "mutations of each golden statement")
)

// scraps are what mutations put into statements.
var scraps = strings.Split("FIND UNIQUE WITH AS THAT WHERE RETURN TREE HAVING ORDER BY ASC DESC SKIP LIMIT AND OR NOT TO RELATES "+
	"User acme_user u u.a u.* [x.y] u.[x] limit.by = != < >= ~= !$= 5 -5 2.5 30 days date.now date(2024) /x/i \"s\" 's' ${p} true undefined "+
	"COUNT( count (THAT (FIND ( ) )? | , ! >> << * - + / ^ ? ; #S /*c*/ { } {{x}} $ ~ . % \\ IN LIKE GROUP DISTINCT", " ")

// TestMutations damages golden statements and checks of each what FuzzParse checks.
func TestMutations(t *testing.T) {
	t.Logf("-seed %d", *seed)
	r := rand.New(rand.NewPCG(*seed, 0))
	for _, path := range []string{"testdata/errors.txtar", "testdata/format.txtar"} {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatalf("read seeds: %v", err)
		}
		for _, file := range archive.Files {
			for range *rounds {
				checkText(t, mutate(r, input(file.Data)))
			}
		}
	}
}

// mutate deletes, repeats, moves or inserts words a few times.
func mutate(r *rand.Rand, text string) string {
	words := strings.Fields(text)
	for range 1 + r.IntN(2) {
		if len(words) == 0 {
			return scraps[r.IntN(len(scraps))]
		}
		i, j := r.IntN(len(words)), r.IntN(len(words))
		switch r.IntN(4) {
		case 0:
			words = append(words[:i:i], words[i+1:]...)
		case 1:
			words = append(words[:i:i], append([]string{words[j]}, words[i:]...)...)
		case 2:
			words[i], words[j] = words[j], words[i]
		case 3:
			words = append(words[:i:i], append([]string{scraps[r.IntN(len(scraps))]}, words[i:]...)...)
		}
	}
	return strings.Join(words, " ")
}
