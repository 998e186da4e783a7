package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// answer is what will be sent, and what the log says about it.
type answer struct {
	http     int // 0: nothing is sent
	code     string
	status   string
	fault    string // name of the outcome; "" for a normal one
	html     bool
	retry    bool // with Retry-After
	silence  bool // hold the connection
	reset    bool // cut it
	half     bool // stop in the middle of the body
	cut      bool // close the connection behind the body
	slow     time.Duration
	envelope []byte
}

// envelope builds the JSON around data.
type envelope struct {
	buf    []byte
	first  bool
	object bool // amounts are objects, which no page has
}

func outer(c *call, msg, code string, success bool) []byte {
	b := make([]byte, 0, 512)
	b = appendJSON(append(b, `{"msg":`...), msg)
	b = appendJSON(append(b, `,"code":`...), code)
	quote := ""
	if c.area.balanceQuoted && c.endpoint == EndpointBalance {
		quote = `"`
	}
	b = strconv.AppendInt(append(append(b, `,"timestamp":`...), quote...), c.now+c.offset, 10)
	b = strconv.AppendBool(append(append(append(b, quote...), `,"success":`...), quote...), success)
	return append(append(b, quote...), `,"data":`...)
}

// newEnvelope opens an accepted answer; done closes it.
func newEnvelope(c *call) envelope {
	return envelope{buf: append(outer(c, "success", "0000", true), '{'), first: true}
}

func (e *envelope) key(name string) {
	if !e.first {
		e.buf = append(e.buf, ',')
	}
	e.first = false
	e.buf = append(appendJSON(e.buf, name), ':')
}

func (e *envelope) str(name, value string) {
	e.key(name)
	e.buf = appendJSON(e.buf, value)
}

func (e *envelope) amount(name string, units int64, style amountStyle) {
	e.key(name)
	if !e.object {
		e.buf = style.append(e.buf, units)
		return
	}
	e.buf = append(style.append(append(e.buf, `{"value":`...), units), '}')
}

func (e *envelope) done(status string, f *fate) answer {
	a := answer{http: http.StatusOK, code: "0000", status: status, envelope: append(e.buf, "}}"...)}
	if f != normalFate {
		a.fault = f.name
	}
	return a
}

// refuse is an outer 8000. The documents give no codes for refusals: assumed.
func refuse(c *call, msg string) answer {
	return outerOnly(c, "8000", msg)
}

func outerOnly(c *call, code, msg string) answer {
	return answer{http: http.StatusOK, code: code, envelope: append(outer(c, msg, code, false), "null}"...)}
}

// page is an HTTP answer without an envelope.
func page(code int) answer { return answer{http: code, html: true} }

// appendJSON appends a string as JSON.
func appendJSON(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string always has a JSON form
			}
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

// localTime is how the documents write successTime: without a zone.
func localTime(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format("2006-01-02 15:04:05")
}
