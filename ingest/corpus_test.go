package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
)

// The corpus is files as people save them, by hand, by Excel's rules, by
// LibreOffice and by libraries. Beside each stands what is to come of it, in
// lines written by hand and not by this program:
//
//	about: what it is
//	option: area=mexico     how it is opened; also worksheet, encoding, delimiter, hidden, decimal, map
//	refused: PATTERN        it is not read, and this is said
//	or-refused: PATTERN     the same is right as well as what follows
//	assumed: PATTERN        one of the assumptions or notes
//	note: PATTERN           one of the notes
//	worksheet: Pagos
//	header: 3               the row of the header
//	column: A wayCode       "-": ignored
//	rows: 3                 or 3-4
//	valid: 2                rows without problems, those of "either" aside
//	sum: 3800               of those rows
//	value: 2 amount 1500    a valid row has it; also value-if-valid
//	bad: 3 amount PATTERN   the row has this problem, and none but those listed
//	suggest: 3 amount 1500  the problem of that field comes with this value; "-": with none
//	faulty: 3               the row has problems, whichever
//	either: 4               the row may have problems or none, or not be there
//	totals: 5 4690          a row of totals, its sum, and its count if it has one; "none"
//	totals-bad: 5           the row of totals does not agree, and this is told
//	trade: 2 BP…            the trade number that comes back in the row
//
// Patterns are regular expressions whose case does not matter.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files := corpusFiles(t)
	if len(files) < 60 {
		t.Fatalf("%d files: some are lost", len(files))
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			readWant(t, path+".want").check(t, path)
		})
	}
}

// corpusFiles lists the files, each of which has its expectation.
func corpusFiles(t testing.TB) []string {
	t.Helper()
	var files []string
	for _, path := range must(filepath.Glob("testdata/corpus/*")) {
		if strings.HasSuffix(path, ".want") {
			if _, err := os.Stat(strings.TrimSuffix(path, ".want")); err != nil {
				t.Error(err)
			}
			continue
		}
		files = append(files, path)
	}
	return files
}

// want is the lines of an expectation by their key.
type want map[string][]string

var wantKeys = []string{
	"about", "option", "refused", "or-refused", "assumed", "note", "worksheet", "header", "column", "rows", "valid", "sum",
	"value", "value-if-valid", "bad", "suggest", "faulty", "either", "totals", "totals-bad", "trade",
}

func readWant(t *testing.T, path string) want {
	t.Helper()
	w := want{}
	for line := range strings.Lines(string(must(os.ReadFile(path)))) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || !slices.Contains(wantKeys, key) {
			t.Fatalf("%s: cannot be understood: %s", path, line)
		}
		w[key] = append(w[key], value)
	}
	if (len(w["refused"]) == 0) == (len(w["rows"]) == 0) || len(w["about"]) != 1 {
		t.Fatalf("%s: want what it is about, and either a refusal or rows", path)
	}
	return w
}

func (w want) one(key string) string {
	if len(w[key]) == 0 {
		return ""
	}
	return w[key][0]
}

// has tells whether one of the lines of a key begins with the words.
func (w want) has(key string, words ...any) bool {
	begin := strings.TrimSuffix(fmt.Sprintln(words...), "\n")
	return slices.ContainsFunc(w[key], func(line string) bool {
		return line == begin || strings.HasPrefix(line, begin+" ")
	})
}

func (w want) options(t *testing.T) Options {
	t.Helper()
	o := Options{Map: map[string]string{}}
	for _, line := range w["option"] {
		name, value, _ := strings.Cut(line, "=")
		switch name {
		case "area":
			o.Area = area(value)
		case "worksheet":
			o.Worksheet = value
		case "encoding":
			o.Encoding = value
		case "delimiter":
			o.Delimiter = value
		case "hidden":
			o.Hidden = value
		case "decimal":
			o.Decimal = value
		case "map":
			at := strings.LastIndex(value, "=")
			o.Map[value[:at]] = value[at+1:]
		default:
			t.Fatalf("no option %s", name)
		}
	}
	if o.Area == nil {
		o.Area = area("mexico")
	}
	return o
}

func matches(pattern, text string) bool {
	return regexp.MustCompile("(?i)" + pattern).MatchString(text)
}

// check opens the file and holds all that comes of it against the
// expectation.
func (w want) check(t *testing.T, path string) {
	t.Helper()
	sheet, err := openConfigured(t, path, w.options(t))
	var rows []Row
	if err == nil {
		for row, rowErr := range sheet.Rows() {
			if err = rowErr; err != nil {
				break
			}
			rows = append(rows, row)
		}
	}
	if err != nil {
		w.checkRefusal(t, err)
		return
	}
	if pattern := w.one("refused"); pattern != "" {
		t.Fatalf("is read: %s, %d rows; want it refused with %s", strings.Join(sheet.Assumed(), "; "), len(rows), pattern)
	}
	w.checkSheet(t, sheet)
	w.checkRows(t, rows)
	w.checkTotals(t, sheet, rows)
}

func (w want) checkRefusal(t *testing.T, err error) {
	t.Helper()
	for _, key := range []string{"refused", "or-refused"} {
		if pattern := w.one(key); pattern != "" && matches(pattern, err.Error()) {
			if !strings.Contains(err.Error(), "; want ") {
				t.Errorf("refused without a way out: %v", err)
			}
			return
		}
	}
	t.Errorf("refused: %v; want %q or %q", err, w["refused"], w["or-refused"])
}

// checkSheet looks at what was understood of the sheet as a whole.
func (w want) checkSheet(t *testing.T, sheet *Sheet) {
	t.Helper()
	notes := strings.Join(sheet.Notes(), "\n")
	assumed := strings.Join(sheet.Assumed(), "\n") + "\n" + notes
	for _, pattern := range w["assumed"] {
		if !matches(pattern, assumed) {
			t.Errorf("nothing of %s is said in\n%s", pattern, assumed)
		}
	}
	for _, pattern := range w["note"] {
		if !matches(pattern, notes) {
			t.Errorf("no note of %s in\n%s", pattern, notes)
		}
	}
	if name := w.one("worksheet"); name != "" && sheet.Worksheet() != name {
		t.Errorf("worksheet %q, want %q", sheet.Worksheet(), name)
	}
	if header := strconv.Itoa(sheet.HeaderRow()); header != w.one("header") {
		t.Errorf("header in row %s, want %s", header, w.one("header"))
	}
	for _, line := range w["column"] {
		letter, field, _ := strings.Cut(line, " ")
		for _, column := range sheet.Columns() {
			if got := column.Field; column.Letter == letter && got != strings.TrimSuffix(field, "-") {
				t.Errorf("%s is %q, want %q", column, got, field)
			}
		}
	}
}

// checkRows looks at every row and at what is wrong with it.
func (w want) checkRows(t *testing.T, rows []Row) {
	t.Helper()
	found := map[string]bool{}
	var sum money.Amount
	all, valid := 0, 0
	for i := range rows {
		row := &rows[i]
		number := strconv.Itoa(row.Number)
		if row.Totals {
			if !w.has("totals-bad", number) && !w.has("either", number) {
				t.Errorf("row %s is a total that is told to be wrong: %v", number, row.Problems)
			}
			found[number] = true
			continue
		}
		all++
		found[number] = true
		w.checkProblems(t, row)
		w.checkValues(t, row)
		w.checkSuggestions(t, row)
		if len(row.Problems) == 0 && !w.has("either", number) {
			valid++
			sum = must(sum.Add(row.Amount))
		}
	}
	least, most, isRange := strings.Cut(w.one("rows"), "-")
	if !isRange {
		most = least
	}
	if all < must(strconv.Atoi(least)) || all > must(strconv.Atoi(most)) {
		t.Errorf("%d rows, want %s", all, w.one("rows"))
	}
	if text := w.one("valid"); text != "" && strconv.Itoa(valid) != text {
		t.Errorf("%d valid rows, want %s", valid, text)
	}
	if text := w.one("sum"); text != "" && sum.Plain() != text {
		t.Errorf("the valid rows sum to %s, want %s", sum.Plain(), text)
	}
	for _, key := range []string{"bad", "faulty", "value", "totals-bad"} {
		for _, line := range w[key] {
			if number, _, _ := strings.Cut(line, " "); !found[number] {
				t.Errorf("row %s did not come out", number)
			}
		}
	}
}

// checkProblems wants each listed problem of a row and no other.
func (w want) checkProblems(t *testing.T, row *Row) {
	t.Helper()
	number := strconv.Itoa(row.Number)
	if w.has("either", number) {
		return
	}
	if w.has("faulty", number) {
		if len(row.Problems) == 0 {
			t.Errorf("row %s has no problem", number)
		}
		return
	}
	told := map[string]bool{}
	for _, problem := range row.Problems {
		told[problem.Field] = true
		if !w.has("bad", number, problem.Field) {
			t.Errorf("not expected: %v", problem)
		}
	}
	for _, line := range w["bad"] {
		parts := strings.SplitN(line, " ", 3)
		if parts[0] != number {
			continue
		}
		if !told[parts[1]] {
			t.Errorf("row %s: nothing is said of %s; want %s", number, parts[1], parts[2])
		}
		for _, problem := range row.Problems {
			if problem.Field == parts[1] && !matches(parts[2], problem.What+"; want "+problem.Want) {
				t.Errorf("%v; want %s", problem, parts[2])
			}
		}
	}
}

func (w want) checkSuggestions(t *testing.T, row *Row) {
	t.Helper()
	for _, line := range w["suggest"] {
		parts := strings.SplitN(line, " ", 3)
		right := func(p Problem) bool { return p.Field == parts[1] && p.Suggest == strings.TrimSuffix(parts[2], "-") }
		if parts[0] == strconv.Itoa(row.Number) && !slices.ContainsFunc(row.Problems, right) {
			t.Errorf("row %s: for %s something else is suggested than %s", parts[0], parts[1], parts[2])
		}
	}
}

func (w want) checkValues(t *testing.T, row *Row) {
	t.Helper()
	number := strconv.Itoa(row.Number)
	for _, key := range []string{"value", "value-if-valid"} {
		for _, line := range w[key] {
			parts := strings.SplitN(line, " ", 3)
			if parts[0] == number && (key == "value" || len(row.Problems) == 0) && row.Values[parts[1]] != parts[2] {
				t.Errorf("row %s: %s is %q, want %q", number, parts[1], row.Values[parts[1]], parts[2])
			}
		}
	}
	for _, line := range w["trade"] {
		if at, tradeNo, _ := strings.Cut(line, " "); at == number && row.TradeNo != tradeNo {
			t.Errorf("row %s: the trade number is %q, want %q", number, row.TradeNo, tradeNo)
		}
	}
}

func (w want) checkTotals(t *testing.T, sheet *Sheet, rows []Row) {
	t.Helper()
	totals, ok := sheet.Totals()
	got := "none"
	if ok {
		if got = fmt.Sprintf("%d %s", totals.Row, totals.Sum.Plain()); totals.HasCount {
			got += fmt.Sprintf(" %d", totals.Count)
		}
	}
	if text := w.one("totals"); text != "" && got != text {
		t.Errorf("totals %s, want %s", got, text)
	} else if text == "" && ok {
		t.Errorf("totals %s, want none", got)
	}
	for _, line := range w["totals-bad"] {
		if !slices.ContainsFunc(rows, func(row Row) bool { return strconv.Itoa(row.Number) == line && len(row.Problems) > 0 }) {
			t.Errorf("the total in row %s does not agree, and nothing is said", line)
		}
	}
}
