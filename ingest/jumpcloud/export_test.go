package jumpcloud

// The converters, for tests of single objects.
var (
	AccountEntity     = accountEntity
	UserEntity        = userEntity
	GroupEntity       = groupEntity
	ApplicationEntity = applicationEntity
	MDMEntity         = mdmEntity
	AppleDeviceEntity = appleDeviceEntity
	SystemEntity      = systemEntity
	SystemGroupEntity = systemGroupEntity
)
