package sandbox

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxParams is far above what any area documents.
const maxParams = 64

// param is one parameter of a body. A JSON number keeps its text: the signature
// covers what was sent, not what it means.
type param struct {
	key, value string
	number     bool
}

// name is the key, shortened for a message: it is foreign text.
func (p param) name() string {
	if len(p.key) > 40 {
		return strings.ToValidUTF8(p.key[:40], "") + "…"
	}
	return p.key
}

// params are sorted by key in byte order, without repeats.
type params []param

func (p params) get(key string) (string, bool) {
	i, ok := slices.BinarySearchFunc(p, key, func(a param, k string) int { return strings.Compare(a.key, k) })
	if !ok {
		return "", false
	}
	return p[i].value, true
}

// parseParams reads a body: one flat JSON object of strings and numbers. The
// second result says what is wrong with it, "" if nothing. The params share one
// copy of the body: what is kept of them for long is cloned.
func parseParams(body []byte) (params, string) {
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, "body is not JSON"
	}
	w := walker{text: string(body)}
	if w.next() != '{' {
		return nil, "body is not a JSON object"
	}
	p := make(params, 0, 16)
	for w.pos++; w.next() != '}'; {
		if len(p) == maxParams {
			return nil, "too many parameters"
		}
		one := param{key: w.str()}
		w.next() // the colon
		w.pos++
		switch c := w.next(); {
		case c == '"':
			one.value = w.str()
		case c == '-' || c >= '0' && c <= '9':
			one.value, one.number = w.number(), true
		default:
			return nil, one.name() + " must be a string"
		}
		if p = append(p, one); w.next() == ',' {
			w.pos++
			w.next()
		}
	}
	slices.SortFunc(p, func(a, b param) int { return strings.Compare(a.key, b.key) })
	for i := 1; i < len(p); i++ {
		if p[i].key == p[i-1].key {
			return nil, p[i].name() + " is given twice"
		}
	}
	return p, ""
}

// walker walks over text that json.Valid has accepted, and therefore checks nothing.
// The Decoder of encoding/json does the same work in five times the time, which the
// program under test would have to share.
type walker struct {
	text string
	pos  int
}

// next skips white space and gives the byte that follows.
func (w *walker) next() byte {
	for {
		switch c := w.text[w.pos]; c {
		case ' ', '\t', '\r', '\n':
			w.pos++
		default:
			return c
		}
	}
}

// str takes the string that begins here.
func (w *walker) str() string {
	start, escaped := w.pos, false
	for w.pos++; w.text[w.pos] != '"'; w.pos++ {
		if w.text[w.pos] == '\\' {
			escaped = true
			w.pos++
		}
	}
	w.pos++
	if !escaped {
		return w.text[start+1 : w.pos-1]
	}
	var s string
	if err := json.Unmarshal([]byte(w.text[start:w.pos]), &s); err != nil {
		panic(err) // json.Valid accepted it
	}
	return s
}

// number takes the text of the number that begins here.
func (w *walker) number() string {
	rest := w.text[w.pos:]
	n := strings.IndexAny(rest, ",} \t\r\n")
	w.pos += n
	return rest[:n]
}

// signedText is what the signature covers: k=v of every parameter but sign and
// the empty ones, in the order of the keys, with nothing in between.
func (p params) signedText(dst []byte) []byte {
	for i := range p {
		if p[i].key == "sign" || p[i].value == "" {
			continue
		}
		dst = append(dst, p[i].key...)
		dst = append(dst, '=')
		dst = append(dst, p[i].value...)
	}
	return dst
}

// signature is the MD5 of the signed text and the secret, in lower-case hex. MD5 is
// the gateway's choice.
func (p params) signature(secret string, secretFirst bool) [2 * md5.Size]byte {
	buf := make([]byte, 0, 1024)
	if secretFirst {
		buf = append(buf, secret...)
	}
	buf = p.signedText(buf)
	if !secretFirst {
		buf = append(buf, secret...)
	}
	sum := md5.Sum(buf)
	var text [2 * md5.Size]byte
	hex.Encode(text[:], sum[:])
	return text
}

// signed tells whether sign is the signature of p. Upper-case hex is not.
func (p params) signed(sign, secret string, secretFirst bool) bool {
	want := p.signature(secret, secretFirst)
	return subtle.ConstantTimeCompare([]byte(sign), want[:]) == 1
}
