package jumpcloud

import (
	"errors"
	"fmt"
)

// errNoOrganization: the key is good and sees nothing.
var errNoOrganization = errors.New("the key sees no organization; check apiKey and orgId")

// settingError says what is wrong with a setting. Its value may be a secret and
// is not shown.
func settingError(name, problem string) error {
	return fmt.Errorf("open jumpcloud: setting %s %s", name, problem)
}
