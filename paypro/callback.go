package paypro

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the gateway's rule, not a choice
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxNoticeBytes bounds a callback. Documented ones have some three hundred
// bytes, and what a verdict rests on must fit whole into a ledger's evidence.
const MaxNoticeBytes = 8 << 10

// The ways in which a callback is none. Nothing else is said of it: whoever
// sends such things learns nothing from the answer.
var (
	// ErrForged is a callback whose signature is missing or wrong. Whoever
	// sent it does not have the secret, or has changed what somebody signed.
	ErrForged = errors.New("paypro: the callback's signature is missing or wrong")
	// ErrNotNotice is what has not the documented form of a callback.
	ErrNotNotice = errors.New("paypro: not a callback of the documented form")
)

// Notice is a callback: the gateway says, unasked, how a payout stands.
type Notice struct {
	TradeNo         string
	PlatformTradeNo string
	Status          string // the inner code
	Message         string // the gateway's words
	// Signed tells whether whoever sent it has the secret. Where callbacks are
	// not signed anybody may have sent it: it proves nothing, and is at most a
	// reason to ask.
	Signed bool
	Raw    []byte // the evidence: the body as received, without its signature

	client *Client
	answer *answer // behind a pointer, so that printing a notice does not print what is not redacted
}

// ReadNotice reads a callback and checks its signature, before anything else
// is done with what it says. header is the request's, whose "sign" counts
// where the area's signatures may stand there and the body has none.
//
// The documents do not say how a callback is verified. Taken for granted is
// the rule for requests: everything received is signed but sign and what is
// empty, each value exactly as it was received, so that 3.0000 is signed as
// 3.0000. The hex digits of the signature may be of either case.
func (c *Client) ReadNotice(header http.Header, body []byte) (Notice, error) {
	params, texts, ok := flat(body)
	if !ok {
		return Notice{}, ErrNotNotice
	}
	signed := c.area.CallbackSigned
	if signed && !c.authentic(header, params) {
		return Notice{}, ErrForged
	}
	a := &answer{hasData: true, data: texts}
	if a.tradeNo() == "" || a.status() == "" {
		return Notice{}, ErrNotNotice
	}
	return Notice{
		TradeNo: a.tradeNo(), PlatformTradeNo: a.platformTradeNo(), Status: a.status(), Message: c.redact(a.message()),
		Signed: signed, Raw: c.noticeEvidence(body, params, signed), client: c, answer: a,
	}, nil
}

// flat reads a body that is one JSON object of plain values, both as what is
// signed and by name. What the signature cannot tell apart is not let in:
//
//   - A name with an equals sign in it: name=value has no other separator, so
//     that the name "amount=200message" would hide an amount and keep the
//     signature.
//   - Broken UTF-8: the library would replace it silently, and with the secret
//     in front of the text somebody could extend the hash by bytes that are not
//     text.
//   - A code or a number of ours that is not a string: 0015 has leading zeros.
func flat(body []byte) (params []Param, texts map[string]text, ok bool) {
	if len(body) > MaxNoticeBytes || !utf8.Valid(body) {
		return nil, nil, false
	}
	members, err := object(body)
	if err != nil {
		return nil, nil, false
	}
	texts = make(map[string]text, len(members))
	for name, raw := range members {
		var value text
		if name == "" || strings.Contains(name, "=") || value.UnmarshalJSON(raw) != nil {
			return nil, nil, false
		}
		if (name == "status" || name == tradeNoName) && raw[0] != '"' {
			return nil, nil, false
		}
		texts[name] = value
		params = append(params, Param{Name: name, Value: string(value), Number: raw[0] != '"'})
	}
	return params, texts, true
}

// authentic tells whether the parameters carry the signature that only who has
// the secret can make.
func (c *Client) authentic(header http.Header, params []Param) bool {
	var given string
	for _, param := range params {
		if param.Name == signName {
			given = param.Value
		}
	}
	if values := header.Values(signName); given == "" && len(values) == 1 && slices.Contains(c.area.SignPlaces, SignInHeader) {
		given = values[0]
	}
	sum, err := hex.DecodeString(given)
	if err != nil || len(sum) != md5.Size {
		return false
	}
	digest := digest(params, c.secret, c.position)
	return subtle.ConstantTimeCompare(sum, digest[:]) == 1
}

// noticeEvidence is what the ledger keeps of a callback: the body as it came,
// and whether it was signed. The signature itself is left out: it has been
// checked by now, and with the text beside it somebody could search for the
// secret at leisure.
func (c *Client) noticeEvidence(body []byte, params []Param, signed bool) []byte {
	head := "callback, unsigned\n\n"
	if signed {
		head = "callback, signature checked\n\n"
	}
	for _, param := range params {
		if param.Name == signName && param.Value != "" {
			body = withoutSign(body)
		}
	}
	return []byte(head + c.redact(string(body)))
}

// withoutSign puts a word in the place of the signature and touches nothing
// else of a body that is known to be an object.
func withoutSign(body []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	_, err := decoder.Token() // the brace
	for err == nil && decoder.More() {
		var name json.Token
		var value json.RawMessage
		if name, err = decoder.Token(); err == nil {
			err = decoder.Decode(&value)
		}
		if end := int(decoder.InputOffset()); err == nil && name == signName {
			return slices.Concat(body[:end-len(value)], []byte(`"[signature]"`), body[end:])
		}
	}
	return body
}

// Judge says what a callback means for a payout, as the answer to a query
// about it would. It is stricter in two things, because nobody asked: what
// decides about money has to name the amount, and the gateway's own number
// unless it failed. What is not signed decides nothing.
func (n Notice) Judge(r Request) Verdict {
	v := n.judge(r)
	v.Message, v.Raw = n.Message, n.Raw
	return v
}

func (n Notice) judge(r Request) Verdict {
	v := Verdict{Code: n.Status, PlatformTradeNo: n.PlatformTradeNo}
	switch {
	case n.client == nil || n.TradeNo != r.TradeNo || n.TradeNo == "":
		return Verdict{Reason: ReasonOtherNumber, Code: n.Status}
	case !n.Signed:
		v.Reason = ReasonUnsigned
		return v
	}
	v = n.client.judgeStatus(*n.answer, r)
	switch {
	case v.Kind != Succeeded && v.Kind != Processing && v.Kind != Failed:
	case !named(v.Amount):
		v.Kind, v.Reason = InDoubt, ReasonAmountUnread
	case v.Kind != Failed && v.PlatformTradeNo == "":
		v.Kind, v.Reason = InDoubt, ReasonNoPlatform
	}
	return v
}
