package heroku

import "github.com/j1db/j1db/ingest"

// Ids of steps, those of JupiterOne's integration first.
const (
	stepAccounts           = "fetch-enterprise-accounts"
	stepTeams              = "fetch-teams"
	stepMembers            = "fetch-account-members"
	stepTeamApps           = "fetch-team-apps"
	stepAddons             = "fetch-app-addons"
	stepAccountTeams       = "build-account-to-team-relationships"
	stepAccountMembers     = "build-account-to-member-relationships"
	stepTeamMembers        = "build-team-to-member-relationships"
	stepTeamApplications   = "build-team-to-application-relationships"
	stepApplicationAddons  = "build-application-to-addon-relationships"
	stepOtherTeams         = "fetch-other-teams"
	stepOutsiders          = "fetch-other-team-members"
	stepTeamOutsiders      = "build-team-to-user-relationships"
	stepOtherTeamApps      = "fetch-other-team-apps"
	stepOtherApps          = "fetch-other-apps"
	stepOtherAddons        = "fetch-other-app-addons"
	stepMemberApplications = "build-member-to-application-relationships"
	stepCollaborators      = "fetch-app-collaborators"
	stepInvitations        = "fetch-team-invitations"
	stepSpaces             = "fetch-spaces"
	stepSpaceApplications  = "build-space-to-application-relationships"
	stepPipelines          = "fetch-pipelines"
	stepCouplings          = "fetch-pipeline-couplings"
	stepDomains            = "fetch-app-domains"
	stepCertificates       = "fetch-app-certificates"
	stepDomainCertificates = "build-domain-to-certificate-relationships"
)

// Everything that lists applications, for the steps that look into each of them.
var allApps = []string{stepTeamApps, stepOtherTeamApps, stepOtherApps}

// steps is the table of steps. Lists of the API are read in pages of 1,000 rows;
// see client.list.
func (c *collector) steps() []ingest.Step {
	return append(c.integrationSteps(), c.furtherSteps()...)
}

// integrationSteps are those of JupiterOne's integration.
func (c *collector) integrationSteps() []ingest.Step {
	return []ingest.Step{
		{
			ID: stepAccounts, Name: "Fetch Enterprise Accounts",
			Entities: entities(accountType),
			Run:      c.fetchAccounts,
		},
		{
			ID: stepTeams, Name: "Fetch teams", Needs: []string{stepAccounts},
			Uses:     uses(accountType),
			Entities: entities(teamType),
			Run:      c.fetchTeams,
		},
		{
			ID: stepMembers, Name: "Fetch account members", Needs: []string{stepAccounts},
			Uses:     uses(accountType),
			Entities: entities(memberType),
			Run:      c.fetchAccountMembers,
		},
		{
			ID: stepTeamApps, Name: "Fetch team apps", Needs: []string{stepTeams},
			Uses:     uses(teamType),
			Entities: entities(applicationType),
			Run:      c.fetchTeamApps,
		},
		{
			ID: stepAddons, Name: "Fetch app addons", Needs: []string{stepTeamApps},
			Uses:     usesApplications(),
			Entities: entities(addonType),
			Run:      c.fetchAddons,
		},
		{
			ID: stepAccountTeams, Name: "Build Account-to-Team Relationships", Needs: []string{stepAccounts, stepTeams},
			Uses:          uses(accountType, teamType),
			Relationships: links(accountHasTeam),
			Run:           c.relateAccountsToTeams,
		},
		{
			ID: stepAccountMembers, Name: "Build Account-to-Member Relationships", Needs: []string{stepAccounts, stepMembers},
			Relationships: links(accountHasMember),
			Run:           c.relateAccountsToMembers,
		},
		{
			ID: stepTeamMembers, Name: "Build Team-to-Member Relationships", Needs: []string{stepTeams, stepMembers},
			Uses:          uses(teamType, memberType),
			Relationships: links(teamHasMember),
			Run:           c.relateTeamsToMembers,
		},
		{
			ID: stepTeamApplications, Name: "Build Team-to-Application Relationships", Needs: []string{stepTeams, stepTeamApps},
			Uses:          usesApplications(teamType),
			Relationships: links(teamOwnsApplication),
			Run:           c.relateTeamsToApplications,
		},
		{
			ID: stepApplicationAddons, Name: "Build Application-to-Addon Relationships", Needs: []string{stepTeamApps, stepAddons},
			Uses:          usesApplications(addonType),
			Relationships: links(applicationHasAddon),
			Run:           c.relateApplicationsToAddons,
		},
	}
}

// furtherSteps go beyond JupiterOne's integration: first what lies outside an
// enterprise account, then who and what reaches an application.
func (c *collector) furtherSteps() []ingest.Step {
	return optional(append(c.outsideSteps(), c.reachSteps()...))
}

// outsideSteps read teams and applications of no enterprise account. They must
// not be needed by the integration's steps, nor supply what those cannot do
// without: they may be forbidden.
func (c *collector) outsideSteps() []ingest.Step {
	return []ingest.Step{
		{
			ID: stepOtherTeams, Name: "Fetch teams outside enterprise accounts", Needs: []string{stepAccounts},
			Uses:     uses(accountType),
			Entities: entities(teamType),
			Run:      c.fetchOtherTeams,
		},
		{
			ID: stepOutsiders, Name: "Fetch members of teams outside enterprise accounts", Needs: []string{stepOtherTeams, stepMembers},
			Uses:          uses(teamType, memberType),
			Entities:      entities(outsiderType),
			Relationships: links(teamHasMember, teamHasOutsider),
			Run:           c.fetchOutsiders,
		},
		{
			ID: stepTeamOutsiders, Name: "Build Team-to-User Relationships", Needs: []string{stepTeamMembers, stepOutsiders},
			Uses:          uses(outsiderType),
			Entities:      entities(outsiderType),
			Relationships: links(teamHasOutsider),
			Run:           c.relateTeamsToStrangers,
		},
		{
			ID: stepOtherTeamApps, Name: "Fetch apps of teams outside enterprise accounts", Needs: []string{stepOtherTeams},
			Uses:          uses(teamType),
			Entities:      entities(applicationType),
			Relationships: links(teamOwnsApplication),
			Run:           c.fetchOtherTeamApps,
		},
		{
			ID: stepOtherApps, Name: "Fetch personal apps", Needs: []string{stepTeams, stepOtherTeams},
			Uses:     uses(teamType),
			Entities: entities(applicationType),
			Run:      c.fetchOtherApps,
		},
		{
			ID: stepOtherAddons, Name: "Fetch addons of apps outside enterprise accounts", Needs: []string{stepOtherTeamApps, stepOtherApps},
			Uses:          usesApplications(),
			Entities:      entities(addonType),
			Relationships: links(applicationHasAddon),
			Run:           c.fetchOtherAddons,
		},
		{
			ID: stepMemberApplications, Name: "Build Member-to-Application Relationships", Needs: []string{stepMembers, stepOtherApps},
			Uses:          []ingest.Use{{Type: memberType.Type}, {Type: applicationType.Type, Props: []string{"ownerId"}}},
			Relationships: links(memberOwnsApplication),
			Run:           c.relateMembersToApplications,
		},
	}
}

// reachSteps read, of all teams and applications, who and what reaches them.
func (c *collector) reachSteps() []ingest.Step {
	return []ingest.Step{
		{
			ID: stepCollaborators, Name: "Fetch app collaborators", Needs: append([]string{stepMembers, stepTeamOutsiders}, allApps...),
			Uses: []ingest.Use{
				{Type: memberType.Type}, {Type: outsiderType.Type},
				{Type: applicationType.Type, Props: []string{"teamId", "ownerId", "owner"}},
			},
			Entities:      entities(outsiderType),
			Relationships: links(outsiderOwnsApplication, memberAssignedApplication, outsiderAssignedApplication),
			Run:           c.fetchCollaborators,
		},
		{
			ID: stepInvitations, Name: "Fetch team invitations", Needs: []string{stepTeams, stepOtherTeams},
			Uses:          uses(teamType),
			Entities:      entities(invitationType),
			Relationships: links(teamHasInvitation),
			Run:           c.fetchInvitations,
		},
		{
			ID: stepSpaces, Name: "Fetch private spaces", Needs: []string{stepTeams, stepOtherTeams},
			Uses:          uses(teamType),
			Entities:      entities(spaceType),
			Relationships: links(teamHasSpace),
			Run:           c.fetchSpaces,
		},
		{
			ID: stepSpaceApplications, Name: "Build Space-to-Application Relationships", Needs: append([]string{stepSpaces}, allApps...),
			Uses:          []ingest.Use{{Type: spaceType.Type}, {Type: applicationType.Type, Props: []string{"spaceId"}}},
			Relationships: links(spaceHasApplication),
			Run:           c.relateSpacesToApplications,
		},
		{
			ID: stepPipelines, Name: "Fetch pipelines", Needs: []string{stepTeams, stepOtherTeams},
			Uses:          uses(teamType),
			Entities:      entities(pipelineType),
			Relationships: links(teamOwnsPipeline),
			Run:           c.fetchPipelines,
		},
		{
			ID: stepCouplings, Name: "Fetch pipeline couplings", Needs: append([]string{stepPipelines}, allApps...),
			Uses:          usesApplications(pipelineType),
			Relationships: links(pipelineHasApplication),
			Run:           c.fetchCouplings,
		},
		{
			ID: stepDomains, Name: "Fetch app domains", Needs: allApps,
			Uses:          usesApplications(),
			Entities:      entities(domainType),
			Relationships: links(applicationHasDomain),
			Run:           c.fetchDomains,
		},
		{
			ID: stepCertificates, Name: "Fetch app certificates", Needs: allApps,
			Uses:          usesApplications(),
			Entities:      entities(certificateType),
			Relationships: links(applicationHasCertificate),
			Run:           c.fetchCertificates,
		},
		{
			ID: stepDomainCertificates, Name: "Build Domain-to-Certificate Relationships", Needs: []string{stepDomains, stepCertificates},
			Uses:          []ingest.Use{{Type: certificateType.Type}, {Type: domainType.Type, Props: []string{"certificateId"}}},
			Relationships: links(domainUsesCertificate),
			Run:           c.relateDomainsToCertificates,
		},
	}
}

// optional marks steps that a key may lack the right for.
func optional(steps []ingest.Step) []ingest.Step {
	for i := range steps {
		steps[i].Optional = true
	}
	return steps
}

// entities and links name what a step supplies.
func entities(types ...ingest.EntityType) []ingest.EntityType { return types }

func links(types ...ingest.RelationshipType) []ingest.RelationshipType { return types }

// usesApplications declares that a step looks into applications, and which team
// has them.
func usesApplications(more ...ingest.EntityType) []ingest.Use {
	return append(uses(more...), ingest.Use{Type: applicationType.Type, Props: []string{"teamId"}})
}

// uses declares that a step looks entities up by key and parent alone.
func uses(types ...ingest.EntityType) []ingest.Use {
	out := make([]ingest.Use, len(types))
	for i, t := range types {
		out[i] = ingest.Use{Type: t.Type}
	}
	return out
}
