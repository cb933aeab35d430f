package jumpcloud_test

import (
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/ingest/jumpcloud"
	"github.com/j1db/j1db/store/graph"
)

var converters = map[string]func(ingest.Source) ingest.EntityInput{
	"jumpcloud_account":      jumpcloud.AccountEntity,
	"jumpcloud_user":         jumpcloud.UserEntity,
	"jumpcloud_group":        jumpcloud.GroupEntity,
	"jumpcloud_application":  jumpcloud.ApplicationEntity,
	"jumpcloud_apple_mdm":    jumpcloud.MDMEntity,
	"jumpcloud_apple_device": jumpcloud.AppleDeviceEntity,
	"jumpcloud_system":       jumpcloud.SystemEntity,
	"jumpcloud_system_group": jumpcloud.SystemGroupEntity,
}

// convert makes an entity of JSON and checks that JupiterOne would take it.
func convert(t *testing.T, typ, source string) graph.Entity {
	t.Helper()
	model, err := datamodel.Load(datamodel.V0550)
	if err != nil {
		t.Fatal(err)
	}
	e, dropped, err := ingest.NewEntity(model, converters[typ](ingesttest.SourceOf(t, source)))
	if err != nil || len(dropped) > 0 {
		t.Fatalf("dropped %v, error %v", dropped, err)
	}
	for _, issue := range model.Validate(&e) {
		t.Errorf("under %s: %s", model.Version(), issue)
	}
	return e
}

// beyond are the properties that are added to those of JupiterOne's integration.
var beyond = map[string][]string{"jumpcloud_apple_device": {"lastSeenOn"}}

// TestVectors compares the converters with what JupiterOne's own make of the same
// objects.
func TestVectors(t *testing.T) {
	vectors := ingesttest.Vectors(t, "jumpcloud_")
	for typ, v := range vectors {
		t.Run(typ, func(t *testing.T) {
			e := convert(t, typ, string(v.Source))
			v.Compare(t, e, beyond[typ])
		})
	}
	if tried := len(vectors); tried != 6 {
		t.Errorf("%d vectors are JumpCloud's, want 6", tried)
	}
}

// TestConvert holds the converters to objects as the API gives them at its worst:
// nulls where values are promised, empty lists, fields that nobody knows.
func TestConvert(t *testing.T) {
	tests := []struct {
		name, typ, source, want string
	}{
		{
			"organization without name", "jumpcloud_account",
			`{"_id":"aaaaaaaaaaaaaaaaaaaa0001","displayName":null,"logoUrl":"https://orchard.example/l.png","created":"2024-02-03T04:05:06.789Z"}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0001","name":"aaaaaaaaaaaaaaaaaaaa0001","displayName":"aaaaaaaaaaaaaaaaaaaa0001","logoUrl":"https://orchard.example/l.png","createdOn":1706933106789,"webLink":"https://console.jumpcloud.com"}`,
		},
		{
			"user with nothing but a name", "jumpcloud_user",
			`{"_id":"aaaaaaaaaaaaaaaaaaaa0003","username":"bot","email":"","firstname":null,"lastname":null,"description":null,"tags":["a:b"],"created":null,"unknown":{"deep":[1]}}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0003","username":"bot","login":"bot","name":"bot","displayName":"bot","active":false,"suspended":false,"sudo":false,"mfaEnabled":false,"mfaConfigured":false,"mfaExclusion":false,"externallyManaged":false,"ldapBindingUser":false,"sambaServiceUser":false,"webLink":"https://console.jumpcloud.com/#/users/aaaaaaaaaaaaaaaaaaaa0003/details"}`,
		},
		{
			"suspended user", "jumpcloud_user",
			`{"id":"aaaaaaaaaaaaaaaaaaaa0003","username":"pip","email":"pip@orchard.example","firstname":"Pip","lastname":"","state":"SUSPENDED","activated":true,"suspended":true,"employeeIdentifier":"","mfa":{"configured":true,"exclusion":true,"exclusionUntil":"2024-02-03T04:05:06Z"},"totp_enabled":true,"password_date":"2024-02-03T04:05:06Z","password_expiration_date":null,"password_expired":true,"password_never_expires":null,"account_locked":true,"account_locked_date":"2024-02-03T04:05:06Z"}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0003","username":"pip","login":"pip","email":"pip@orchard.example","firstName":"Pip","lastName":"","name":"Pip","displayName":"pip","state":"suspended","active":false,"suspended":true,"sudo":false,"mfaEnabled":true,"mfaConfigured":true,"mfaExclusion":true,"mfaExclusionUntil":1706933106000,"externallyManaged":false,"ldapBindingUser":false,"sambaServiceUser":false,"passwordChangedOn":1706933106000,"passwordExpired":true,"accountLocked":true,"accountLockedOn":1706933106000,"webLink":"https://console.jumpcloud.com/#/users/aaaaaaaaaaaaaaaaaaaa0003/details"}`,
		},
		{
			"staged user who was activated once", "jumpcloud_user",
			`{"id":"aaaaaaaaaaaaaaaaaaaa0003","username":"pip","state":"STAGED","activated":true,"suspended":true}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0003","username":"pip","login":"pip","name":"pip","displayName":"pip","state":"staged","active":false,"suspended":true,"sudo":false,"mfaEnabled":false,"mfaConfigured":false,"mfaExclusion":false,"externallyManaged":false,"ldapBindingUser":false,"sambaServiceUser":false,"webLink":"https://console.jumpcloud.com/#/users/aaaaaaaaaaaaaaaaaaaa0003/details"}`,
		},
		{
			"group with attributes", "jumpcloud_group",
			`{"id":"aaaaaaaaaaaaaaaaaaaa0002","name":"Fruit","type":"user_group","email":"f@orchard.example","description":null,"attributes":{"sudo":{"enabled":true},"ldapGroups":[{"name":"<fruit>"}]}}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0002","name":"Fruit","displayName":"Fruit","attributes":"{\"ldapGroups\":[{\"name\":\"<fruit>\"}],\"sudo\":{\"enabled\":true}}","webLink":"https://console.jumpcloud.com/#/groups/user/aaaaaaaaaaaaaaaaaaaa0002/details"}`,
		},
		{
			"application without description", "jumpcloud_application",
			`{"_id":"aaaaaaaaaaaaaaaaaaaa0004","active":true,"name":"wiki","displayName":null,"description":null,"ssoUrl":null,"config":{"idpPrivateKey":{"value":"KEPT?"}}}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0004","active":true,"name":"wiki","displayName":"wiki","webLink":"https://console.jumpcloud.com/#/sso/aaaaaaaaaaaaaaaaaaaa0004/details"}`,
		},
		{
			"MDM without name", "jumpcloud_apple_mdm",
			`{"id":"aaaaaaaaaaaaaaaaaaaa0005","name":null,"depServerTokenState":null}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0005","name":"","displayName":""}`,
		},
		{
			"device of which little is known", "jumpcloud_apple_device",
			`{"id":"aaaaaaaaaaaaaaaaaaaa0006","serialNumber":null,"udid":null,"deviceInformation":null,"securityInfo":null,"enrolled":null,"createdAt":"2024-02-03T04:05:06Z"}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0006","name":"aaaaaaaaaaaaaaaaaaaa0006","displayName":"aaaaaaaaaaaaaaaaaaaa0006","serial":null,"deviceId":null,"category":null,"model":null,"make":"Apple","lastSeenOn":null,"createdAt":1706933106000,"createdOn":1706933106000}`,
		},
		{
			"system", "jumpcloud_system",
			`{"_id":"aaaaaaaaaaaaaaaaaaaa0007","hostname":"db-1","displayName":"","os":"Ubuntu","osFamily":"linux","version":"24.04","active":true,"serialNumber":null,"lastContact":"2024-02-03T04:05:06Z","remoteIP":"203.0.113.7","amazonInstanceID":"i-1","fde":null,"networkInterfaces":[{"address":"192.168.7.9","internal":false},{"address":"10.0.0.2","internal":false},{"address":"fe80::1","internal":false},{"address":"127.0.0.1","internal":true},{"address":"no address"}],"tags":["db"],"allowSshRootLogin":true}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0007","name":"db-1","displayName":"db-1","hostname":"db-1","category":"server","make":null,"model":null,"serial":null,"deviceId":"aaaaaaaaaaaaaaaaaaaa0007","lastSeenOn":1706933106000,"platform":"linux","osName":"Ubuntu","osVersion":"24.04","version":"24.04","active":true,"ipAddress":["10.0.0.2","192.168.7.9"],"privateIpAddress":["10.0.0.2","192.168.7.9"],"publicIpAddress":"203.0.113.7","awsInstanceId":"i-1","sshRootLoginAllowed":true,"tags":["db"],"webLink":"https://console.jumpcloud.com/#/devices/aaaaaaaaaaaaaaaaaaaa0007/details"}`,
		},
		{
			"system that never called", "jumpcloud_system",
			`{"_id":"aaaaaaaaaaaaaaaaaaaa0007","hostname":null,"displayName":null,"os":null,"lastContact":null,"remoteIP":"","fde":{"active":true,"keyPresent":false},"networkInterfaces":null,"hwVendor":"Fruit Inc."}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0007","name":"aaaaaaaaaaaaaaaaaaaa0007","displayName":"aaaaaaaaaaaaaaaaaaaa0007","hostname":null,"category":"endpoint","make":"Fruit Inc.","model":null,"serial":null,"deviceId":"aaaaaaaaaaaaaaaaaaaa0007","lastSeenOn":null,"encrypted":true,"encryptionKeyEscrowed":false,"webLink":"https://console.jumpcloud.com/#/devices/aaaaaaaaaaaaaaaaaaaa0007/details"}`,
		},
		{
			"system group", "jumpcloud_system_group",
			`{"id":"aaaaaaaaaaaaaaaaaaaa0008","name":"laptops","type":"system_group","attributes":null,"description":"all"}`,
			`{"id":"aaaaaaaaaaaaaaaaaaaa0008","name":"laptops","displayName":"laptops","description":"all","webLink":"https://console.jumpcloud.com/#/groups/system/aaaaaaaaaaaaaaaaaaaa0008/details"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := convert(t, test.typ, test.source)
			ingesttest.CompareProperties(t, e, test.want)
			if raw := string(e.Raw); strings.Contains(raw, "KEPT?") || strings.Contains(raw, `"tags":["a:b"]`) {
				t.Errorf("raw data keeps what it should not: %s", raw)
			}
		})
	}
}

// TestPlatforms holds the words of the data model to those of the API.
func TestPlatforms(t *testing.T) {
	for source, want := range map[string]string{
		`{"id":"s","os":"Mac OS X","osFamily":"darwin"}`: "darwin",
		`{"id":"s","os":"Mac OS X"}`:                     "darwin",
		`{"id":"s","os":"Windows"}`:                      "windows",
		`{"id":"s","os":"Ubuntu","osFamily":"linux"}`:    "linux",
		`{"id":"s","os":"iOS","osFamily":"ios"}`:         "ios",
		`{"id":"s","os":"Android"}`:                      "android",
		`{"id":"s","os":"Plan 9"}`:                       "other",
		`{"id":"s"}`:                                     "",
	} {
		got, _ := jumpcloud.SystemEntity(ingesttest.SourceOf(t, source)).Assign["platform"].(graph.Value)
		if got.Str() != want {
			t.Errorf("%s is %q, want %q", source, got.Str(), want)
		}
	}
}
