package paypro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/internal/money"
)

// The names of the parameters that every request carries.
const (
	signName      = "sign"
	timestampName = "timestamp"
	tradeNoName   = "tradeNo"
)

// Request is one payout as the gateway is to know it. The amount is what
// answers are held against; the one that is sent stands in Values.
type Request struct {
	TradeNo string
	Amount  money.Amount
	Values  Values
}

// placement lists the parameters of a placement, unsigned.
func (c *Client) placement(r Request, at time.Time) ([]Param, error) {
	if r.TradeNo == "" {
		return nil, errors.New("no trade number")
	}
	if err := c.sameAmount(r); err != nil {
		return nil, err
	}
	params := make([]Param, 0, len(r.Values)+3)
	for i := range c.area.Fields {
		field := &c.area.Fields[i]
		if value := r.Values[field.Name]; value != "" {
			params = append(params, Param{field.WireName(c.wire), field.wireValue(value, c.wire), field.AsNumber})
		}
	}
	if len(params) != nonEmpty(r.Values) {
		return nil, fmt.Errorf("a value belongs to no field of %s", c.area.Name)
	}
	return append(params, c.timestamp(at), Param{Name: tradeNoName, Value: r.TradeNo}), nil
}

// sameAmount makes sure that what is sent is what the answers are held
// against.
func (c *Client) sameAmount(r Request) error {
	field := c.area.FieldFor(RoleAmount)
	if field == nil {
		return fmt.Errorf("%s has no amount", c.area.Name)
	}
	sent, err := money.Parse(c.area.Currency, r.Values[field.Name])
	if err != nil || !sent.Equal(r.Amount) {
		return fmt.Errorf("%s: not the payout's amount", field.Name)
	}
	return nil
}

func nonEmpty(values Values) int {
	n := 0
	for _, value := range values {
		if value != "" {
			n++
		}
	}
	return n
}

func (c *Client) query(tradeNo string, at time.Time) []Param {
	params := []Param{{Name: tradeNoName, Value: tradeNo}}
	if c.area.QueryTimestamp {
		params = append(params, c.timestamp(at))
	}
	return params
}

func (c *Client) timestamp(at time.Time) Param {
	return Param{timestampName, strconv.FormatInt(at.UnixMilli(), 10), c.area.TimestampAsNumber}
}

// encode writes parameters as one JSON object, in the order given. Values
// go out exactly as they were signed: no escaping beyond what JSON demands.
func encode(params []Param) ([]byte, error) {
	body := make([]byte, 0, 512)
	body = append(body, '{')
	for i, param := range params {
		if i > 0 {
			body = append(body, ',')
		}
		if !utf8.ValidString(param.Value) {
			return nil, fmt.Errorf("%s: not text", param.Name)
		}
		body = appendString(body, param.Name)
		body = append(body, ':')
		if !param.Number {
			body = appendString(body, param.Value)
			continue
		}
		if !isNumber(param.Value) {
			return nil, fmt.Errorf("%s: not a number", param.Name)
		}
		body = append(body, param.Value...)
	}
	return append(body, '}'), nil
}

// isNumber tells whether a text is one JSON number and nothing else: neither
// another kind of value nor white space, which would be sent but not signed
// the way a parser signs it.
func isNumber(text string) bool {
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	last := text[len(text)-1]
	return last >= '0' && last <= '9' && json.Valid([]byte(text))
}

// appendString appends a JSON string. Plain ASCII, nearly all there is,
// needs no encoder.
func appendString(to []byte, text string) []byte {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		to = append(to, '"')
		to = append(to, text...)
		return append(to, '"')
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(fmt.Sprintf("a string cannot be encoded: %v", err)) // no string fails
	}
	return append(to, bytes.TrimRight(buffer.Bytes(), "\n")...)
}
