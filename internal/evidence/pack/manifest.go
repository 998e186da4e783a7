package pack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Format is what this package writes and reads.
const Format = "bulkpay-evidence/1"

// Manifest says what is in a pack. Its own SHA-256, the root digest, stands
// for all of it.
type Manifest struct {
	Format   string   `json:"format"`
	Bulkpay  string   `json:"bulkpay"` // version of the program that made the pack
	Batch    string   `json:"batch"`
	Unmasked bool     `json:"unmasked"` // account numbers and names stand in all members, not in the source alone
	Head     Head     `json:"head"`     // the end of the ledger's history when the pack was made
	Members  []Member `json:"members"`  // all others but manifest.sha256, in the archive's order
}

// Head is an event that stands for all before it.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"` // hex
}

// Member is what the manifest says of one.
type Member struct {
	Name   string `json:"name"`
	What   string `json:"what"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
	Packed Packed `json:"packed"`
}

// Packed is the member as it lies in the archive.
type Packed struct {
	Method string `json:"method"` // "stored" or "deflated"
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
	CRC32  string `json:"crc32"`  // of the content, hex
}

func packedOf(e Entry, m Measured) Packed {
	method := "stored"
	if e.Deflated {
		method = "deflated"
	}
	return Packed{method, e.Packed, m.PackedSHA256, fmt.Sprintf("%08x", m.CRC)}
}

// text is the one form in which a manifest is written.
func (m Manifest) text() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(m)
	return b.Bytes(), err
}

// sums is manifest.sha256, in the order of the archive.
func (m Manifest) sums(root string) []byte {
	var b strings.Builder
	for _, member := range m.Members {
		fmt.Fprintf(&b, "%s  %s\n", member.SHA256, member.Name)
	}
	fmt.Fprintf(&b, "%s  %s\n", root, ManifestName)
	return []byte(b.String())
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// CheckManifest reads the manifest, holds manifest.sha256 against it, and
// every member against both: none is missing, none is more than there should
// be, each has the size, the digest and the bytes that the manifest says. The
// root digest is "" without a manifest that can be read.
func (a *Archive) CheckManifest(ctx context.Context) (m Manifest, root string, found []Finding, err error) {
	c := checking{a: a, ctx: ctx}
	text, ok := c.small(ManifestName)
	if !ok {
		return m, "", c.found, c.err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		c.find(ManifestName, "cannot be read: %v", err)
		return Manifest{}, "", c.found, c.err
	}
	if again, err := m.text(); err != nil || !bytes.Equal(again, text) {
		c.find(ManifestName, "is not written as a manifest is")
	}
	if m.Format != Format {
		c.find(ManifestName, "is of format %q, and this program knows %s: use the bulkpay that made it, or a newer one", m.Format, Format)
	}
	root = digest(text)
	if sums, ok := c.small(SumsName); ok && !bytes.Equal(sums, m.sums(root)) {
		c.find(SumsName, "does not say what the manifest says")
	}
	c.members(m)
	return m, root, c.found, c.err
}

type checking struct {
	a     *Archive
	ctx   context.Context
	found []Finding
	err   error
}

func (c *checking) find(member, why string, args ...any) {
	c.found = append(c.found, Finding{Member: member, Why: fmt.Sprintf(why, args...)})
}

// measure reads a member; what is damaged is found, what cannot be read ends
// it all.
func (c *checking) measure(e Entry, to *writer) (Measured, bool) {
	if c.err != nil {
		return Measured{}, false
	}
	var got Measured
	var err error
	if to == nil {
		got, err = c.a.Measure(c.ctx, e, nil)
	} else {
		got, err = c.a.Measure(c.ctx, e, to)
	}
	switch {
	case errors.Is(err, ErrDamaged):
		c.find(e.Name, "%v", err)
		return got, true
	case err != nil:
		c.err = fmt.Errorf("%s: %w", e.Name, err)
		return got, false
	}
	if got.CRC != e.CRC {
		c.find(e.Name, "does not have the checksum that the archive says")
	}
	return got, true
}

// small reads one of the members that the manifest does not list. They are
// stored as they are, so that no byte of theirs is without effect.
func (c *checking) small(name string) ([]byte, bool) {
	e, ok := c.a.Entry(name)
	switch {
	case !ok:
		c.find(name, "is missing")
		return nil, false
	case e.Deflated || e.Size > maxManifest:
		c.find(name, "is deflated, or longer than one of a pack")
		return nil, false
	}
	var text writer
	_, ok = c.measure(e, &text)
	return text, ok
}

// members holds what is there against what should be.
func (c *checking) members(m Manifest) {
	listed := map[string]bool{ManifestName: true, SumsName: true}
	for i, member := range m.Members {
		if listed[member.Name] || i > 0 && !before(m.Members[i-1].Name, member.Name) {
			c.find(ManifestName, "lists %q twice, or out of order", member.Name)
		}
		listed[member.Name] = true
		e, ok := c.a.Entry(member.Name)
		if !ok {
			c.find(member.Name, "is missing")
			continue
		}
		got, ok := c.measure(e, nil)
		switch {
		case !ok:
			return
		case member.SHA256 != got.SHA256 || member.Size != got.Size:
			c.find(member.Name, "is not what it was when the pack was made: its content has another SHA-256 than in the manifest")
		case member.Packed != packedOf(e, got):
			c.find(member.Name, "does not lie in the archive as it did when the pack was made")
		}
	}
	for _, e := range c.a.Entries {
		if !listed[e.Name] {
			c.find(e.Name, "is not in the manifest: it was added")
		}
	}
}
