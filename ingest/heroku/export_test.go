package heroku

// The converters, for tests of single objects.
var (
	AccountEntity     = accountEntity
	TeamEntity        = teamEntity
	MemberEntity      = memberEntity
	ApplicationEntity = applicationEntity
	AddonEntity       = addonEntity
	InvitationEntity  = invitationEntity
	SpaceEntity       = spaceEntity
	PipelineEntity    = pipelineEntity
	DomainEntity      = domainEntity
	CertificateEntity = certificateEntity
)
