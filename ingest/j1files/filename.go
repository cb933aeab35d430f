package j1files

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxFileName bounds the part of a type's name that a file's name keeps, in bytes.
const maxFileName = 80

// hashDigits is how much of a hash tells apart names that look alike in a file
// system.
const hashDigits = 16

// fileName makes the name of a file, without an ending, from a type. Types as they
// usually are (lower-case letters, digits, underscores) name their file; whatever
// else a type holds becomes `_`, and a hash of the type is added, so that no two
// types share a file: not on a file system that ignores case, and not where a
// device is called CON.
func fileName(typ string) string {
	plain := len(typ) > 0 && len(typ) <= maxFileName
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			plain = false
			return r
		}
		plain = false
		return '_'
	}, typ)
	if plain && !isDevice(safe) && !endsInHash(safe) && safe[0] != '-' {
		return safe
	}
	if safe = strings.TrimLeft(safe, "-"); safe == "" {
		safe = "_"
	}
	sum := sha256.Sum256([]byte(typ))
	return safe[:min(len(safe), maxFileName)] + "-" + hex.EncodeToString(sum[:])[:hashDigits]
}

// isDevice reports whether Windows takes name for a device.
func isDevice(name string) bool {
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	port, ok := strings.CutPrefix(name, "com")
	if !ok {
		port, ok = strings.CutPrefix(name, "lpt")
	}
	return ok && len(port) == 1 && port[0] >= '0' && port[0] <= '9'
}

// endsInHash reports whether name could be taken for one that fileName made.
func endsInHash(name string) bool {
	i := len(name) - hashDigits
	if i < 1 || name[i-1] != '-' {
		return false
	}
	return strings.Trim(name[i:], "0123456789abcdef") == ""
}
