package acme

import "github.com/j1db/j1db/ingest"

// What the collector supplies.
var (
	accountType = ingest.EntityType{Resource: "Account", Type: "acme_account", Class: []string{"Account"}}
	userType    = ingest.EntityType{Resource: "User", Type: "acme_user", Class: []string{"User"}}
	groupType   = ingest.EntityType{Resource: "UserGroup", Type: "acme_group", Class: []string{"UserGroup"}}

	accountHasUser  = link(accountType, "HAS", userType)
	accountHasGroup = link(accountType, "HAS", groupType)
	groupHasUser    = link(groupType, "HAS", userType)
)

// link describes the relationships of a verb between two types.
func link(source ingest.EntityType, verb string, target ingest.EntityType) ingest.RelationshipType {
	return ingest.RelationshipType{
		Type: ingest.RelationshipTypeName(verb, source.Type, target.Type), Class: verb,
		Source: source.Type, Target: target.Type,
	}
}
