package statement

import (
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// narrate puts a field :86: into a line. Banks write it in three ways: as it comes; in
// subfields ("166?00TRANSFER?20EREF+…?31account?32name"); and with words between
// slashes ("/EREF/…/REMI/…").
func narrate(l *Line, pieces []string) {
	pieces = limited(pieces)
	whole := strings.Join(pieces, "")
	switch {
	case structured(whole):
		subfields(l, whole)
	case slashed(whole):
		l.say(pieces)
		slashes(l, whole)
	default:
		l.say(pieces)
		keywords(l, glued(pieces, swiftWidth))
	}
}

// The widths at which banks break a narrative: SWIFT's own, and that of subfields.
const (
	swiftWidth    = 65
	subfieldWidth = 27
)

// glued joins pieces where the bank broke a word: after a full one. Others end where
// the bank began a new text.
func glued(pieces []string, width int) string {
	var b strings.Builder
	for i, piece := range pieces {
		if i > 0 && len(pieces[i-1]) < width {
			b.WriteByte(' ')
		}
		b.WriteString(piece)
	}
	return b.String()
}

// limited keeps what a line may hold of a narrative.
func limited(pieces []string) []string {
	size := 0
	for i, piece := range pieces {
		if size += len(piece); size > maxNarrativeBytes || i == maxPieces {
			return pieces[:i]
		}
	}
	return pieces
}

// say appends pieces of a narrative as the bank broke them.
func (l *Line) say(pieces []string) {
	for _, piece := range pieces {
		if piece = clean(piece, maxNarrativeBytes); piece != "" {
			l.NarrativeLines = append(l.NarrativeLines, piece)
		}
	}
	l.Narrative = strings.Join(l.NarrativeLines, " ")
}

// structured is three digits, and a mark that begins each subfield.
func structured(text string) bool {
	return len(text) > 6 && allDigits(text[:3]) && strings.IndexByte("?>~@+|^", text[3]) >= 0 && allDigits(text[4:6])
}

// subfields reads what German and Polish banks write. 20 to 29 and 60 to 63 are the
// narrative, 31 the other side's account, 32 and 33 its name, which is not
// kept.
func subfields(l *Line, text string) {
	const returnedTransfer = "159" // in the code of German banks
	if text[:3] == returnedTransfer {
		l.comesBack()
	}
	mark := text[3]
	var pieces []string
	for rest := text[4:]; len(rest) >= 2; {
		code := rest[:2]
		value, next, found := cutSubfield(rest[2:], mark)
		switch {
		case code >= "20" && code <= "29" || code >= "60" && code <= "63":
			pieces = append(pieces, value)
		case code == "31" || code == "38":
			l.Counterparty = clean(value, maxTextBytes)
		}
		if !found {
			break
		}
		rest = next
	}
	l.say(pieces)
	keywords(l, glued(pieces, subfieldWidth))
}

// cutSubfield ends a subfield at a mark with two digits behind it; a question mark in a
// text has none.
func cutSubfield(text string, mark byte) (value, rest string, found bool) {
	for at := 0; at+2 < len(text); at++ {
		if text[at] == mark && allDigits(text[at+1:at+3]) {
			return text[:at], text[at+1:], true
		}
	}
	return text, "", false
}

// keyed are the words with a plus that SEPA banks put into the narrative, those
// first that name the payment.
var keyed = []string{"EREF+", "KREF+", "IREF+", "MREF+", "SVWZ+", "CRED+", "DEBT+", "ABWA+", "ABWE+", "PURP+", "BIC+", "IBAN+"}

func keywords(l *Line, text string) {
	for _, key := range keyed[:3] {
		at := strings.Index(text, key)
		if at < 0 {
			continue
		}
		value := text[at+len(key):]
		for _, next := range keyed {
			value, _, _ = strings.Cut(value, next)
		}
		value, _, _ = strings.Cut(value, " ")
		l.refer(value)
	}
}

// slashKeys are the words between slashes that Dutch, Belgian and Asian banks use.
var slashKeys = map[string]bool{
	"EREF": true, "IREF": true, "PREF": true, "KREF": true, "MARF": true, "CSID": true, "REMI": true, "CNTP": true, "IBAN": true,
	"BIC": true, "NAME": true, "TRTP": true, "ORDP": true, "BENM": true, "PURP": true, "RTRN": true, "ISDT": true, "TRCD": true,
	"ULTC": true, "ULTD": true, "ACCT": true, "ADDR": true, "CHGS": true, "OCMT": true, "EXCH": true, "SVCL": true, "BUSP": true, "UDTR": true, "UCRD": true,
}

func slashed(text string) bool {
	if !strings.HasPrefix(text, "/") {
		return false
	}
	key, _, found := strings.Cut(text[1:], "/")
	return found && slashKeys[key]
}

func slashes(l *Line, text string) {
	fields := strings.Split(text, "/")
	for i := 1; i < len(fields); {
		key := fields[i]
		end := i + 1
		for end < len(fields) && !slashKeys[fields[end]] {
			end++
		}
		values := fields[i+1 : end]
		i = end
		if len(values) == 0 {
			continue
		}
		switch key {
		case "EREF", "IREF", "PREF", "KREF":
			l.refer(strings.TrimRight(strings.Join(values, "/"), "/"))
		case "IBAN", "CNTP", "ACCT":
			l.Counterparty = clean(values[0], maxTextBytes)
		case "RTRN":
			l.comesBack()
		}
	}
}

// comesBack makes a line that the bank marks as a return one, if it brought money.
func (l *Line) comesBack() {
	if l.Status == StatusBooked && l.Amount.Cmp(money.FromMinor(l.Amount.Currency(), 0)) < 0 {
		l.Reversal, l.Status = true, StatusReturned
	}
}
