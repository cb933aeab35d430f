package heroku

import "fmt"

// settingError says what is wrong with a setting. Its value may be a secret and
// is not shown.
func settingError(name, problem string) error {
	return fmt.Errorf("open heroku: setting %s %s", name, problem)
}
