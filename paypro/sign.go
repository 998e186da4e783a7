package paypro

import (
	"crypto/md5" //nolint:gosec // the gateway's rule, not a choice
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Param is one parameter of a request, as the text that is both signed and
// sent: what the signature covers can then never differ from the body.
type Param struct {
	Name, Value string
	Number      bool // stands in the JSON without quotes
}

// SecretPosition is where the secret stands in the text that is hashed.
type SecretPosition string

// The positions. No page of the gateway's documents shows the line that adds
// the secret; a sister gateway with the same pages appends it, and so do we
// unless told otherwise.
const (
	SecretLast  SecretPosition = "suffix"
	SecretFirst SecretPosition = "prefix"
)

// Valid tells whether the position is one of the known ones.
func (p SecretPosition) Valid() bool { return p == SecretLast || p == SecretFirst }

// Sign is the signature over parameters: those named sign and those that are
// empty are left out, the rest sorted by the bytes of their names and joined
// as name=value without any separator; the secret is added and the whole
// hashed with MD5, in lower-case hex. Nothing is encoded or escaped.
func Sign(params []Param, secret Secret, position SecretPosition) string {
	sum := digest(params, secret, position)
	return hex.EncodeToString(sum[:])
}

func digest(params []Param, secret Secret, position SecretPosition) [md5.Size]byte {
	text := signedText(params)
	if position == SecretFirst {
		text = secret.reveal() + text
	} else {
		text += secret.reveal()
	}
	return md5.Sum([]byte(text)) //nolint:gosec // see above
}

func signedText(params []Param) string {
	sorted := slices.Clone(params)
	slices.SortFunc(sorted, func(a, b Param) int { return strings.Compare(a.Name, b.Name) })
	var text strings.Builder
	for _, param := range sorted {
		if param.Value != "" && param.Name != signName {
			text.WriteString(param.Name)
			text.WriteByte('=')
			text.WriteString(param.Value)
		}
	}
	return text.String()
}

// Secret is a merchant's key. Whatever prints it prints "[secret]". The key is
// behind a pointer because package fmt does not ask the methods of values in
// unexported fields: printing a struct that holds a Secret shows an address.
type Secret struct{ text *string }

// NewSecret wraps a key. An empty one is an error, not a signature without
// a key.
func NewSecret(text string) (Secret, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Secret{}, errors.New("paypro: the secret is empty")
	}
	return Secret{&text}, nil
}

func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format hides the secret from every verb, also from those that would take
// the value apart.
func (s Secret) Format(to fmt.State, _ rune) { _, _ = io.WriteString(to, s.String()) }

// String hides the secret.
func (s Secret) String() string { return "[secret]" }

// GoString hides the secret.
func (s Secret) GoString() string { return "[secret]" }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }
