package pack

import (
	"fmt"
	"path"
	"strings"
)

// Limits of a pack; see the package.
const (
	MaxMembers   = 1000
	maxNameBytes = 200
	maxDirectory = 1 << 20
	maxManifest  = 4 << 20
	maxRatio     = 100 // content to bytes in the archive, from [freeBytes] on
	freeBytes    = 1 << 16
)

// Members that are not in the manifest.
const (
	ManifestName = "manifest.json"
	SumsName     = "manifest.sha256"
)

// goodName refuses names that could leave a folder, surprise a file system, or
// not survive an unzip in some language: what is left is ASCII letters and
// digits, and a few marks inside.
func goodName(name string) error {
	bad := fmt.Errorf("the name %q is none that a member of a pack has", name)
	if name == "" || len(name) > maxNameBytes || path.Clean(name) != name || path.IsAbs(name) {
		return bad
	}
	for part := range strings.SplitSeq(name, "/") {
		if part != Name(part) {
			return bad
		}
	}
	return nil
}

// Name makes a member's name, or a part of one, of a file's name: what is not
// an ASCII letter, a digit or one of "._- ()" becomes "_", and so does a mark at
// the beginning or the end.
func Name(file string) string {
	clean := strings.Map(func(r rune) rune {
		if r < 0x80 && (letter(byte(r)) || strings.ContainsRune("._- ()", r)) {
			return r
		}
		return '_'
	}, file)
	if len(clean) > maxNameBytes/2 {
		clean = clean[:maxNameBytes/4] + "_" + clean[len(clean)-maxNameBytes/4:]
	}
	b := []byte(clean)
	for _, i := range []int{0, len(b) - 1} {
		if len(b) > 0 && !letter(b[i]) && (i > 0 && b[i] != ')' || b[i] == '.' || b[i] == '-' || b[i] == ' ') {
			b[i] = '_'
		}
	}
	if len(b) == 0 {
		return "_"
	}
	return string(b)
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// last tells which members come after all others.
func last(name string) int {
	switch name {
	case ManifestName:
		return 1
	case SumsName:
		return 2
	}
	return 0
}

// before is the order of the members.
func before(one, other string) bool {
	if a, b := last(one), last(other); a != b {
		return a < b
	}
	return one < other
}
