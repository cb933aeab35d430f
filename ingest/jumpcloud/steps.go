package jumpcloud

import "github.com/j1db/j1db/ingest"

// Ids of steps, those of JupiterOne's integration first.
const (
	stepOrganizations      = "fetch-orgs"
	stepUsers              = "fetch-users"
	stepGroups             = "fetch-groups"
	stepGroupMembers       = "fetch-group-members"
	stepApplications       = "fetch-applications"
	stepApplicationMembers = "fetch-application-members"
	stepMDMs               = "fetch-apple-mdm"
	stepAppleDevices       = "fetch-apple-devices"
	stepSystems            = "fetch-systems"
	stepSystemUsers        = "fetch-system-users"
	stepSystemGroups       = "fetch-system-groups"
	stepSystemGroupMembers = "fetch-system-group-members"
)

// steps is the table of steps. Lists of the API are read in pages of 100 rows; see
// client.list1 and client.list2.
func (c *collector) steps() []ingest.Step {
	return append(c.integrationSteps(), c.furtherSteps()...)
}

// integrationSteps are those of JupiterOne's integration.
func (c *collector) integrationSteps() []ingest.Step {
	return []ingest.Step{
		{
			ID: stepOrganizations, Name: "Fetch Organizations",
			Entities: entities(accountType),
			Run:      c.fetchOrganizations,
		},
		{
			ID: stepUsers, Name: "Fetch Users", Needs: []string{stepOrganizations},
			Uses:          uses(accountType),
			Entities:      entities(userType),
			Relationships: links(accountHasUser),
			Run:           c.fetchUsers,
		},
		{
			ID: stepGroups, Name: "Fetch Groups", Needs: []string{stepOrganizations},
			Uses:          uses(accountType),
			Entities:      entities(groupType),
			Relationships: links(accountHasGroup),
			Run:           c.fetchGroups,
		},
		{
			ID: stepGroupMembers, Name: "Fetch Group Members", Needs: []string{stepGroups, stepUsers},
			Uses:          uses(groupType, userType),
			Relationships: links(groupHasUser),
			Run:           c.fetchGroupMembers,
		},
		{
			ID: stepApplications, Name: "Fetch Applications", Needs: []string{stepOrganizations},
			Uses:          uses(accountType),
			Entities:      entities(applicationType),
			Relationships: links(accountHasApplication),
			Run:           c.fetchApplications,
		},
		{
			ID: stepApplicationMembers, Name: "Fetch Application Members", Needs: []string{stepApplications, stepUsers, stepGroups},
			Uses:          uses(applicationType, userType, groupType),
			Relationships: links(userAssignedApplication, groupAssignedApplication),
			Run:           c.fetchApplicationMembers,
		},
		{
			ID: stepMDMs, Name: "Fetch Apple MDM", Needs: []string{stepOrganizations},
			Uses:          uses(accountType),
			Entities:      entities(mdmType),
			Relationships: links(accountHasMDM),
			Run:           c.fetchMDMs,
		},
		{
			ID: stepAppleDevices, Name: "Fetch Apple Devices", Needs: []string{stepMDMs},
			Uses:          uses(mdmType),
			Entities:      entities(appleDeviceType),
			Relationships: links(appleDeviceHasMDM),
			Run:           c.fetchAppleDevices,
		},
	}
}

// furtherSteps go beyond JupiterOne's integration.
func (c *collector) furtherSteps() []ingest.Step {
	return []ingest.Step{
		{
			ID: stepSystems, Name: "Fetch Systems", Optional: true, Needs: []string{stepOrganizations},
			Uses:          uses(accountType),
			Entities:      entities(systemType),
			Relationships: links(accountHasSystem),
			Run:           c.fetchSystems,
		},
		{
			ID: stepSystemUsers, Name: "Fetch System Users", Optional: true, Needs: []string{stepSystems, stepUsers},
			Uses:          uses(systemType, userType),
			Relationships: links(userHasSystem),
			Run:           c.fetchSystemUsers,
		},
		{
			ID: stepSystemGroups, Name: "Fetch System Groups", Optional: true, Needs: []string{stepOrganizations},
			Uses:          uses(accountType),
			Entities:      entities(systemGroupType),
			Relationships: links(accountHasSystemGroup),
			Run:           c.fetchSystemGroups,
		},
		{
			ID: stepSystemGroupMembers, Name: "Fetch System Group Members", Optional: true, Needs: []string{stepSystemGroups, stepSystems},
			Uses:          uses(systemGroupType, systemType),
			Relationships: links(systemGroupHasSystem),
			Run:           c.fetchSystemGroupMembers,
		},
	}
}

// entities and links name what a step supplies.
func entities(types ...ingest.EntityType) []ingest.EntityType { return types }

func links(types ...ingest.RelationshipType) []ingest.RelationshipType { return types }

// uses declares that a step looks entities up by key and parent alone.
func uses(types ...ingest.EntityType) []ingest.Use {
	out := make([]ingest.Use, len(types))
	for i, t := range types {
		out[i] = ingest.Use{Type: t.Type}
	}
	return out
}
