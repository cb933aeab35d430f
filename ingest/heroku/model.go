package heroku

import "github.com/j1db/j1db/ingest"

// The entities of JupiterOne's integration.
var (
	accountType     = ingest.EntityType{Resource: "Enterprise Account", Type: "heroku_account", Class: []string{"Account"}}
	teamType        = ingest.EntityType{Resource: "Team", Type: "heroku_team", Class: []string{"Team"}}
	memberType      = ingest.EntityType{Resource: "User", Type: "heroku_account_member", Class: []string{"User"}}
	applicationType = ingest.EntityType{Resource: "Application", Type: "heroku_application", Class: []string{"Application"}}
	addonType       = ingest.EntityType{Resource: "Addon", Type: "heroku_addon", Class: []string{"Service"}}
)

// The entities beyond it.
var (
	outsiderType    = ingest.EntityType{Resource: "User outside Enterprise Accounts", Type: "heroku_user", Class: []string{"User"}}
	invitationType  = ingest.EntityType{Resource: "Team Invitation", Type: "heroku_team_invitation", Class: []string{"Record"}}
	spaceType       = ingest.EntityType{Resource: "Private Space", Type: "heroku_space", Class: []string{"Network"}}
	pipelineType    = ingest.EntityType{Resource: "Pipeline", Type: "heroku_pipeline", Class: []string{"Workflow"}}
	domainType      = ingest.EntityType{Resource: "Domain", Type: "heroku_domain", Class: []string{"Domain"}}
	certificateType = ingest.EntityType{Resource: "Certificate", Type: "heroku_certificate", Class: []string{"Certificate"}}
)

// The relationships of JupiterOne's integration.
var (
	accountHasTeam      = link(accountType, "HAS", teamType)
	accountHasMember    = link(accountType, "HAS", memberType)
	teamHasMember       = link(teamType, "HAS", memberType)
	teamOwnsApplication = link(teamType, "OWNS", applicationType)
	applicationHasAddon = link(applicationType, "HAS", addonType)
)

// The relationships beyond it. A person who was given access to an application
// is ASSIGNED it, as in JupiterOne's collectors of identity providers: USES would
// say that the person was seen using it.
var (
	teamHasOutsider             = link(teamType, "HAS", outsiderType)
	memberOwnsApplication       = link(memberType, "OWNS", applicationType)
	outsiderOwnsApplication     = link(outsiderType, "OWNS", applicationType)
	memberAssignedApplication   = link(memberType, "ASSIGNED", applicationType)
	outsiderAssignedApplication = link(outsiderType, "ASSIGNED", applicationType)
	teamHasInvitation           = link(teamType, "HAS", invitationType)
	teamHasSpace                = link(teamType, "HAS", spaceType)
	spaceHasApplication         = link(spaceType, "HAS", applicationType)
	teamOwnsPipeline            = link(teamType, "OWNS", pipelineType)
	pipelineHasApplication      = link(pipelineType, "HAS", applicationType)
	applicationHasDomain        = link(applicationType, "HAS", domainType)
	applicationHasCertificate   = link(applicationType, "HAS", certificateType)
	domainUsesCertificate       = link(domainType, "USES", certificateType)
)

// link describes the relationships of a verb between two types.
func link(source ingest.EntityType, verb string, target ingest.EntityType) ingest.RelationshipType {
	return ingest.RelationshipType{
		Type: ingest.RelationshipTypeName(verb, source.Type, target.Type), Class: verb,
		Source: source.Type, Target: target.Type,
	}
}
