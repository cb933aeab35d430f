package emulator

import (
	"encoding/json"
	"slices"
)

// JumpCloudEstate is what JumpCloud knows of the company. Bindings are rows of
// their own; rows that hang off no other name their organization.
type JumpCloudEstate struct {
	Organizations []Organization
	Users         []User
	Groups        []Group
	GroupMembers  []Binding // group to user
	Applications  []Application
	AppUsers      []Binding // application to user, direct
	AppGroups     []Binding // application to group
	MDMs          []MDM
	Devices       []Device
	Systems       []System
	SystemUsers   []Binding // system to user
	SystemGroups  []Group
	SystemMembers []Binding // system group to system
}

// Binding joins two rows by id. Sudo and Passwordless matter on systems only.
type Binding struct {
	From, To           string
	Sudo, Passwordless bool
}

// Organization is a JumpCloud tenant.
type Organization struct {
	ID          string `json:"id"`
	DisplayName Opt    `json:"displayName"`
	LogoURL     Opt    `json:"logoUrl"`
	Created     Stamp  `json:"created"`
}

// MFA is the state of a user's second factor.
type MFA struct {
	Absent         bool  `json:"-"` // the API leaves the object out
	Configured     bool  `json:"configured"`
	Exclusion      bool  `json:"exclusion"`
	ExclusionUntil Stamp `json:"exclusionUntil"`
}

// IsZero says that the object is left out of JSON.
func (m MFA) IsZero() bool { return m.Absent }

// Address is a postal address of a user.
type Address struct {
	ID            string `json:"id"`
	Type          string `json:"type"` // work or home
	StreetAddress string `json:"streetAddress"`
	Locality      string `json:"locality"`
	Region        string `json:"region"`
	PostalCode    string `json:"postalCode"`
	Country       string `json:"country"`
}

// Phone is a telephone number of a user.
type Phone struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Number string `json:"number"`
}

// Attribute is a custom attribute of a user.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// SSHKey is a user's public key.
type SSHKey struct {
	ID         string `json:"_id"`
	Name       string `json:"name"`
	PublicKey  string `json:"public_key"`
	CreateDate Stamp  `json:"create_date"`
}

// User is a JumpCloud user: a person, or a bot or service by its employee type.
type User struct {
	ID          string `json:"id"`
	Username    string `json:"username"`
	Email       string `json:"email"`
	Firstname   Opt    `json:"firstname"`
	Lastname    Opt    `json:"lastname"`
	Middlename  string `json:"middlename"`
	Displayname string `json:"displayname"`

	// Whether the account is in use. State and the two flags may disagree in old
	// accounts.
	State             string `json:"state"` // STAGED, ACTIVATED, SUSPENDED
	Activated         bool   `json:"activated"`
	Suspended         bool   `json:"suspended"`
	AccountLocked     bool   `json:"account_locked"`
	AccountLockedDate Stamp  `json:"account_locked_date"`

	// The second factor and the password.
	TOTPEnabled            bool  `json:"totp_enabled"`
	MFA                    MFA   `json:"mfa,omitzero"`
	PortalMultifactor      bool  `json:"enable_user_portal_multifactor"`
	PasswordDate           Stamp `json:"password_date"`
	PasswordExpirationDate Stamp `json:"password_expiration_date"`
	PasswordExpired        bool  `json:"password_expired"`
	PasswordNeverExpires   bool  `json:"password_never_expires"`

	// Rights and keys on systems.
	Sudo             bool         `json:"sudo"`
	PasswordlessSudo bool         `json:"passwordless_sudo"`
	AllowPublicKey   bool         `json:"allow_public_key"`
	SSHKeys          List[SSHKey] `json:"ssh_keys"`
	UnixUID          int          `json:"unix_uid"`
	UnixGUID         int          `json:"unix_guid"`

	// The job. EmployeeType tells bots and services from people.
	Company            string `json:"company"`
	Department         string `json:"department"`
	CostCenter         string `json:"costCenter"`
	JobTitle           string `json:"jobTitle"`
	EmployeeType       string `json:"employeeType"`
	EmployeeIdentifier Opt    `json:"employeeIdentifier"`
	Location           string `json:"location"`
	Manager            Opt    `json:"manager"` // user id

	// How to reach the person, and what the company adds.
	Addresses    List[Address]   `json:"addresses"`
	PhoneNumbers List[Phone]     `json:"phoneNumbers"`
	Attributes   List[Attribute] `json:"attributes"`

	// Where the account comes from, and what it may bind to.
	ExternalDN              string `json:"external_dn"`
	ExternalSourceType      string `json:"external_source_type"`
	ExternallyManaged       bool   `json:"externally_managed"`
	LDAPBindingUser         bool   `json:"ldap_binding_user"`
	SambaServiceUser        bool   `json:"samba_service_user"`
	EnableManagedUID        bool   `json:"enable_managed_uid"`
	DisableMaxLoginAttempts bool   `json:"disableDeviceMaxLoginAttempts"`

	// The record itself.
	SystemUsername string       `json:"systemUsername"`
	Description    Opt          `json:"description"`
	Tags           List[string] `json:"tags"`
	Organization   string       `json:"organization"`
	Created        Stamp        `json:"created"`
}

// Group is a group of users, or of systems.
type Group struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"`
	Type         string          `json:"type"` // user_group or system_group
	Description  Opt             `json:"description"`
	Email        Opt             `json:"email"`
	Attributes   json.RawMessage `json:"attributes"` // nil is null
	Organization string          `json:"-"`
}

// SSO is how an application signs people on.
type SSO struct {
	JIT                 bool   `json:"jit"`
	Beta                bool   `json:"beta"`
	Type                string `json:"type"`
	IDPCertExpirationAt Stamp  `json:"idpCertExpirationAt"`
}

// Application is an SSO application.
type Application struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	DisplayName  string `json:"displayName"`
	DisplayLabel string `json:"displayLabel"`
	Description  Opt    `json:"description"`
	Active       bool   `json:"active"`
	Beta         bool   `json:"beta"`
	SSOURL       string `json:"ssoUrl"`
	LearnMore    Opt    `json:"learnMore"`
	Color        Opt    `json:"color"`
	SSO          SSO    `json:"sso"`
	Organization string `json:"organization"`
	Created      Stamp  `json:"created"`
	Logo         Opt    `json:"-"`
	Secret       string `json:"-"` // goes into config, with SecretMarker
}

// MDM is an Apple mobile device management configuration.
type MDM struct {
	ID                   string `json:"id"`
	Name                 string `json:"name"`
	Organization         string `json:"organization"`
	PushTopic            string `json:"apnsPushTopic"`
	CertExpiry           Stamp  `json:"apnsCertExpiry"`
	CertCreatorAppleID   Opt    `json:"appleCertCreatorAppleID"`
	CertSerialNumber     string `json:"appleCertSerialNumber"`
	DEPServerTokenState  string `json:"depServerTokenState"`
	DEPAccessTokenExpiry Stamp  `json:"depAccessTokenExpiry"`
	MobileUserEnrollment bool   `json:"allowMobileUserEnrollment"`
}

// Device is an Apple device of an MDM.
type Device struct {
	ID             string `json:"id"`
	MDMID          string `json:"appleMdmId"`
	SerialNumber   string `json:"serialNumber"`
	UDID           string `json:"udid"`
	OSVersion      string `json:"osVersion"`
	DEPRegistered  bool   `json:"depRegistered"`
	Enrolled       bool   `json:"enrolled"`
	CreatedAt      Stamp  `json:"createdAt"`
	ActivationLock bool   `json:"hasActivationLockBypassCodes"`
	Name           string `json:"-"`
	Model          string `json:"-"`
	WifiMAC        string `json:"-"`
	Capacity       int    `json:"-"` // gigabytes
	Supervised     bool   `json:"-"`
	Bare           bool   `json:"-"` // deviceInformation and securityInfo are null
}

// Interface is a network interface of a system.
type Interface struct {
	Address  string `json:"address"`
	Family   string `json:"family"`
	Internal bool   `json:"internal"`
	Name     string `json:"name"`
}

// FDE is the state of a system's disk encryption.
type FDE struct {
	Active     bool `json:"active"`
	KeyPresent bool `json:"keyPresent"`
}

// System is a computer with JumpCloud's agent.
type System struct {
	ID          string `json:"id"`
	Hostname    string `json:"hostname"`
	DisplayName string `json:"displayName"`
	Description Opt    `json:"description"`

	// What runs on it.
	OS           string `json:"os"`
	OSFamily     string `json:"osFamily"`
	Version      string `json:"version"`
	Arch         string `json:"arch"`
	ArchFamily   string `json:"archFamily"`
	AgentVersion string `json:"agentVersion"`
	SerialNumber Opt    `json:"serialNumber"`

	// Where it is, and when it was last seen.
	Active      bool  `json:"active"`
	LastContact Stamp `json:"lastContact"`
	RemoteIP    Opt   `json:"remoteIP"`

	// Disk encryption; nil is null, for an agent that cannot tell.
	FDE              *FDE            `json:"fde"`
	FileSystem       Opt             `json:"fileSystem"`
	Interfaces       List[Interface] `json:"networkInterfaces"`
	AmazonInstanceID Opt             `json:"amazonInstanceID"`

	// Ways in.
	AllowMFA         bool   `json:"allowMultiFactorAuthentication"`
	AllowPublicKey   bool   `json:"allowPublicKeyAuthentication"`
	AllowSSHPassword bool   `json:"allowSshPasswordAuthentication"`
	AllowSSHRoot     bool   `json:"allowSshRootLogin"`
	SSHRootEnabled   bool   `json:"sshRootEnabled"`
	ModifySSHD       bool   `json:"modifySSHDConfig"`
	ServiceAccount   bool   `json:"hasServiceAccount"`
	Timezone         int    `json:"systemTimezone"`
	TemplateName     string `json:"templateName"`

	// The record itself, and what is served elsewhere in it.
	Tags         List[string] `json:"tags"`
	Organization string       `json:"organization"`
	Created      Stamp        `json:"created"`
	InMDM        bool         `json:"-"`
	Vendor       Opt          `json:"-"`
	Insights     string       `json:"-"` // state of system insights: enabled, disabled, deferred
}

// clone copies every row, and the lists that rows point to.
func (j JumpCloudEstate) clone() JumpCloudEstate {
	group := func(g *Group) { g.Attributes = slices.Clone(g.Attributes) }
	j.Organizations = slices.Clone(j.Organizations)
	j.Users = cloneRows(j.Users, func(u *User) {
		u.SSHKeys, u.Addresses = slices.Clone(u.SSHKeys), slices.Clone(u.Addresses)
		u.PhoneNumbers, u.Attributes = slices.Clone(u.PhoneNumbers), slices.Clone(u.Attributes)
		u.Tags = slices.Clone(u.Tags)
	})
	j.Groups = cloneRows(j.Groups, group)
	j.GroupMembers = slices.Clone(j.GroupMembers)
	j.Applications = slices.Clone(j.Applications)
	j.AppUsers = slices.Clone(j.AppUsers)
	j.AppGroups = slices.Clone(j.AppGroups)
	j.MDMs = slices.Clone(j.MDMs)
	j.Devices = slices.Clone(j.Devices)
	j.Systems = cloneRows(j.Systems, func(s *System) {
		s.FDE = clonePointer(s.FDE)
		s.Interfaces, s.Tags = slices.Clone(s.Interfaces), slices.Clone(s.Tags)
	})
	j.SystemUsers = slices.Clone(j.SystemUsers)
	j.SystemGroups = cloneRows(j.SystemGroups, group)
	j.SystemMembers = slices.Clone(j.SystemMembers)
	return j
}

// size counts rows in the order of the fields.
func (j JumpCloudEstate) size() []Count {
	return []Count{
		{"jumpcloud organizations", len(j.Organizations)},
		{"jumpcloud users", len(j.Users)},
		{"jumpcloud groups", len(j.Groups)},
		{"jumpcloud group members", len(j.GroupMembers)},
		{"jumpcloud applications", len(j.Applications)},
		{"jumpcloud application users", len(j.AppUsers)},
		{"jumpcloud application groups", len(j.AppGroups)},
		{"jumpcloud apple mdms", len(j.MDMs)},
		{"jumpcloud apple devices", len(j.Devices)},
		{"jumpcloud systems", len(j.Systems)},
		{"jumpcloud system users", len(j.SystemUsers)},
		{"jumpcloud system groups", len(j.SystemGroups)},
		{"jumpcloud system group members", len(j.SystemMembers)},
	}
}
