package jumpcloud

import "github.com/j1db/j1db/ingest"

// The entities of JupiterOne's integration.
var (
	accountType     = ingest.EntityType{Resource: "Organizations", Type: "jumpcloud_account", Class: []string{"Account", "Organization"}}
	userType        = ingest.EntityType{Resource: "User", Type: "jumpcloud_user", Class: []string{"User"}}
	groupType       = ingest.EntityType{Resource: "Group", Type: "jumpcloud_group", Class: []string{"Group"}}
	applicationType = ingest.EntityType{Resource: "Application", Type: "jumpcloud_application", Class: []string{"Application"}}
	mdmType         = ingest.EntityType{Resource: "Configuration", Type: "jumpcloud_apple_mdm", Class: []string{"Configuration"}}
	appleDeviceType = ingest.EntityType{Resource: "Device", Type: "jumpcloud_apple_device", Class: []string{"Device"}}
)

// The entities beyond it.
var (
	systemType      = ingest.EntityType{Resource: "System", Type: "jumpcloud_system", Class: []string{"Device", "Host"}}
	systemGroupType = ingest.EntityType{Resource: "System Group", Type: "jumpcloud_system_group", Class: []string{"Group"}}
)

// The relationships of JupiterOne's integration. The one between a device and its
// MDM points away from the device; it stays so for the sake of queries.
var (
	accountHasUser           = link(accountType, "HAS", userType)
	accountHasGroup          = link(accountType, "HAS", groupType)
	accountHasApplication    = link(accountType, "HAS", applicationType)
	groupHasUser             = link(groupType, "HAS", userType)
	userAssignedApplication  = link(userType, "ASSIGNED", applicationType)
	groupAssignedApplication = link(groupType, "ASSIGNED", applicationType)
	accountHasMDM            = link(accountType, "HAS", mdmType)
	appleDeviceHasMDM        = link(appleDeviceType, "HAS", mdmType)
)

// The relationships beyond it. A user HAS a system, as in JupiterOne's collectors
// of device management: the binding lets the user sign in, used or not.
var (
	accountHasSystem      = link(accountType, "HAS", systemType)
	accountHasSystemGroup = link(accountType, "HAS", systemGroupType)
	userHasSystem         = link(userType, "HAS", systemType)
	systemGroupHasSystem  = link(systemGroupType, "HAS", systemType)
)

// link describes the relationships of a verb between two types.
func link(source ingest.EntityType, verb string, target ingest.EntityType) ingest.RelationshipType {
	return ingest.RelationshipType{
		Type: ingest.RelationshipTypeName(verb, source.Type, target.Type), Class: verb,
		Source: source.Type, Target: target.Type,
	}
}
