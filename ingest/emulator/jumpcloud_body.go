package emulator

import "encoding/json"

// organizationBody is a tenant. Objects of version 1 carry their id twice.
func (x *orgRows) organizationBody(i int32) any {
	o := x.Organizations[i]
	return struct {
		OID string `json:"_id"`
		Organization
	}{o.ID, o}
}

// userBody is a user; mfa is missing altogether in some.
func (x *orgRows) userBody(i int32) any {
	u := x.Users[i]
	return struct {
		OID string `json:"_id"`
		User
	}{u.ID, u}
}

// oneUser is a user by id, nil when there is none.
func (x *orgRows) oneUser(id string) any {
	if !x.hasUser(id) {
		return nil
	}
	return x.userBody(x.user[id])
}

// applicationBody carries the secrets that the real API gives as well: a
// collector must drop config.
func (x *orgRows) applicationBody(i int32) any {
	type logo struct {
		URL string `json:"url"`
	}
	type field struct {
		Type     string `json:"type"`
		Label    string `json:"label"`
		Value    string `json:"value"`
		Required bool   `json:"required"`
	}
	type config struct {
		EntityID    field `json:"idpEntityId"`
		Certificate field `json:"idpCertificate"`
		PrivateKey  field `json:"idpPrivateKey"`
		ACSURL      field `json:"acsUrl"`
	}
	a := x.Applications[i]
	var picture *logo
	if a.Logo != "" {
		picture = &logo{string(a.Logo)}
	}
	return struct {
		OID string `json:"_id"`
		Application
		Logo       *logo      `json:"logo"`
		Attributes List[bool] `json:"databaseAttributes"`
		Config     config     `json:"config"`
	}{a.ID, a, picture, nil, config{
		field{"text", "IdP Entity ID", a.Secret + "-entity", true},
		field{"file", "IdP Certificate", "-----BEGIN CERTIFICATE-----\n" + a.Secret + "\n-----END CERTIFICATE-----", true},
		field{"file", "IdP Private Key", "-----BEGIN PRIVATE KEY-----\n" + a.Secret + "\n-----END PRIVATE KEY-----", true},
		field{"text", "ACS URL", a.SSOURL + "/acs?relay=" + a.Secret, true},
	}}
}

// oneApplication is an application by id, nil when there is none.
func (x *orgRows) oneApplication(id string) any {
	if !x.hasApplication(id) {
		return nil
	}
	return x.applicationBody(x.application[id])
}

// oneGroup is a user group by id, nil when there is none.
func (x *orgRows) oneGroup(id string) any {
	if !x.hasGroup(id) {
		return nil
	}
	return x.Groups[x.group[id]]
}

// mdmBody is an Apple MDM with the odds and ends that the API adds.
func (x *orgRows) mdmBody(i int32) any {
	return struct {
		MDM
		DEP  json.RawMessage `json:"dep"`
		ADES json.RawMessage `json:"ades"`
	}{
		x.MDMs[i], json.RawMessage(`{"welcomeScreen":{"title":"Welcome"}}`),
		json.RawMessage(`{"ios":null,"macos":{"enableZeroTouchEnrollment":true}}`),
	}
}

// deviceBody is an Apple device. One that never checked in has null where the
// others have what they told.
func (x *orgRows) deviceBody(i int32) any {
	type information struct {
		DeviceName string  `json:"deviceName"`
		ModelName  string  `json:"modelName"`
		WifiMAC    string  `json:"wifiMac"`
		Capacity   int     `json:"deviceCapacity"`
		Available  float64 `json:"availableDeviceCapacity"`
		Supervised bool    `json:"isSupervised"`
		ICCID      Opt     `json:"iccid"`
		IMEI       Opt     `json:"imei"`
	}
	type security struct {
		FDEEnabled      bool `json:"fdeEnabled"`
		PasscodePresent bool `json:"passcodePresent"`
		FirewallEnabled bool `json:"firewallEnabled"`
	}
	d := x.Devices[i]
	var info *information
	var safe *security
	if !d.Bare {
		info = &information{d.Name, d.Model, d.WifiMAC, d.Capacity, float64(d.Capacity) / 4, d.Supervised, "", ""}
		safe = &security{true, true, d.Supervised}
	}
	return struct {
		Device
		Security    *security    `json:"securityInfo"`
		Information *information `json:"deviceInformation"`
	}{d, safe, info}
}

// systemBody is a computer; fde is null where the agent cannot tell.
func (x *orgRows) systemBody(i int32) any {
	type mdm struct {
		Vendor string `json:"vendor"`
	}
	type insights struct {
		State string `json:"state"`
	}
	type version struct {
		Name string `json:"osName"`
		Full string `json:"version"`
	}
	s := x.Systems[i]
	var managed *mdm
	if s.InMDM {
		managed = &mdm{"internal"}
	}
	return struct {
		OID string `json:"_id"`
		System
		MDM      *mdm      `json:"mdm"`
		Vendor   Opt       `json:"hwVendor"`
		Insights insights  `json:"systemInsights"`
		Detail   version   `json:"osVersionDetail"`
		History  List[int] `json:"connectionHistory"`
	}{s.ID, s, managed, s.Vendor, insights{s.Insights}, version{s.OS, s.Version}, nil}
}

// oneSystem is a system by id, nil when there is none.
func (x *orgRows) oneSystem(id string) any {
	if !x.hasSystem(id) {
		return nil
	}
	return x.systemBody(x.system[id])
}
