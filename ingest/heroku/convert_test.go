package heroku_test

import (
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/ingest/heroku"
	"github.com/j1db/j1db/ingest/ingesttest"
	"github.com/j1db/j1db/store/graph"
)

// converters by type; the second argument is the object's parent.
var converters = map[string]func(ingest.Source, string) ingest.EntityInput{
	"heroku_account":         func(s ingest.Source, _ string) ingest.EntityInput { return heroku.AccountEntity(s) },
	"heroku_team":            heroku.TeamEntity,
	"heroku_account_member":  heroku.MemberEntity,
	"heroku_application":     heroku.ApplicationEntity,
	"heroku_addon":           heroku.AddonEntity,
	"heroku_team_invitation": heroku.InvitationEntity,
	"heroku_space":           func(s ingest.Source, _ string) ingest.EntityInput { return heroku.SpaceEntity(s) },
	"heroku_pipeline":        func(s ingest.Source, _ string) ingest.EntityInput { return heroku.PipelineEntity(s) },
	"heroku_domain":          heroku.DomainEntity,
	"heroku_certificate":     heroku.CertificateEntity,
}

// convert makes an entity of JSON and checks that JupiterOne would take it.
func convert(t *testing.T, typ, source, parent string) graph.Entity {
	t.Helper()
	model, err := datamodel.Load(datamodel.V0550)
	if err != nil {
		t.Fatal(err)
	}
	e, dropped, err := ingest.NewEntity(model, converters[typ](ingesttest.SourceOf(t, source), parent))
	if err != nil || len(dropped) > 0 {
		t.Fatalf("dropped %v, error %v", dropped, err)
	}
	for _, issue := range model.Validate(&e) {
		t.Errorf("under %s: %s", model.Version(), issue)
	}
	return e
}

// beyond are the properties that are added to those of JupiterOne's integration.
var beyond = map[string][]string{
	"heroku_account_member": {"email", "mfaEnabled"},
	"heroku_addon":          {"plan", "service", "state"},
}

// TestVectors compares the converters with what JupiterOne's own make of the same
// objects.
func TestVectors(t *testing.T) {
	vectors := ingesttest.Vectors(t, "heroku_")
	for typ, v := range vectors {
		t.Run(typ, func(t *testing.T) {
			parent := map[string]string{
				"heroku_team":           v.Entity["enterpriseAccountId"].Str(),
				"heroku_account_member": v.Entity["enterpriseAccountId"].Str(),
				"heroku_application":    v.Entity["teamId"].Str(),
				"heroku_addon":          v.Entity["applicationId"].Str(),
			}[typ]
			e := convert(t, typ, string(v.Source), parent)
			v.Compare(t, e, beyond[typ])
		})
	}
	if tried := len(vectors); tried != 5 {
		t.Errorf("%d vectors are Heroku's, want 5", tried)
	}
}

// TestConvert holds the converters to objects as the API gives them at its worst:
// nulls where values are promised, empty lists, fields that nobody knows.
func TestConvert(t *testing.T) {
	const stamps = `"created_at":"2024-02-03T04:05:06Z","updated_at":"2024-03-03T04:05:06Z"`
	const times = `"createdOn":1706933106000,"updatedOn":1709438706000`
	tests := []struct {
		name, typ, parent, source, want string
	}{
		{
			"application without owner", "heroku_application", "team-000000001",
			`{"id":"app-0000000001","name":"pear","owner":null,` + stamps + `}`,
			`{"id":"app-0000000001","name":"pear","displayName":"pear","teamId":"team-000000001",` + times + `}`,
		},
		{
			"personal application", "heroku_application", "",
			`{"id":"app-0000000001","name":"pear","owner":{"id":"user-000000001","email":"pip@orchard.example"},"team":null,"space":null}`,
			`{"id":"app-0000000001","name":"pear","displayName":"pear","owner":"pip@orchard.example","ownerId":"user-000000001"}`,
		},
		{
			"application in a space", "heroku_application", "team-000000001",
			`{"id":"app-0000000001","name":"pear","owner":{},"space":{"id":"space-00000001","name":"vault"},"new_field":{"deep":[1]}}`,
			`{"id":"app-0000000001","name":"pear","displayName":"pear","teamId":"team-000000001","spaceId":"space-00000001"}`,
		},
		{
			"addon without address", "heroku_addon", "app-0000000001",
			`{"id":"addon-00000001","name":"pg","web_url":null,"state":"provisioning","config_vars":["DATABASE_URL"],"plan":{"name":"pg:mini"},"addon_service":{"name":"pg"},` + stamps + `}`,
			`{"id":"addon-00000001","name":"pg","displayName":"pg","applicationId":"app-0000000001","category":["platform"],"endpoints":[],"function":[],"state":"provisioning","plan":"pg:mini","service":"pg",` + times + `}`,
		},
		{
			"addon with little", "heroku_addon", "app-0000000001",
			`{"id":"addon-00000001","name":"pg","state":null,"plan":null,"created_at":null}`,
			`{"id":"addon-00000001","name":"pg","displayName":"pg","applicationId":"app-0000000001","category":["platform"],"endpoints":[],"function":[]}`,
		},
		{
			"member whose second factor is unknown", "heroku_account_member", "account-0000001",
			`{"id":"membership-0001","user":{"id":"user-000000001","email":"pip@orchard.example"},"two_factor_authentication":null}`,
			`{"id":"user-000000001","username":"pip@orchard.example","name":"pip@orchard.example","displayName":"pip@orchard.example","email":"pip@orchard.example","enterpriseAccountId":"account-0000001"}`,
		},
		{
			"team outside", "heroku_team", "",
			`{"id":"team-000000001","name":"labs","enterprise_account":null,"role":null,` + stamps + `}`,
			`{"id":"team-000000001","name":"labs","displayName":"labs",` + times + `}`,
		},
		{
			"account with a time that is none", "heroku_account", "",
			`{"id":"account-0000001","name":"orchard","created_at":"soon","updated_at":17}`,
			`{"id":"account-0000001","name":"orchard","displayName":"orchard"}`,
		},
		{
			"space without range", "heroku_space", "",
			`{"id":"space-00000001","name":"vault","cidr":null,"shield":null,"region":{"name":"virginia"},"team":null}`,
			`{"id":"space-00000001","name":"vault","displayName":"vault","CIDR":null,"public":false,"internal":true,"region":"virginia"}`,
		},
		{
			"pipeline of nobody", "heroku_pipeline", "",
			`{"id":"pipeline-00001","name":"shop","owner":null}`,
			`{"id":"pipeline-00001","name":"shop","displayName":"shop"}`,
		},
		{
			"domain", "heroku_domain", "app-0000000001",
			`{"id":"domain-0000001","hostname":"pear.example","kind":"custom","cname":"x.dns.example","acm_status":null,"status":"succeeded","sni_endpoint":{"id":"sni-0000000001"}}`,
			`{"id":"domain-0000001","name":"pear.example","displayName":"pear.example","domainName":"pear.example","applicationId":"app-0000000001","kind":"custom","cname":"x.dns.example","status":"succeeded","certificateId":"sni-0000000001"}`,
		},
		{
			"endpoint without certificate", "heroku_certificate", "app-0000000001",
			`{"id":"sni-0000000001","name":"sni-1","display_name":null,"ssl_cert":{},"certificate_chain":"-----BEGIN"}`,
			`{"id":"sni-0000000001","name":"sni-1","displayName":"sni-1","applicationId":"app-0000000001"}`,
		},
		{
			"certificate", "heroku_certificate", "app-0000000001",
			`{"id":"sni-0000000001","name":"sni-1","display_name":"pear","ssl_cert":{"id":"cert-000000001","acm":true,"self_signed?":false,"cert_domains":["a.example","b.example"],"issuer":"/CN=ca","subject":"/CN=a","starts_at":"2024-02-03T04:05:06Z","expires_at":"2024-03-03T04:05:06Z"}}`,
			`{"id":"sni-0000000001","name":"pear","displayName":"pear","applicationId":"app-0000000001","certificateId":"cert-000000001","managed":true,"selfSigned":false,"domains":["a.example","b.example"],"issuer":"/CN=ca","subject":"/CN=a","startsOn":1706933106000,"expiresOn":1709438706000}`,
		},
		{
			"invitation", "heroku_team_invitation", "team-000000001",
			`{"id":"invitation-001","role":"admin","user":{"email":"pip@orchard.example"},"invited_by":{"email":"ada@orchard.example"},"created_at":"2024-02-03T04:05:06Z"}`,
			`{"id":"invitation-001","name":"pip@orchard.example","displayName":"pip@orchard.example","email":"pip@orchard.example","role":"admin","invitedBy":"ada@orchard.example","teamId":"team-000000001","open":true,"createdOn":1706933106000}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := convert(t, test.typ, test.source, test.parent)
			ingesttest.CompareProperties(t, e, test.want)
			if raw := string(e.Raw); strings.Contains(raw, "DATABASE_URL") || strings.Contains(raw, "BEGIN") {
				t.Errorf("raw data keeps what it should not: %s", raw)
			}
		})
	}
}
