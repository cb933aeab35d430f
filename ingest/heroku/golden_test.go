package heroku_test

import (
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
)

func TestGolden(t *testing.T) {
	provider().TestGolden(t, emulator.Heroku(emulator.NewState(emulator.New(emulator.Options{})), emulator.HerokuOptions{}), *update)
}
