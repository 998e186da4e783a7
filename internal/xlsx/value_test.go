package xlsx

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersAreWhatExcelShows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "007": "7", "1500": "1500", "1500.5": "1500.5", "1500.50": "1500.5", "1500.": "1500", ".5": "0.5", "-.5": "-0.5", "+5": "5",
		"1500.0000000000002": "1500", "0.1": "0.1", "0.30000000000000004": "0.3", "1234.5600000000001": "1234.56", "-1234.5600000000001": "-1234.56",
		"1.5E3": "1500", "1.5e+3": "1500", "1E-3": "0.001", "1.2345E2": "123.45", "7.2180000000000003E+16": "72180000000000000",
		"123456789012345": "123456789012345", "1234567890123456": "1234567890123460", "123456789012345678": "123456789012346000",
		"999999999999999.9": "1000000000000000", "0.000012": "0.000012", "1E20": "100000000000000000000", "99.995": "99.995", "1E-400": "0",
		"0.1234567890123456": "0.123456789012346", "00.5": "0.5", "-12": "-12", "12345678.9012345": "12345678.9012345",
	} {
		if got, _, err := appendNumber(nil, []byte(text)); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]bool{
		"1500": false, "1500.50": false, "4000001234567890": false, "4000001234567899": true, "7.2180000012345600E+16": false,
		"72180000012345672": true, "123456789012345678": true, "0.1": false, "0.30000000000000004": true, "-4000001234567899": true,
	} {
		if _, rounded, err := appendNumber(nil, []byte(text)); err != nil || rounded != want {
			t.Errorf("%s: rounded %v, %v", text, rounded, err)
		}
	}
	for _, text := range []string{"", "-", "+", ".", "1,5", "1 5", "1_5", "0x1", "Inf", "NaN", "1e", "e5", "1E400", "1-", "--1", "1.2.3", "１"} {
		if got, _, err := appendNumber(nil, []byte(text)); err == nil {
			t.Errorf("%s: got %s", text, got)
		}
	}
}

// Every amount a person can type comes back as typed.
func TestNumbersOfFifteenDigitsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 999_999_999_999).Draw(t, "whole")
		cents := rapid.IntRange(0, 99).Draw(t, "cents")
		typed := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%02d", whole, cents), "0"), ".")
		if !strings.Contains(fmt.Sprintf("%d.%02d", whole, cents), ".") || cents == 0 {
			typed = strconv.FormatInt(whole, 10)
		}
		value, err := strconv.ParseFloat(typed, 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, stored := range []string{typed, strconv.FormatFloat(value, 'g', 17, 64), strconv.FormatFloat(value, 'E', -1, 64)} {
			if got, _, err := appendNumber(nil, []byte(stored)); err != nil || string(got) != typed {
				t.Fatalf("typed %s, stored %s, read %s, %v", typed, stored, got, err)
			}
		}
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		serial   float64
		from1904 bool
		want     string
	}{
		{46347, false, "2026-11-21"},
		{46347.75, false, "2026-11-21 18:00:00"},
		{46347.999999, false, "2026-11-22"},
		{0, false, "00:00:00"},
		{0.5, false, "12:00:00"},
		{1, false, "1900-01-01"},
		{59, false, "1900-02-28"},
		{60, false, "1900-02-29"},
		{61, false, "1900-03-01"},
		{2958465, false, "9999-12-31"},
		{2958466, false, ""},
		{2958465.9999999, false, ""},
		{-1, false, ""},
		{1e300, false, ""},
		{44885, true, "2026-11-21"},
		{1, true, "1904-01-02"},
		{0.25, true, "06:00:00"},
		{2957003, true, "9999-12-31"},
		{2957004, true, ""},
		{math.SmallestNonzeroFloat64, false, "00:00:00"},
	} {
		if got, ok := appendDate(nil, test.serial, test.from1904); string(got) != test.want || ok != (test.want != "") {
			t.Errorf("%v (1904 %v): got %s, want %s", test.serial, test.from1904, got, test.want)
		}
	}
	for text, want := range map[string]string{
		"2026-11-21": "2026-11-21", "2026-11-21T00:00:00": "2026-11-21", "2026-11-21T13:45:00.250Z": "2026-11-21 13:45:00",
		"13:45:00": "13:45:00", "2026-11-21T13:45": "2026-11-21 13:45:00", "21/11/2026": "", "2026-13-01": "", "46347": "",
	} {
		if got, err := appendISO(nil, []byte(text)); string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
}

func TestFormatsThatShowDates(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]bool{
		"General": false, "Standard": false, "0": false, "0.00": false, "#,##0.00": false, "0.00E+00": false, "@": false, "": false,
		"dd/mm/yyyy": true, "m/d/yy h:mm": true, "[$-409]d-mmm-yy": true, "[h]:mm": true, "[mm]": true, "[SS]": true, "h AM/PM": true, "yyyy\"年\"m\"月\"": true,
		`"day" 0`: false, `\d0`: false, `0_d`: false, `0*y`: false, "[Red]0": false, "[$USD] #,##0": false, "[<=100]0": false, `"$"#,##0_);[Red]\("$"#,##0\)`: false,
		`0;"s"`: false, "0;d": true, `"open d`: false, "[open d": false, "[]0": false, "# ?/?": false, `_-* #,##0.00\ "€"_-`: false, "TT": false,
	} {
		if isDateFormat(format) != want {
			t.Errorf("%s: not %v", format, want)
		}
	}
	for id, want := range map[int]bool{0: false, 13: false, 14: true, 22: true, 23: false, 37: false, 45: true, 47: true, 48: false, 49: false, 57: true, 164: false} {
		if isBuiltInDate(id) != want {
			t.Errorf("%d: not %v", id, want)
		}
	}
}

func TestSharedTextsArePackedAndFoundAgain(t *testing.T) {
	t.Parallel()
	packed := &texts{}
	text := func(i int) string { return strings.Repeat(strconv.Itoa(i)+" ", i*7%9000) }
	for i := range 2000 {
		if !packed.add([]byte(text(i)), i%3 == 0) {
			t.Fatal(i)
		}
	}
	huge := strings.Repeat("x", 3*chunkBytes)
	packed.add([]byte(huge), true)
	packed.add([]byte("last"), false)
	packed.close()
	for i := range 2000 {
		if got, rich := packed.get(i); got != text(i) || rich != (i%3 == 0) {
			t.Fatal(i, len(got))
		}
	}
	if got, rich := packed.get(2000); got != huge || !rich {
		t.Error(len(got), rich)
	}
	if got, rich := packed.get(2001); got != "last" || rich {
		t.Error(got, rich)
	}
	if len(packed.chunks) < 10 {
		t.Error("all in", len(packed.chunks), "chunks")
	}
}
