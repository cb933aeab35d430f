package acme

import (
	"errors"
	"fmt"
)

// errRefused: Acme does not know the client.
var errRefused = errors.New("acme refuses the client; check clientId and clientSecret")

// settingError says what is wrong with a setting. Its value may be a secret and
// is not shown.
func settingError(name, problem string) error {
	return fmt.Errorf("open acme: setting %s %s", name, problem)
}
