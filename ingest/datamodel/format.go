package datamodel

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// isFormat reports whether s is of the named format. The formats are those of
// JSON schema that the data model uses, and its own ip, ipCidr and asn. An
// unknown format accepts everything, as JSON schema demands.
func isFormat(format, s string) bool {
	switch format {
	case "date-time":
		_, err := time.Parse(time.RFC3339, s)
		return err == nil
	case "email":
		return isEmail(s)
	case "hostname":
		return isHostname(s)
	case "uri":
		return isURI(s)
	case "ip":
		return isIP(s, true, true)
	case "ipv4":
		return isIP(s, true, false)
	case "ipv6":
		return isIP(s, false, true)
	case "ipCidr":
		_, err := netip.ParsePrefix(s)
		return err == nil
	case "asn":
		return isASN(s)
	}
	return true
}

// isIP accepts an address of the given families, without a zone.
func isIP(s string, v4, v6 bool) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Zone() == "" && (addr.Is4() && v4 || addr.Is6() && v6)
}

// isASN accepts AS and two to six digits.
func isASN(s string) bool {
	digits, ok := strings.CutPrefix(s, "AS")
	return ok && len(digits) >= 2 && len(digits) <= 6 && strings.Trim(digits, "0123456789") == ""
}

// isEmail accepts the plain form: dotted atoms, an @, and a host of at least two
// labels.
func isEmail(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	if !ok || !isHostname(host) || !strings.Contains(host, ".") || strings.HasSuffix(host, ".") {
		return false
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !isAtomChar(r) }) {
			return false
		}
	}
	return true
}

// isAtomChar accepts what RFC 5322 allows in an atom.
func isAtomChar(r rune) bool {
	return isAlnum(r) || r < 0x80 && strings.ContainsRune("!#$%&'*+/=?^_`{|}~-", r)
}

func isAlnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// isHostname accepts labels of letters, digits and inner hyphens.
func isHostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(r rune) bool { return !isAlnum(r) && r != '-' }) {
			return false
		}
	}
	return true
}

// isURI accepts an absolute URI of ASCII as RFC 3986 has it.
func isURI(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !isAlnum(r) && (r >= 0x80 || !strings.ContainsRune("-._~:/?#[]@!$&'()*+,;=%", r))
	}) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme != ""
}

// isPattern reports whether s matches the pattern that the model files call by
// name, as the schemas spell them:
//
//	cidr4  ^([0-9]{1,3}\.){3}[0-9]{1,3}(/([0-9]|[1-2][0-9]|3[0-2]))?$
//	cve    ^CVE-\d{4}-\d{4,}$
//	cwe    ^CWE-\d+$
//	fqdn   (?=^.{4,253}$)(^((?!-)[a-zA-Z0-9-]{0,62}[a-zA-Z0-9]\.)+[a-zA-Z]{2,63}$)
//	label  ^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$
//	mac    ^([0-9a-f]{2}:){5}([0-9a-f]{2})$
func isPattern(name, s string) bool {
	switch name {
	case "cidr4":
		return cidr4().MatchString(s)
	case "cve":
		return cve().MatchString(s)
	case "cwe":
		return cwe().MatchString(s)
	case "fqdn":
		return len(s) >= 4 && len(s) <= 253 && fqdn().MatchString(s)
	case "label":
		return label().MatchString(s)
	case "mac":
		return mac().MatchString(s)
	}
	return true
}

// The patterns, compiled when first asked for.
var (
	cidr4 = lazily(`^([0-9]{1,3}\.){3}[0-9]{1,3}(/([0-9]|[1-2][0-9]|3[0-2]))?$`)
	cve   = lazily(`^CVE-[0-9]{4}-[0-9]{4,}$`)
	cwe   = lazily(`^CWE-[0-9]+$`)
	fqdn  = lazily(`^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}$`)
	label = lazily(`^[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$`)
	mac   = lazily(`^([0-9a-f]{2}:){5}[0-9a-f]{2}$`)
)

func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
