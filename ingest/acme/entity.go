package acme

import (
	"github.com/j1db/j1db/ingest"
)

// accountEntity converts the account. Its id and name are copied by themselves:
// the data model knows them.
func accountEntity(s ingest.Source) ingest.EntityInput {
	return ingest.EntityInput{
		Key: s.Str("id"), Type: accountType.Type, Class: accountType.Class, Source: s,
		Assign: ingest.Props{
			"mfaEnabled": true,
			"manager":    s.Text("manager"),
		},
	}
}

// userEntity converts a user.
func userEntity(s ingest.Source) ingest.EntityInput {
	return ingest.EntityInput{
		Key: s.Str("id"), Type: userType.Type, Class: userType.Class, Source: s,
		Assign: ingest.Props{
			"username":  s.Text("login"),
			"email":     s.Text("email"),
			"firstName": s.Text("givenName"),
			"active":    true,
		},
	}
}

// groupEntity converts a group.
func groupEntity(s ingest.Source) ingest.EntityInput {
	return ingest.EntityInput{
		Key: s.Str("id"), Type: groupType.Type, Class: groupType.Class, Source: s,
		Assign: ingest.Props{
			"email":    s.Text("email"),
			"logoLink": s.Text("logo"),
		},
	}
}
