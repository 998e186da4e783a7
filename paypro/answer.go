package paypro

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/bulkpay/bulkpay/internal/money"
)

// answer is the gateway's envelope, read leniently where its documents
// contradict each other and strictly everywhere else.
type answer struct {
	code, msg string
	success   string // "true", "false" or "" when absent
	data      map[string]text
	hasData   bool
}

// text is a JSON string, number or boolean as its text; null is "".
type text string

// UnmarshalJSON accepts the types that the documents use for one field
// interchangeably. An object or array is an error.
func (t *text) UnmarshalJSON(raw []byte) error {
	switch {
	case bytes.Equal(raw, []byte("null")):
		*t = ""
		return nil
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*t = text(s)
		return nil
	case raw[0] == '{' || raw[0] == '[':
		return errors.New("not a plain value")
	}
	*t = text(raw)
	return nil
}

var errAnswer = errors.New("not an answer of the documented form")

// parseAnswer reads one complete JSON object. Names are matched exactly;
// unknown members are allowed, wrongly shaped known ones are not.
func parseAnswer(body []byte) (answer, error) {
	members, err := object(body)
	if err != nil {
		return answer{}, errAnswer
	}
	var a answer
	for name, to := range map[string]*string{"code": &a.code, "msg": &a.msg, "success": &a.success} {
		raw, ok := members[name]
		if !ok {
			continue
		}
		var value text
		if err := value.UnmarshalJSON(raw); err != nil {
			return answer{}, errAnswer
		}
		*to = string(value)
	}
	// Codes have leading zeros: one that came as a number is not one.
	if raw := members["code"]; len(raw) == 0 || raw[0] != '"' || !isCode(a.code) {
		return answer{}, errAnswer
	}
	return a.parseData(members["data"])
}

func (a answer) parseData(raw json.RawMessage) (answer, error) {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return a, nil
	}
	members, err := object(raw)
	if err != nil {
		return answer{}, errAnswer
	}
	a.hasData, a.data = true, make(map[string]text, len(members))
	for name, member := range members {
		var value text
		switch err := value.UnmarshalJSON(member); {
		case err == nil:
			a.data[name] = value
		case slices.Contains(plainMembers, name):
			return answer{}, errAnswer
		}
	}
	// Like the outer code: 0015 written as a number is not a status.
	if status, ok := members["status"]; ok && status[0] != '"' && !bytes.Equal(status, []byte("null")) {
		return answer{}, errAnswer
	}
	return a, nil
}

// plainMembers are the members of data on which a verdict rests. One that is
// an object or an array must not pass for one that is absent.
var plainMembers = []string{
	"tradeNo", "status", "platFormTradeNo", "kiliTradeNo", "serialNumber", "orderAmount", "payAmount", "amount",
	"availableAmount", "availablAmount", "freezeAmount", "unsettledAmount",
}

// object reads one JSON object in which no name stands twice: of two values
// for one name, the library would silently take the last.
func object(raw []byte) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, errAnswer
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil { // the brace
		return nil, errAnswer
	}
	var skipped json.RawMessage
	names := 0
	for ; decoder.More(); names++ {
		if _, err := decoder.Token(); err != nil {
			return nil, errAnswer
		}
		if err := decoder.Decode(&skipped); err != nil {
			return nil, errAnswer
		}
	}
	if names != len(members) {
		return nil, errAnswer
	}
	return members, nil
}

// isCode tells whether a text has the form of the documented outer codes. The
// envelopes of other machines, {"code":"502"} or {"code":"BadRequest"}, do not.
func isCode(text string) bool {
	const least, most = 4, 16
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return len(text) >= least && len(text) <= most
}

// first is the first member present and not empty: the documents name one
// thing in several ways.
func (a answer) first(names ...string) string {
	for _, name := range names {
		if value := a.data[name]; value != "" {
			return string(value)
		}
	}
	return ""
}

func (a answer) tradeNo() string { return a.first("tradeNo") }
func (a answer) status() string  { return a.first("status") }

// platformTradeNo: India's example calls it kiliTradeNo, Kenya's
// serialNumber.
func (a answer) platformTradeNo() string {
	return a.first("platFormTradeNo", "kiliTradeNo", "serialNumber")
}

// message: payouts say desc, queries message.
func (a answer) message() string {
	if text := a.first("desc", "message"); text != "" {
		return text
	}
	return a.msg
}

// contradicts tells whether the envelope says two things at once: success
// and a refusal, or a refusal and an order.
func (a answer) contradicts(area *Area) bool {
	success, err := strconv.ParseBool(strings.ToLower(a.success))
	if a.code == codeAccepted {
		return err == nil && !success || strings.HasPrefix(strings.ToLower(a.success), "fail")
	}
	if a.code == codeSystemError {
		return false // which settles nothing anyway
	}
	order := a.platformTradeNo() != "" || a.status() != "" && area.Status(a.status()).Meaning != MeansFailed
	return err == nil && success || order
}

// signatureWords, as whole words, are about the signature or the key:
// "sign error", not "assigned".
var signatureWords = []string{"sign", "signature", "signing", "secret", "appsecret", "firma"}

// credentialWords are what else gateways commonly say of a wrong key or
// merchant.
var credentialWords = []string{
	"unauthor", "not authorized", "forbidden", "access denied", "签名", "验签", "密钥",
	"merchant not", "merchant does not", "merchantno not", "unknown merchant", "商户不存在", "商户号不存在",
}

// troubleWords make a message that names the merchant one about the merchant,
// and orderWords one about an order of theirs or their money after all.
var (
	merchantWords = []string{"merchant", "商户"}
	troubleWords  = []string{"unknown", "not exist", "not found", "invalid", "illegal", "disabled", "inactive", "wrong", "不存在", "无效", "禁用", "非法"}
	orderWords    = []string{
		"order", "trade", "balance", "amount", "insufficient", "limit", "fund", "fee", "transaction",
		"订单", "余额", "金额", "限额", "不足", "交易",
	}
)

// aboutCredentials tells whether the gateway's words are about the merchant
// number or the signature. A run stops on it, so that "merchant balance is
// insufficient" must not pass for it.
func aboutCredentials(message string) bool {
	words := strings.FieldsFunc(strings.ToLower(message), func(r rune) bool { return !unicode.IsLetter(r) })
	if slices.ContainsFunc(words, func(word string) bool { return slices.Contains(signatureWords, word) }) {
		return true
	}
	return mentions(message, credentialWords) ||
		mentions(message, merchantWords) && mentions(message, troubleWords) && !mentions(message, orderWords)
}

// Of the words for an unknown number, those that speak of something else than
// an order do not count: "channel not found".
var (
	elseWords    = []string{"channel", "route", "path", "page", "interface", "api", "service", "product", "bank", "account", "url", "通道", "接口", "路由", "银行", "canal"}
	subjectWords = []string{"order", "trade", "transaction", "record", "payout", "订单", "交易", "记录", "orden", "pedido", "transacc"}
)

func aboutSomethingElse(message string) bool {
	return mentions(message, elseWords) && !mentions(message, subjectWords)
}

// allWords is every text of an answer, wherever it stands: gateways put what
// they have to say into msg, desc or a list of errors.
func allWords(body []byte) string {
	var whole any
	if err := json.Unmarshal(body, &whole); err != nil {
		return "" // it has been read before
	}
	var texts []string
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case string:
			texts = append(texts, value)
		case []any:
			for _, item := range value {
				walk(item)
			}
		case map[string]any:
			for _, item := range value {
				walk(item)
			}
		}
	}
	walk(whole)
	return strings.Join(texts, "\n")
}

func mentions(message string, words []string) bool {
	message = strings.ToLower(message)
	for _, word := range words {
		if strings.Contains(message, word) {
			return true
		}
	}
	return false
}

// tells whether an answer without our number says enough to be believed: the
// gateway's own number and an amount, which is held against the payout's
// later. The connection alone ties it to the question otherwise.
func (a answer) tells(area *Area) bool {
	amounts, ok := a.amounts(area.Currency, "orderAmount", "amount")
	return ok && len(amounts) > 0 && a.platformTradeNo() != ""
}

// amounts reads the amounts under the names given, those that are there. ok is
// false if one of them is no amount.
func (a answer) amounts(currency money.Currency, names ...string) (amounts []money.Amount, ok bool) {
	ok = true
	for _, name := range names {
		if a.first(name) == "" {
			continue
		}
		amount, err := money.Parse(currency, a.first(name))
		if err != nil {
			ok = false
			continue
		}
		amounts = append(amounts, amount)
	}
	return amounts, ok
}
