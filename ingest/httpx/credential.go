package httpx

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
)

// Credential is a secret and the header that carries it. Its zero value sends
// none. It prints as "***".
type Credential struct {
	header, prefix, secret string
}

// Bearer returns the credential of an `Authorization: Bearer` header.
func Bearer(token string) Credential {
	return Credential{header: "Authorization", prefix: "Bearer ", secret: strings.TrimSpace(token)}
}

// HeaderKey returns the credential of a header of its own, such as `x-api-key`.
func HeaderKey(header, secret string) Credential {
	return Credential{header: http.CanonicalHeaderKey(header), secret: strings.TrimSpace(secret)}
}

// String hides the secret.
func (Credential) String() string { return mask }

// GoString hides the secret from %#v as well.
func (Credential) GoString() string { return mask }

// check says why c cannot be sent. The text never shows the secret.
func (c Credential) check() error {
	switch {
	case c == Credential{}:
		return nil
	case c.secret == "":
		return errors.New("credential is empty")
	case c.header == "":
		return errors.New("credential has no header name")
	case strings.ContainsFunc(c.secret, func(r rune) bool { return r < ' ' || r > '~' }):
		return errors.New("credential has a character that no HTTP header may carry")
	}
	return nil
}

// digest names c without telling it.
func (c Credential) digest() [sha256.Size]byte {
	return sha256.Sum256([]byte(c.header + "\x00" + c.prefix + c.secret))
}

// setter returns the function that adds the credential to a request. A closure
// holds it so that printing a Client cannot show it.
func (c Credential) setter() func(http.Header) {
	if c.header == "" {
		return func(http.Header) {}
	}
	return func(h http.Header) { h.Set(c.header, c.prefix+c.secret) }
}
