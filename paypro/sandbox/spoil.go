package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
)

// mangle is a way in which the JSON of an answer is not as documented.
type mangle uint8

const (
	mangleHalf   mangle = iota // it ends in the middle
	mangleCode                 // the outer code is a number
	mangleArray                // data is an array
	mangleNull                 // data is null, and yet success
	mangleStatus               // the inner status is a number
)

// spoil does to an answer what its fault wants done to it, and counts it if it can be done. It is the one
// place; what has to be done to the connection is carried out by carryOut.
func (g *Gateway) spoil(c *call, a *answer, f fault) {
	o := f.answers
	switch o.wire {
	case wireFine:
		return
	case wireRefuse:
		*a = outerOnly(c, "8000", "sandbox: refused as asked")
	case wireSystem:
		*a = outerOnly(c, "5000", "System operation exception")
	case wireSilence:
		*a = answer{silence: true}
	case wireReset:
		*a = answer{reset: true}
	case wirePage:
		*a = page(o.http)
		a.retry = o.retry
	case wireHalf:
		a.half, a.code, a.status = true, "", ""
	case wireCut:
		a.cut = true
	case wireSlow:
		a.slow = f.slow
	case wireOther: // done when the answer was made
		if a.code != "0000" {
			return // there was none to be about another
		}
	case wireMangle:
		mangled, ok := o.mangle.of(a.envelope)
		if !ok {
			return
		}
		a.envelope, a.code, a.status = mangled, "", ""
	default:
		panic(fmt.Sprintf("sandbox: wire fault %d", o.wire))
	}
	a.fault = o.Name
	if !o.late { // that is counted when the order is made
		g.stats.happened(c.endpoint, o)
	}
}

// of mangles an envelope. It works on the text that this package has written, in which a quotation mark within a
// string always has a backslash before it. ok is false when what it is about is not there.
func (m mangle) of(envelope []byte) (mangled []byte, ok bool) {
	switch m {
	case mangleHalf:
		return envelope[:len(envelope)/2], true
	case mangleCode:
		return unquote(envelope, "code")
	case mangleStatus:
		return unquote(envelope, "status")
	}
	head, data, found := bytes.Cut(envelope, []byte(`,"data":`))
	if !found {
		return nil, false
	}
	head = append(bytes.Clone(head), `,"data":`...)
	data = data[:len(data)-1]
	if m == mangleNull {
		return append(head, "null}"...), !bytes.Equal(data, []byte("null"))
	}
	return append(append(append(head, '['), data...), "]}"...), true
}

// unquote makes a number of the first value of a key, which has digits.
func unquote(envelope []byte, key string) ([]byte, bool) {
	before, rest, found := bytes.Cut(envelope, []byte(`"`+key+`":"`))
	if !found {
		return nil, false
	}
	value, after, _ := bytes.Cut(rest, []byte{'"'})
	number := bytes.TrimLeft(value, "0")
	if len(number) == 0 {
		number = []byte("0")
	}
	out := append(bytes.Clone(before), `"`+key+`":`...)
	return append(append(out, number...), after...), true
}

// pageHeaders sets the headers that go with an HTTP status.
func (a *answer) pageHeaders(h http.Header) {
	if a.retry {
		h["Retry-After"] = headerRetry
	}
	if a.http == http.StatusMethodNotAllowed {
		h.Set("Allow", http.MethodPost)
	}
}
