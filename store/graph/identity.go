package graph

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind tells entities from relationships.
type Kind uint8

// The kinds of object.
const (
	EntityKind Kind = iota
	RelationshipKind
)

// String returns "entity" or "relationship".
func (k Kind) String() string {
	if k == RelationshipKind {
		return "relationship"
	}
	return "entity"
}

// Identity names one object for ever: its kind, the instance that supplies it,
// and the key that the instance gives it.
type Identity struct {
	Kind     Kind
	Instance string
	Key      string
}

// End names the entity at one end of a relationship.
type End struct {
	Instance string
	Key      string
}

// ID is an object's `_id`: a UUID that is the same in every version and on every
// machine.
type ID [16]byte

// namespace is the fixed UUID (RFC 9562 version 4, drawn once) under which every
// Identity is hashed. It never changes: changing it would rename every object.
var namespace = ID{0x6a, 0x31, 0xdb, 0x5e, 0x0c, 0x94, 0x4b, 0x7f, 0x9d, 0x27, 0xc8, 0x16, 0x42, 0xe0, 0xaf, 0x73}

// ID returns the UUID of version 5 (RFC 9562, 5.5) of kind, instance and key.
// The three are joined by NUL, which none of them can contain.
func (id Identity) ID() ID {
	h := sha1.New()
	h.Write(namespace[:])
	h.Write([]byte(id.Kind.String() + "\x00" + id.Instance + "\x00" + id.Key))
	var out ID
	copy(out[:], h.Sum(nil))
	out[6] = out[6]&0x0f | 0x50
	out[8] = out[8]&0x3f | 0x80
	return out
}

// InstanceID returns the `_integrationInstanceId` of the instance of that name.
func InstanceID(name string) string {
	return Identity{Instance: name}.ID().String()
}

// String prints the ID in the usual form of 36 characters.
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:], id[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// ParseID reads the form that String prints, in either case.
func ParseID(s string) (ID, bool) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(strings.ReplaceAll(s, "-", "")))
	return id, err == nil
}

// Limits of what an object may hold.
const (
	MaxKey   = 4096    // bytes of a key
	MaxName  = 4096    // bytes of a type, class, verb, property or instance name
	MaxValue = 1 << 20 // bytes of one property value
	MaxProps = 1000    // properties of one object
)

// CheckKey says why key cannot name an object.
func CheckKey(key string) error {
	switch {
	case key == "":
		return errors.New("the key is empty")
	case len(key) > MaxKey:
		return fmt.Errorf("the key is %d bytes long, the limit is %d", len(key), MaxKey)
	case strings.IndexByte(key, 0) >= 0:
		return errors.New("the key contains a NUL")
	}
	return checkText(key)
}

// CheckName says why name cannot be a type, class, verb, property or instance;
// what says which of them it is, for the message.
func CheckName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the %s is empty", what)
	case len(name) > MaxName:
		return fmt.Errorf("the %s is %d bytes long, the limit is %d", what, len(name), MaxName)
	case strings.IndexByte(name, 0) >= 0:
		return fmt.Errorf("the %s contains a NUL", what)
	}
	return checkText(name)
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("the text %.40q is not UTF-8", s)
	}
	return nil
}

// Instances whose names no configuration may use.
const (
	// MapperInstance supplies what the mapper derives.
	MapperInstance = "mapper"
	// ReservedPrefix begins the names that j1db keeps for itself.
	ReservedPrefix = "j1db"
)

// CheckInstance says why name cannot be given to an instance by a user.
func CheckInstance(name string) error {
	if err := CheckName("instance name", name); err != nil {
		return err
	}
	if name == MapperInstance || strings.HasPrefix(name, ReservedPrefix) {
		return fmt.Errorf("the instance name %q is reserved", name)
	}
	return nil
}
