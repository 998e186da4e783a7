package explain

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestFind(t *testing.T) {
	t.Parallel()
	mexico, _ := paypro.LookupArea("mexico")
	for text, expected := range map[string]string{
		"00029":           "inner 00029, inner 00029, inner 00029",
		"5000":            "outer 5000",
		"exit 4":          "exit 4",
		"Exit code 4":     "exit 4",
		"4":               "exit 4",
		"exit code: 130":  "exit 130",
		"HTTP 502":        "http 5xx",
		"502":             "http 5xx",
		"429":             "http 429",
		"in doubt":        "state in_doubt, verdict in doubt",
		"IN_DOUBT":        "state in_doubt, verdict in doubt",
		"timeout":         "reason timeout",
		"`timeout`":       "reason timeout",
		"not tied":        "report NOT TIED",
		"amount differs":  "reason amount_differs, match amount_differs",
		"succeeded":       "state succeeded, verdict succeeded",
		"doubled-there":   "match doubled_there",
		"code 0015":       "inner 0015",
		"run_stopped":     "reason run_stopped",
		"http status 3xx": "http 3xx",
		"The gateway cannot be reached: dial tcp":                  "halt unreachable",
		"STOPPED: the limit of the day is reached; what is unsent": "halt day_limit",
	} {
		found, err := Find(text, nil)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		var names []string
		for _, e := range found {
			names = append(names, string(e.Level)+" "+e.Code)
		}
		if got := strings.Join(names, ", "); got != expected {
			t.Errorf("%q: %s, want %s", text, got, expected)
		}
	}
	found, err := Find("00029", mexico)
	if err != nil || len(found) != 1 || found[0].Meaning(lang.English) != "Rejected by the bank." || found[0].Where(lang.Spanish) != "México" {
		t.Errorf("00029 in Mexico: %+v, %v", found, err)
	}
}

func TestWhatIsNoCodeIsRefusedWithAHint(t *testing.T) {
	t.Parallel()
	brazil, _ := paypro.LookupArea("brazil")
	for _, one := range []struct {
		text    string
		area    *paypro.Area
		nearest string
		hint    string
	}{
		{text: "BP20261121093015K3QF7YT2M4XZ", hint: "that is a trade number: bulkpay show BP20261121093015K3QF7YT2M4XZ"},
		{text: "MX-20261121-7K3QF", hint: "that is a batch: bulkpay status MX-20261121-7K3QF"},
		{text: "0100019", area: brazil, hint: "the documents of this area do not have it; it is known in Mexico, Vietnam"},
		{text: "4711", hint: "the gateway's documents do not have it, so a payout is in doubt with it: bulkpay explain code_unknown, bulkpay explain status_unclear"},
		{text: "timout", nearest: "timeout"},
		{text: "012180015243871234"},
		{text: "0121 8001 5243 8712"},
		{text: "indoubt", nearest: "in_doubt"},
		{text: "qqqqqqqqqqqqq"},
		{text: ""},
		{text: strings.Repeat("timeout", 1000)},
	} {
		_, err := Find(one.text, one.area)
		var not *NotFoundError
		if !errors.As(err, &not) {
			t.Errorf("%.40q: %v", one.text, err)
			continue
		}
		if digits := strings.Trim(one.text, "0123456789 ") == ""; digits && len(one.text) > 9 && strings.ContainsAny(err.Error(), "0123456789") {
			t.Errorf("an account number is repeated: %v", err)
		}
		if not.Hint != one.hint || len([]rune(not.Text)) > longestText+1 {
			t.Errorf("%.40q: %+v", one.text, not)
		}
		if first := strings.Join(not.Nearest[:min(1, len(not.Nearest))], ""); first != one.nearest && len(one.text) < 100 {
			t.Errorf("%.40q: nearest %q, want %s", one.text, not.Nearest, one.nearest)
		}
	}
}

// Every entry is found by the code that it shows.
func TestEveryEntryIsFoundByItsCode(t *testing.T) {
	t.Parallel()
	for _, area := range append(paypro.Areas(), nil) {
		for _, e := range List(area) {
			found, err := Find(e.Code, area)
			if err != nil || !slices.ContainsFunc(found, func(f Entry) bool {
				return f.Level == e.Level && f.Code == e.Code && slices.Equal(f.Areas, e.Areas) && slices.Equal(f.means, e.means)
			}) {
				t.Errorf("%s %s %v: %v", e.Level, e.Code, e.Areas, err)
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{"00029", "exit 4", "HTTP 502", "in doubt", "BP20261121093015K3QF7YT2M4XZ", "", "code ", "exit x", "\xff\x00", "说明"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := Find(text, nil)
		var not *NotFoundError
		if (len(found) > 0) == (err != nil) || err != nil && !errors.As(err, &not) {
			t.Errorf("%q: %d entries, %v", text, len(found), err)
		}
	})
}
