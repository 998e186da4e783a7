package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/paypro"
)

// The outer codes with a meaning of their own.
const (
	outerUnderstood = "0000"
	outerSystem     = "5000"
)

// gatewayCodes are the codes of all areas, inner and outer, each once for all
// areas in which the documents say the same of it.
func gatewayCodes() []Entry {
	var inner, outer []Entry
	for _, area := range paypro.Areas() {
		for code, status := range area.Statuses {
			inner = merge(inner, area, codeEntry(LevelInner, code, status.Text, innerReason(status.Meaning)))
		}
		for code, text := range area.Outers {
			outer = merge(outer, area, codeEntry(LevelOuter, code, text, outerReason(area, code)))
		}
		understood := entry(LevelOuter, outerUnderstood, "The gateway has understood the call. What became of the payout stands in data.status.", nothing)
		outer = merge(outer, area, understood)
	}
	return slices.Concat(sorted(inner), sorted(outer))
}

// codeEntry is what the documents say of a code, and what follows from the
// reason under which the ledger keeps it.
func codeEntry(level Level, code, text string, reason paypro.Reason) Entry {
	e := entry(level, code, lang.Key(text+inDocuments), closer(code, reasons[string(reason)].action))
	e.Reason = string(reason)
	return e
}

// remedies are for codes that say more than that the payee's details may be
// wrong.
var remedies = map[string]action{"0100019": waitADay}

// closer is what to do about a failure with a code.
func closer(code string, do action) action {
	if remedy, ok := remedies[code]; ok && do.is(correct) {
		return remedy
	}
	return do
}

// innerReason is what the client makes of an inner code.
func innerReason(meaning paypro.Meaning) paypro.Reason {
	switch meaning {
	case paypro.MeansPaid:
		return paypro.ReasonPaid
	case paypro.MeansProcessing:
		return paypro.ReasonProcessing
	case paypro.MeansFailed:
		return paypro.ReasonFailed
	}
	return paypro.ReasonUnclearStatus
}

// outerReason is what the client makes of an outer code, whatever words come with it.
func outerReason(area *paypro.Area, code string) paypro.Reason {
	status, inner := area.Statuses[code]
	switch {
	case code == outerSystem:
		return paypro.ReasonSystemError
	case inner && status.Meaning != paypro.MeansFailed:
		return paypro.ReasonUnclearStatus
	}
	return paypro.ReasonRefused
}

// merge adds an area to the entry that says the same, or a new entry.
func merge(all []Entry, area *paypro.Area, e Entry) []Entry {
	for i, other := range all {
		if other.Code == e.Code && other.Reason == e.Reason && slices.Equal(other.means, e.means) {
			all[i].Areas = append(other.Areas, area.Code)
			return all
		}
	}
	e.Areas = []string{area.Code}
	return append(all, e)
}

// sorted puts codes into their order, the meaning of most areas first.
func sorted(all []Entry) []Entry {
	slices.SortFunc(all, func(a, b Entry) int {
		if by := strings.Compare(a.Code, b.Code); by != 0 {
			return by
		}
		if by := len(b.Areas) - len(a.Areas); by != 0 {
			return by
		}
		return strings.Compare(strings.Join(a.Areas, " "), strings.Join(b.Areas, " "))
	})
	return all
}

// everyArea tells whether a code means the same everywhere.
func (e Entry) everyArea() bool { return len(e.Areas) == len(paypro.Areas()) }

// areaNames are the names of the areas of a code, in their order.
func (e Entry) areaNames() []string {
	var names []string
	for _, area := range paypro.Areas() {
		if slices.Contains(e.Areas, area.Code) {
			names = append(names, area.Name)
		}
	}
	return names
}

// httpStatuses are the answers whose envelope does not decide, or has none.
var httpStatuses = []Entry{
	entry(LevelHTTP, "200", "An answer of the gateway, if it has the documented form: its codes decide.", standing),
	entry(LevelHTTP, "2xx", "Another success than 200, which the documents do not know: what stands in it settles nothing but a payout's own status.", ask),
	entry(LevelHTTP, "3xx", "A redirect. It is never followed: something between here and the gateway answered instead of it.", ask),
	entry(LevelHTTP, "401", "The gateway refuses the merchant number or the secret.", doctor),
	entry(LevelHTTP, "403", "The gateway refuses the merchant number, the secret, or the address that asks.", doctor),
	entry(LevelHTTP, "408", "The request was given up on the way; the order may exist.", ask),
	entry(LevelHTTP, "409", "The gateway says that it knows this number already.", ask),
	entry(LevelHTTP, "425", "The request was given up on the way; the order may exist.", ask),
	entry(LevelHTTP, "429", "The gateway asked to slow down; the order may exist.", ask),
	entry(LevelHTTP, "4xx", "If the answer has the documented form, its codes decide. If not, something between here and the gateway answered instead of it.", ask),
	entry(LevelHTTP, "5xx", "Something at the gateway or before it is broken, whatever the answer says; the order may exist.", ask),
}

// codesOf are the codes that an area's documents have, inner and outer.
func codesOf(area *paypro.Area) []string {
	codes := slices.Concat(slices.Collect(maps.Keys(area.Statuses)), slices.Collect(maps.Keys(area.Outers)), []string{outerUnderstood})
	slices.Sort(codes)
	return slices.Compact(codes)
}
