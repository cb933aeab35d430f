package jumpcloud_test

import (
	"testing"

	"github.com/j1db/j1db/ingest/emulator"
)

func TestGolden(t *testing.T) {
	provider().TestGolden(t, emulator.JumpCloud(emulator.NewState(emulator.New(emulator.Options{})), emulator.JumpCloudOptions{}), *update)
}
