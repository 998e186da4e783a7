package explain

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// NotFoundError is about a text that is no code or word of the catalogue.
type NotFoundError struct {
	Text    string   // as far as it is short; "" if it may be an account number
	Nearest []string // codes and words that look like it; may be none
	Hint    string   // what it seems to be instead; "": nothing known
}

func (e *NotFoundError) Error() string {
	if e.Text == "" {
		return "that is no code, reason, state or word of the catalogue"
	}
	return fmt.Sprintf("%q is no code, reason, state or word of the catalogue", e.Text)
}

// What people may take for a code.
var (
	tradeNumber = regexp.MustCompile(`(?i)^BP[0-9A-Z]{6,}$`)
	batchCode   = regexp.MustCompile(`(?i)^[A-Z]{2}-[0-9]{8}-[0-9A-Z]{4,}$`)
	gatewayCode = regexp.MustCompile(`^[0-9]{4,16}$`)
	httpStatus  = regexp.MustCompile(`^[1-5][0-9]{2}$`)
	manyDigits  = regexp.MustCompile(`[0-9](?:[^0-9A-Za-z]?[0-9]){8}`) // no code has so many, accounts have
)

// longestText is how much of what was asked for is repeated.
const longestText = 40

// Find finds what a code or word means. It is written as it is shown
// anywhere: "00029", "in doubt", "in_doubt", "NOT TIED", "exit 4", "HTTP 502",
// or the sentence with which a run stopped. With an area, the codes of the
// gateway are those of its documents only. What is not found is a
// [NotFoundError].
func Find(text string, area *paypro.Area) ([]Entry, error) {
	wanted, level := plain(text), Level("")
	for _, prefix := range []struct {
		says  string
		level Level
	}{{"exit_code_", LevelExit}, {"exit_", LevelExit}, {"http_status_", LevelHTTP}, {"http_", LevelHTTP}, {"code_", ""}} {
		if rest, ok := strings.CutPrefix(wanted, prefix.says); ok && strings.Trim(rest, "0123456789x") == "" {
			wanted, level = rest, prefix.level
			break
		}
	}
	all := List(area)
	found := pick(all, func(e Entry) bool { return e.named(wanted) && (level == "" || e.Level == level) })
	if len(found) == 0 && httpStatus.MatchString(wanted) && level != LevelExit {
		found = pick(all, func(e Entry) bool { return e.Level == LevelHTTP && e.Code == wanted[:1]+"xx" })
	}
	if len(found) == 0 {
		return nil, notFound(text, wanted, all)
	}
	return found, nil
}

// List is the whole catalogue, or with an area, the codes of its documents and
// everything that is not about an area.
func List(area *paypro.Area) []Entry {
	all := Catalogue()
	if area == nil {
		return all
	}
	all = pick(all, func(e Entry) bool { return len(e.Areas) == 0 || slices.Contains(e.Areas, area.Code) })
	for i := range all {
		if len(all[i].Areas) > 0 {
			all[i].Areas = []string{area.Code}
		}
	}
	return all
}

func pick(all []Entry, wanted func(Entry) bool) []Entry {
	return slices.DeleteFunc(slices.Clone(all), func(e Entry) bool { return !wanted(e) })
}

// plain is a code without what people write differently.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(" \t\r\n_-`\"'.:", r)
	}), "_")
}

// named tells whether an entry is what is wanted. Sentences with which a run
// stops go on with what happened; only their beginning is known.
func (e Entry) named(wanted string) bool {
	if plain(e.Code) == wanted {
		return true
	}
	wanted = strings.TrimPrefix(strings.TrimPrefix(wanted, "error_"), "stopped_") // as a run and a report print it
	return slices.ContainsFunc(e.also, func(other string) bool { return strings.HasPrefix(wanted, plain(other)) })
}

// notFound says what a text may be instead.
func notFound(text, wanted string, all []Entry) error {
	text = strings.Join(strings.Fields(text), " ")
	short := []rune(text)
	if len(short) > longestText {
		short = append(short[:longestText], '…')
	}
	e := &NotFoundError{Text: string(short)}
	switch {
	case tradeNumber.MatchString(text):
		e.Hint = "that is a trade number: bulkpay show " + text
	case batchCode.MatchString(text):
		e.Hint = "that is a batch: bulkpay status " + text
	case manyDigits.MatchString(text):
		e.Text = ""
		return e
	case gatewayCode.MatchString(wanted):
		e.Hint = elsewhere(wanted)
	}
	if e.Hint == "" {
		e.Nearest = nearest(wanted, all)
	}
	return e
}

// elsewhere says of a code of a gateway in which areas it is known, or what
// becomes of one that is known in none.
func elsewhere(code string) string {
	var names []string
	for _, area := range paypro.Areas() {
		if slices.Contains(codesOf(area), code) {
			names = append(names, area.Name)
		}
	}
	if len(names) > 0 {
		return "the documents of this area do not have it; it is known in " + strings.Join(names, ", ")
	}
	return "the gateway's documents do not have it, so a payout is in doubt with it: bulkpay explain code_unknown, bulkpay explain status_unclear"
}

// How far a word may be from what was typed, and how many are named.
const (
	farthest    = 3
	mostNearest = 5
)

// nearest are the codes that look like what was typed, the likest first.
func nearest(wanted string, all []Entry) []string {
	type near struct {
		code string
		far  int
	}
	var found []near
	for _, e := range all {
		code := plain(e.Code)
		far := distance(wanted, code)
		if len(wanted) > 2 && (strings.Contains(code, wanted) || strings.Contains(wanted, code) && len(code) > 3) {
			far = min(far, 1)
		}
		if far <= min(farthest, len(wanted)/2) && !slices.ContainsFunc(found, func(n near) bool { return n.code == e.Code }) {
			found = append(found, near{e.Code, far})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var codes []string
	for _, n := range found[:min(len(found), mostNearest)] {
		codes = append(codes, n.code)
	}
	return codes
}

// distance is how many letters must be changed, added or taken away. What is
// much longer than any code is as far as it is long.
func distance(a, b string) int {
	if len(a) > longestText || len(b) > longestText {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
