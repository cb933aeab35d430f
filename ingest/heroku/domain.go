package heroku

import (
	"context"

	"github.com/j1db/j1db/ingest"
)

// domainEntity converts a host name of an application. What serves its
// certificate is named by the endpoint's id.
func domainEntity(s ingest.Source, app string) ingest.EntityInput {
	host := s.Text("hostname")
	return entity(domainType, s, stamped(s, ingest.Props{
		"name":          host,
		"displayName":   host,
		"domainName":    host,
		"applicationId": app,
		"kind":          s.Text("kind"),
		"cname":         s.Text("cname"),
		"acmStatus":     s.Text("acm_status"),
		"status":        s.Text("status"),
		"certificateId": s.Text("sni_endpoint", "id"),
	}))
}

// certificateEntity converts the certificate that an SNI endpoint of an
// application serves. Its key is the endpoint's id, which outlives renewals: a
// renewed certificate is a change of expiresOn.
func certificateEntity(s ingest.Source, app string) ingest.EntityInput {
	cert := s.Object("ssl_cert")
	name := s.Text("display_name")
	if name.Missing() {
		name = s.Text("name")
	}
	return entity(certificateType, s.Without("certificate_chain"), stamped(s, ingest.Props{
		"name":          name,
		"displayName":   name,
		"applicationId": app,
		"certificateId": cert.Text("id"),
		"issuer":        cert.Text("issuer"),
		"subject":       cert.Text("subject"),
		"domains":       texts(cert.Get("cert_domains")),
		"managed":       boolean(cert.Get("acm")),
		"selfSigned":    boolean(cert.Get("self_signed?")),
		"startsOn":      cert.Time("starts_at"),
		"expiresOn":     cert.Time("expires_at"),
	}))
}

// fetchDomains reads the host names of every application, its own at Heroku among
// them.
func (c *collector) fetchDomains(ctx context.Context, job *ingest.Job) error {
	return c.eachOfApps(ctx, job, "domains", applicationHasDomain, domainEntity)
}

// fetchCertificates reads what every application serves for TLS. Private keys are
// not in the API; the chain of certificates is, and is not kept.
func (c *collector) fetchCertificates(ctx context.Context, job *ingest.Job) error {
	return c.eachOfApps(ctx, job, "sni-endpoints", applicationHasCertificate, certificateEntity)
}

// relateDomainsToCertificates is a step of its own, so that either list may be
// forbidden without the other.
func (c *collector) relateDomainsToCertificates(ctx context.Context, job *ingest.Job) error {
	for domain := range job.Entities(domainType.Type) {
		certificate := domain.Props.Get("certificateId").Str()
		if certificate == "" || !job.MayHave(certificateType.Type, certificate) {
			continue
		}
		if err := relate(ctx, job, domainUsesCertificate, domain.Key, certificate, nil); err != nil {
			return err
		}
	}
	return nil
}
