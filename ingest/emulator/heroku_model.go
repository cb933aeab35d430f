package emulator

import "slices"

// HerokuEstate is what Heroku knows of the company. References are ids; the
// names inside API objects are filled in when they are served.
type HerokuEstate struct {
	AccountID      string // the user whom the API key belongs to
	Users          []HerokuUser
	Accounts       []EnterpriseAccount
	AccountMembers []AccountMember
	Teams          []Team
	TeamMembers    []TeamMember
	Invitations    []Invitation
	Spaces         []Space
	SpaceMembers   []SpaceMember
	Apps           []App
	AddOns         []AddOn
	Collaborators  []Collaborator
	Domains        []Domain
	Endpoints      []Endpoint
	Pipelines      []Pipeline
	Couplings      []Coupling
}

// HerokuUser is a person's login at Heroku. It is served inside other objects,
// and as /account for the key's owner.
type HerokuUser struct {
	ID        string
	Email     string
	Name      Opt
	Federated bool
	TwoFactor bool
	CreatedAt Stamp
	UpdatedAt Stamp
	LastLogin Stamp
}

// EnterpriseAccount is a Heroku enterprise account.
type EnterpriseAccount struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	CreatedAt   Stamp        `json:"created_at"`
	UpdatedAt   Stamp        `json:"updated_at"`
	Permissions List[string] `json:"permissions"`
	Trial       bool         `json:"trial"`
	ProviderID  string       `json:"-"` // its identity provider; empty is null
}

// AccountMember puts a user into an enterprise account.
type AccountMember struct {
	ID          string
	AccountID   string
	UserID      string
	Permissions []string // view, create, manage, billing
}

// Team is a Heroku team, inside an enterprise account or on its own.
type Team struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Type        string `json:"type"` // enterprise or team
	Default     bool   `json:"default"`
	Limit       *int   `json:"membership_limit"`
	Licenses    bool   `json:"provisioned_licenses"`
	CreditCards bool   `json:"credit_card_collections"`
	CreatedAt   Stamp  `json:"created_at"`
	UpdatedAt   Stamp  `json:"updated_at"`
	AccountID   string `json:"-"` // empty outside an enterprise account
}

// TeamMember puts a user into a team. An empty role is null.
type TeamMember struct {
	ID        string
	TeamID    string
	UserID    string
	Role      Opt // admin, collaborator, member, owner
	CreatedAt Stamp
	UpdatedAt Stamp
}

// Invitation asks a user into a team.
type Invitation struct {
	ID        string
	TeamID    string
	Email     string // the invited
	UserID    string // the invited one's future user id
	Name      Opt
	InvitedBy string // user id
	Role      Opt
	CreatedAt Stamp
	UpdatedAt Stamp
}

// Space is a private space.
type Space struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	CIDR      string `json:"cidr"`
	DataCIDR  string `json:"data_cidr"`
	Shield    bool   `json:"shield"`
	State     string `json:"state"` // allocating, allocated, deleting
	CreatedAt Stamp  `json:"created_at"`
	UpdatedAt Stamp  `json:"updated_at"`
	TeamID    string `json:"-"`
	Region    string `json:"-"`
}

// SpaceMember gives a user permissions in a space.
type SpaceMember struct {
	ID          string
	SpaceID     string
	UserID      string
	Permissions []string
	CreatedAt   Stamp
	UpdatedAt   Stamp
}

// App is an application of a team, or a person's own when it has no team.
type App struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	ACM             bool   `json:"acm"`
	Maintenance     bool   `json:"maintenance"`
	Locked          bool   `json:"locked"`
	Joined          bool   `json:"joined"`
	InternalRouting *bool  `json:"internal_routing"`

	// What it is built from; null before the first release.
	GitURL    string `json:"git_url"`
	WebURL    Opt    `json:"web_url"`
	Buildpack Opt    `json:"buildpack_provided_description"`
	RepoSize  *int64 `json:"repo_size"`
	SlugSize  *int64 `json:"slug_size"`

	ArchivedAt Stamp `json:"archived_at"`
	ReleasedAt Stamp `json:"released_at"`
	CreatedAt  Stamp `json:"created_at"`
	UpdatedAt  Stamp `json:"updated_at"`

	// References, served as objects.
	TeamID    string `json:"-"` // empty for a personal app
	OwnerID   string `json:"-"` // user id of a personal app's owner
	Ownerless bool   `json:"-"` // owner is null although the API usually names one
	SpaceID   string `json:"-"`
	Region    string `json:"-"`
	Stack     string `json:"-"`
}

// AddOn is an add-on of an application.
type AddOn struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	State      string       `json:"state"` // provisioning, provisioned, deprovisioned
	ConfigVars List[string] `json:"config_vars"`
	ProviderID string       `json:"provider_id"`
	WebURL     Opt          `json:"web_url"`
	CreatedAt  Stamp        `json:"created_at"`
	UpdatedAt  Stamp        `json:"updated_at"`
	AppID      string       `json:"-"`
	Service    string       `json:"-"` // such as heroku-postgresql
	Plan       string       `json:"-"` // such as standard-0
	Cents      *int         `json:"-"` // monthly price; nil makes billed_price null
}

// Collaborator gives a user permissions on an application.
type Collaborator struct {
	ID          string
	AppID       string
	UserID      string
	Role        Opt
	Permissions []string
	CreatedAt   Stamp
	UpdatedAt   Stamp
}

// Domain is a hostname of an application.
type Domain struct {
	ID         string `json:"id"`
	Hostname   string `json:"hostname"`
	Kind       string `json:"kind"` // heroku or custom
	CName      Opt    `json:"cname"`
	ACMStatus  Opt    `json:"acm_status"`
	ACMReason  Opt    `json:"acm_status_reason"`
	Status     string `json:"status"`
	CreatedAt  Stamp  `json:"created_at"`
	UpdatedAt  Stamp  `json:"updated_at"`
	AppID      string `json:"-"`
	EndpointID string `json:"-"` // empty makes sni_endpoint null
}

// Endpoint is an SNI endpoint: the certificate of an application's domains.
type Endpoint struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	DisplayName Opt          `json:"display_name"`
	Chain       string       `json:"certificate_chain"`
	Domains     List[string] `json:"domains"` // domain ids
	CreatedAt   Stamp        `json:"created_at"`
	UpdatedAt   Stamp        `json:"updated_at"`
	AppID       string       `json:"-"`
	Cert        Certificate  `json:"-"`
}

// Certificate is what an endpoint serves. Without an id there is none yet and
// the API gives an empty object.
type Certificate struct {
	ID         string
	ACM        bool
	SelfSigned bool
	Hostnames  []string
	Issuer     string
	Subject    string
	StartsAt   Stamp
	ExpiresAt  Stamp
}

// Pipeline groups applications by stage.
type Pipeline struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	CreatedAt Stamp  `json:"created_at"`
	UpdatedAt Stamp  `json:"updated_at"`
	OwnerID   string `json:"-"` // team or user id; empty makes owner null
	OwnerType string `json:"-"` // team or user
}

// Coupling puts an application into a pipeline's stage.
type Coupling struct {
	ID         string
	PipelineID string
	AppID      string
	Stage      string // test, review, development, staging, production
	CreatedAt  Stamp
	UpdatedAt  Stamp
}

// clone copies every row, and the lists and numbers that rows point to.
func (h HerokuEstate) clone() HerokuEstate {
	h.Users = slices.Clone(h.Users)
	h.Accounts = cloneRows(h.Accounts, func(a *EnterpriseAccount) { a.Permissions = slices.Clone(a.Permissions) })
	h.AccountMembers = cloneRows(h.AccountMembers, func(m *AccountMember) { m.Permissions = slices.Clone(m.Permissions) })
	h.Teams = cloneRows(h.Teams, func(t *Team) { t.Limit = clonePointer(t.Limit) })
	h.TeamMembers = slices.Clone(h.TeamMembers)
	h.Invitations = slices.Clone(h.Invitations)
	h.Spaces = slices.Clone(h.Spaces)
	h.SpaceMembers = cloneRows(h.SpaceMembers, func(m *SpaceMember) { m.Permissions = slices.Clone(m.Permissions) })
	h.Apps = cloneRows(h.Apps, func(a *App) {
		a.InternalRouting = clonePointer(a.InternalRouting)
		a.RepoSize, a.SlugSize = clonePointer(a.RepoSize), clonePointer(a.SlugSize)
	})
	h.AddOns = cloneRows(h.AddOns, func(a *AddOn) {
		a.ConfigVars, a.Cents = slices.Clone(a.ConfigVars), clonePointer(a.Cents)
	})
	h.Collaborators = cloneRows(h.Collaborators, func(c *Collaborator) { c.Permissions = slices.Clone(c.Permissions) })
	h.Domains = slices.Clone(h.Domains)
	h.Endpoints = cloneRows(h.Endpoints, func(p *Endpoint) {
		p.Domains, p.Cert.Hostnames = slices.Clone(p.Domains), slices.Clone(p.Cert.Hostnames)
	})
	h.Pipelines = slices.Clone(h.Pipelines)
	h.Couplings = slices.Clone(h.Couplings)
	return h
}

// cloneRows copies a slice and then, row by row, what deep says a row points to.
func cloneRows[T any](rows []T, deep func(*T)) []T {
	rows = slices.Clone(rows)
	for i := range rows {
		deep(&rows[i])
	}
	return rows
}

// clonePointer copies what a pointer points to; nil stays nil.
func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// size counts rows in the order of the fields.
func (h HerokuEstate) size() []Count {
	return []Count{
		{"heroku users", len(h.Users)},
		{"heroku enterprise accounts", len(h.Accounts)},
		{"heroku account members", len(h.AccountMembers)},
		{"heroku teams", len(h.Teams)},
		{"heroku team members", len(h.TeamMembers)},
		{"heroku invitations", len(h.Invitations)},
		{"heroku spaces", len(h.Spaces)},
		{"heroku space members", len(h.SpaceMembers)},
		{"heroku apps", len(h.Apps)},
		{"heroku add-ons", len(h.AddOns)},
		{"heroku collaborators", len(h.Collaborators)},
		{"heroku domains", len(h.Domains)},
		{"heroku sni endpoints", len(h.Endpoints)},
		{"heroku pipelines", len(h.Pipelines)},
		{"heroku couplings", len(h.Couplings)},
	}
}
