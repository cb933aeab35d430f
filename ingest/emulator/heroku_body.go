package emulator

// ref names another object the way Heroku does: by id and name.
type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// typedRef is a ref that also says what it refers to.
type typedRef struct {
	ref
	Type string `json:"type"`
}

// userRef names a user.
type userRef struct {
	ID    string `json:"id"`
	Email string `json:"email"`
}

// namedUser names a user with the name, which may be null.
type namedUser struct {
	userRef
	Name Opt `json:"name"`
}

// permission is a permission with the sentence that explains it.
type permission struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// identityProvider is where the members of an enterprise account sign on.
type identityProvider struct {
	ref
	Redacted *bool    `json:"redacted,omitempty"` // only in members
	Owner    typedRef `json:"owner"`
}

// permissionTexts explains permissions; an unknown one explains itself.
var permissionTexts = map[string]string{
	"view":    "See the teams and usage of the account",
	"create":  "Create teams in the account",
	"manage":  "Manage the members and teams of the account",
	"billing": "See invoices and usage of the account",
	"deploy":  "Push code and change configuration",
	"operate": "Restart and scale processes",
	"list":    "See that the application exists",
}

// permissions explains each name, as the API does.
func permissions(names []string) List[permission] {
	var list List[permission]
	for _, name := range names {
		text := permissionTexts[name]
		if text == "" {
			text = name
		}
		list = append(list, permission{name, text})
	}
	return list
}

// userRef, namedUser, teamRef, accountRef and appRef name a row by its id. The
// name is looked up at serving, so that a renamed team is renamed everywhere.
func (x *herokuIndex) userRef(id string) userRef {
	u := x.Users[x.user[id]]
	return userRef{u.ID, u.Email}
}

func (x *herokuIndex) namedUser(id string) namedUser {
	return namedUser{x.userRef(id), x.Users[x.user[id]].Name}
}

func (x *herokuIndex) teamRef(id string) *ref {
	if id == "" {
		return nil
	}
	return &ref{id, x.Teams[x.team[id]].Name}
}

func (x *herokuIndex) accountRef(id string) *ref {
	if id == "" {
		return nil
	}
	return &ref{id, x.Accounts[x.account[id]].Name}
}

func (x *herokuIndex) appRef(id string) ref { return ref{id, x.Apps[x.app[id]].Name} }

// provider describes the identity provider of an account, nil when it has none.
func (x *herokuIndex) provider(account string, federated, member bool) *identityProvider {
	if account == "" {
		return nil
	}
	a := x.Accounts[x.account[account]]
	if a.ProviderID == "" || !federated {
		return nil
	}
	p := &identityProvider{ref: ref{a.ProviderID, a.Name + "-sso"}, Owner: typedRef{ref{a.ID, a.Name}, "enterprise-account"}}
	if member {
		p.Redacted = new(false)
	}
	return p
}

// accountBody is /account: the owner of the key.
func (x *herokuIndex) accountBody() any {
	u := x.Users[x.user[x.AccountID]]
	var first *ref
	if at := x.myTeams(); len(at) > 0 {
		first = x.teamRef(x.Teams[at[0]].ID)
	}
	account := ""
	if len(x.Accounts) > 0 {
		account = x.Accounts[0].ID
	}
	return struct {
		ID                  string            `json:"id"`
		Email               string            `json:"email"`
		Name                Opt               `json:"name"`
		Verified            bool              `json:"verified"`
		Federated           bool              `json:"federated"`
		TwoFactor           bool              `json:"two_factor_authentication"`
		LastLogin           Stamp             `json:"last_login"`
		CreatedAt           Stamp             `json:"created_at"`
		UpdatedAt           Stamp             `json:"updated_at"`
		SuspendedAt         Stamp             `json:"suspended_at"`
		DelinquentAt        Stamp             `json:"delinquent_at"`
		DefaultTeam         *ref              `json:"default_team"`
		DefaultOrganization *ref              `json:"default_organization"`
		Provider            *identityProvider `json:"identity_provider"`
		Beta                bool              `json:"beta"`
		AllowTracking       bool              `json:"allow_tracking"`
		SMSNumber           Opt               `json:"sms_number"`
	}{
		u.ID, u.Email, u.Name, true, u.Federated, u.TwoFactor, u.LastLogin, u.CreatedAt, u.UpdatedAt, 0, 0,
		first, first, x.provider(account, u.Federated, false), false, true, "",
	}
}

// enterpriseBody is an enterprise account.
func (x *herokuIndex) enterpriseBody(i int32) any {
	a := x.Accounts[i]
	return struct {
		EnterpriseAccount
		Provider *identityProvider `json:"identity_provider"`
	}{a, x.provider(a.ID, true, false)}
}

// accountMemberBody is a member of an enterprise account. It has an id of its own
// besides user.id, and no dates.
func (x *herokuIndex) accountMemberBody(i int32) any {
	m := x.AccountMembers[i]
	u := x.Users[x.user[m.UserID]]
	return struct {
		ID          string            `json:"id"`
		User        userRef           `json:"user"`
		Permissions List[permission]  `json:"permissions"`
		TwoFactor   bool              `json:"two_factor_authentication"`
		Provider    *identityProvider `json:"identity_provider"`
		Account     *ref              `json:"enterprise_account"`
	}{
		m.ID, x.userRef(m.UserID), permissions(m.Permissions), u.TwoFactor,
		x.provider(m.AccountID, u.Federated, true), x.accountRef(m.AccountID),
	}
}

// teamBody is a team; its role is that of whoever asks, null for no member.
func (x *herokuIndex) teamBody(i int32) any {
	t := x.Teams[i]
	return struct {
		Team
		Role     Opt               `json:"role"` // of the key's owner
		Account  *ref              `json:"enterprise_account"`
		Provider *identityProvider `json:"identity_provider"`
	}{t, x.roles[t.ID], x.accountRef(t.AccountID), x.provider(t.AccountID, true, false)}
}

// teamMemberBody is a membership. The id is the membership's, not the user's.
func (x *herokuIndex) teamMemberBody(i int32) any {
	m := x.TeamMembers[i]
	u := x.Users[x.user[m.UserID]]
	return struct {
		ID        string            `json:"id"`
		Email     string            `json:"email"`
		Role      Opt               `json:"role"`
		Federated bool              `json:"federated"`
		TwoFactor bool              `json:"two_factor_authentication"`
		Provider  *identityProvider `json:"identity_provider"`
		User      namedUser         `json:"user"`
		CreatedAt Stamp             `json:"created_at"`
		UpdatedAt Stamp             `json:"updated_at"`
	}{
		m.ID, u.Email, m.Role, u.Federated, u.TwoFactor,
		x.provider(x.Teams[x.team[m.TeamID]].AccountID, u.Federated, true), x.namedUser(u.ID), m.CreatedAt, m.UpdatedAt,
	}
}

// invitationBody is an open invitation; the invited may not have told a name.
func (x *herokuIndex) invitationBody(i int32) any {
	v := x.Invitations[i]
	return struct {
		ID        string    `json:"id"`
		Role      Opt       `json:"role"`
		User      namedUser `json:"user"`
		InvitedBy namedUser `json:"invited_by"`
		Team      *ref      `json:"team"`
		CreatedAt Stamp     `json:"created_at"`
		UpdatedAt Stamp     `json:"updated_at"`
	}{v.ID, v.Role, namedUser{userRef{v.UserID, v.Email}, v.Name}, x.namedUser(v.InvitedBy), x.teamRef(v.TeamID), v.CreatedAt, v.UpdatedAt}
}

// spaceBody is a private space. organization is what team was called before.
func (x *herokuIndex) spaceBody(i int32) any {
	s := x.Spaces[i]
	team := x.teamRef(s.TeamID)
	return struct {
		Space
		Team         *ref `json:"team"`
		Organization *ref `json:"organization"`
		Region       ref  `json:"region"`
	}{s, team, team, regionRef(s.Region)}
}

// spaceMemberBody says what a user may do in a space.
func (x *herokuIndex) spaceMemberBody(i int32) any {
	m := x.SpaceMembers[i]
	return struct {
		ID          string           `json:"id"`
		Space       ref              `json:"space"`
		User        userRef          `json:"user"`
		Permissions List[permission] `json:"permissions"`
		CreatedAt   Stamp            `json:"created_at"`
		UpdatedAt   Stamp            `json:"updated_at"`
	}{m.ID, ref{m.SpaceID, x.Spaces[x.space[m.SpaceID]].Name}, x.userRef(m.UserID), permissions(m.Permissions), m.CreatedAt, m.UpdatedAt}
}
