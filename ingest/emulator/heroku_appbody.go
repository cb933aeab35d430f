package emulator

// regionRef and the other refs to Heroku's own catalogue have ids that follow
// from the names: the catalogue is the same for everybody.
func regionRef(name string) ref { return ref{uuid(0, "region", name), name} }

// appBody is an application as team lists and /apps give it: team, space and
// owner may each be null.
func (x *herokuIndex) appBody(i int32) any {
	a := x.Apps[i]
	team := x.teamRef(a.TeamID)
	var space *ref
	if a.SpaceID != "" {
		space = &ref{a.SpaceID, x.Spaces[x.space[a.SpaceID]].Name}
	}
	stack := ref{uuid(0, "stack", a.Stack), a.Stack}
	return struct {
		App
		Owner        *userRef `json:"owner"`
		Team         *ref     `json:"team"`
		Organization *ref     `json:"organization"`
		Region       ref      `json:"region"`
		Space        *ref     `json:"space"`
		Stack        ref      `json:"stack"`
		BuildStack   ref      `json:"build_stack"`
	}{a, x.owner(&a), team, team, regionRef(a.Region), space, stack, stack}
}

// owner is the person who owns an application, or the stand-in that Heroku
// makes up for a team.
func (x *herokuIndex) owner(a *App) *userRef {
	switch {
	case a.Ownerless:
		return nil
	case a.TeamID == "":
		return new(x.userRef(a.OwnerID))
	}
	name := x.Teams[x.team[a.TeamID]].Name
	return &userRef{uuid(0, "team owner", a.TeamID), name + "@herokumanager.example"}
}

// addOnBody is an add-on. The names of its config variables are among the things
// that a collector must not keep.
func (x *herokuIndex) addOnBody(i int32) any {
	a := x.AddOns[i]
	type price struct {
		Cents    int    `json:"cents"`
		Contract bool   `json:"contract"`
		Metered  bool   `json:"metered"`
		Unit     string `json:"unit"`
	}
	var billed *price
	if a.Cents != nil {
		billed = &price{Cents: *a.Cents, Unit: "month"}
	}
	plan := a.Service + ":" + a.Plan
	return struct {
		AddOn
		App     ref        `json:"app"`
		Service ref        `json:"addon_service"`
		Plan    ref        `json:"plan"`
		Billing typedRef   `json:"billing_entity"`
		Price   *price     `json:"billed_price"`
		Actions List[bool] `json:"actions"`
		Message string     `json:"provision_message"`
	}{
		a, x.appRef(a.AppID), ref{uuid(0, "service", a.Service), a.Service}, ref{uuid(0, "plan", plan), plan},
		x.billing(a.AppID), billed, nil, "",
	}
}

// billing says who pays for an application: its team, or the application itself.
func (x *herokuIndex) billing(app string) typedRef {
	if team := x.teamRef(x.Apps[x.app[app]].TeamID); team != nil {
		return typedRef{*team, "team"}
	}
	return typedRef{x.appRef(app), "app"}
}

// collaboratorBody says what a user may do with an application.
func (x *herokuIndex) collaboratorBody(i int32) any {
	c := x.Collaborators[i]
	u := x.Users[x.user[c.UserID]]
	type user struct {
		userRef
		Federated bool `json:"federated"`
	}
	return struct {
		ID          string           `json:"id"`
		App         ref              `json:"app"`
		User        user             `json:"user"`
		Role        Opt              `json:"role"`
		Permissions List[permission] `json:"permissions"`
		CreatedAt   Stamp            `json:"created_at"`
		UpdatedAt   Stamp            `json:"updated_at"`
	}{c.ID, x.appRef(c.AppID), user{userRef{u.ID, u.Email}, u.Federated}, c.Role, permissions(c.Permissions), c.CreatedAt, c.UpdatedAt}
}

// domainBody is a hostname; sni_endpoint is null when it is served without TLS.
func (x *herokuIndex) domainBody(i int32) any {
	d := x.Domains[i]
	var endpoint *ref
	for _, at := range x.endpoints[d.AppID] {
		if p := x.Endpoints[at]; p.ID == d.EndpointID {
			endpoint = &ref{p.ID, p.Name}
		}
	}
	return struct {
		Domain
		App      ref  `json:"app"`
		Endpoint *ref `json:"sni_endpoint"`
	}{d, x.appRef(d.AppID), endpoint}
}

// endpointBody is a certificate. Before the upload is read, ssl_cert is an empty
// object; the question marks in its names are the API's.
func (x *herokuIndex) endpointBody(i int32) any {
	p := x.Endpoints[i]
	type cert struct {
		ID         string       `json:"id"`
		ACM        bool         `json:"acm"`
		CASigned   bool         `json:"ca_signed?"`
		SelfSigned bool         `json:"self_signed?"`
		Hostnames  List[string] `json:"cert_domains"`
		Issuer     string       `json:"issuer"`
		Subject    string       `json:"subject"`
		StartsAt   Stamp        `json:"starts_at"`
		ExpiresAt  Stamp        `json:"expires_at"`
	}
	var served any = struct{}{}
	if c := p.Cert; c.ID != "" {
		served = cert{c.ID, c.ACM, !c.SelfSigned, c.SelfSigned, c.Hostnames, c.Issuer, c.Subject, c.StartsAt, c.ExpiresAt}
	}
	return struct {
		Endpoint
		App  ref `json:"app"`
		Cert any `json:"ssl_cert"`
	}{p, x.appRef(p.AppID), served}
}

// pipelineBody is a pipeline; an old one may have no owner.
func (x *herokuIndex) pipelineBody(i int32) any {
	type owner struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	p := x.Pipelines[i]
	var o *owner
	if p.OwnerID != "" {
		o = &owner{p.OwnerID, p.OwnerType}
	}
	return struct {
		Pipeline
		Owner *owner `json:"owner"`
	}{p, o}
}

// couplingBody names application and pipeline by id alone, as the API does.
func (x *herokuIndex) couplingBody(i int32) any {
	type id struct {
		ID string `json:"id"`
	}
	c := x.Couplings[i]
	return struct {
		ID        string `json:"id"`
		App       id     `json:"app"`
		Pipeline  id     `json:"pipeline"`
		Stage     string `json:"stage"`
		CreatedAt Stamp  `json:"created_at"`
		UpdatedAt Stamp  `json:"updated_at"`
	}{c.ID, id{c.AppID}, id{c.PipelineID}, c.Stage, c.CreatedAt, c.UpdatedAt}
}
