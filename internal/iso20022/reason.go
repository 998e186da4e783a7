package iso20022

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bulkpay/bulkpay/ledger"
)

// The limits of the schema, in characters.
const (
	maxID      = 35  // Max35Text
	maxMore    = 105 // Max105Text
	maxName    = 140 // Max140Text
	mostMore   = 6   // lines of a reason; the schema has no limit
	notKnown   = "NOTPROVIDED"
	ownReasons = "BULKPAY-" // before our own reasons, so that nobody takes them for a gateway's
)

// Codes of the external list of status reasons, where one says exactly what
// is meant. What the gateway's codes mean is said by its documents, in words:
// they are given as they are.
const (
	codeNarrative   = "NARR" // the reason is in the words beside it
	codeDuplicate   = "AM05" // duplication
	codeCancelled   = "DS02" // an authorised user has cancelled the order
	codeUnspecified = "MS03" // the agent gave no reason
)

// reasonOf is why a payout has its status; what is paid has none, unless a
// person said so.
func reasonOf(p ledger.Payout, contradicted bool, words []string) []reason {
	var code reasonCode
	switch own := ownReasons + strings.ToUpper(string(p.State)); {
	case (p.State == ledger.Succeeded && p.Reason != ledger.ReasonSaidPaid || p.State == ledger.Processing) && !p.Flagged && len(p.PlatformTradeNo) <= maxID:
		return nil
	case contradicted && p.State != ledger.Reversed:
		code.Proprietary = ownReasons + "CONTRADICTED"
	case p.Reason == ledger.ReasonSaidPaid && p.State == ledger.Succeeded, p.Reason == ledger.ReasonSaidNotPaid && (p.State == ledger.Failed || p.State == ledger.Reversed):
		code.External = codeNarrative
	case p.State == ledger.Cancelled:
		code.External = codeCancelled
	case (p.State == ledger.Failed || p.State == ledger.Rejected) && p.Code == "":
		code.External = codeUnspecified
	case p.State == ledger.Failed || p.State == ledger.Rejected:
		code.Proprietary = clip(p.Code, maxID)
	default:
		code.Proprietary = clip(own, maxID)
	}
	if len(p.PlatformTradeNo) > maxID {
		words = append(words, "platFormTradeNo: "+p.PlatformTradeNo) // cut off it would be another number
	}
	if p.ReplacedBy != "" {
		words = append([]string{"payout " + p.ReplacedBy + " stands in for it"}, words...)
	}
	if p.Replaces != "" {
		words = append([]string{"it stands in for payout " + p.Replaces}, words...)
	}
	return []reason{{&code, wrapped(words)}}
}

// wrapped breaks words into lines of the length that the schema allows.
func wrapped(words []string) []string {
	var lines []string
	for _, text := range words {
		line := ""
		for word := range strings.FieldsSeq(plain(text)) {
			word = clip(word, maxMore)
			switch {
			case line == "":
				line = word
			case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= maxMore:
				line += " " + word
			default:
				lines = append(lines, line)
				line = word
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines[:min(len(lines), mostMore)]
}

// clip shortens a text to what the schema allows, and says that it did.
func clip(text string, most int) string {
	text = plain(text)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "+"
}

// plain leaves out what XML, or a line of text, cannot hold.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, text))
}
