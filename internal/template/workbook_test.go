package template

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// same compares what was filled in with what is read.
func same(t *testing.T, area *paypro.Area, want []paypro.Values, rows []ingest.Row) {
	t.Helper()
	if len(rows) != len(want) {
		t.Fatalf("%d rows of %d", len(rows), len(want))
	}
	for i, row := range rows {
		for name := range samplegen.Constants() {
			delete(row.Values, name)
		}
		if diff := cmp.Diff(want[i], row.Values); diff != "" {
			t.Fatalf("row %d: %s", row.Number, diff)
		}
	}
}

func TestIdentifiersAreTextAndAmountsNumbers(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		opened := book(t, area, language)
		for i, c := range layout(area, language, nil) {
			id, err := opened.GetColStyle(payouts, columnName(i))
			if err != nil {
				t.Fatal(err)
			}
			style, err := opened.GetStyle(id)
			if err != nil {
				t.Fatal(err)
			}
			want := excelize.Style{}
			switch {
			case c.field.ID, c.field.Role == paypro.RoleRemark:
				want.NumFmt = 49
			case c.isAmount() && area.Decimals() == 0:
				want.NumFmt = 3
			case c.isAmount():
				want.NumFmt = 4
			}
			if style.NumFmt != want.NumFmt {
				t.Errorf("%s has format %d", c.field.Name, style.NumFmt)
			}
			kind, err := opened.GetCellType(payouts, cell(i, 2))
			if err != nil {
				t.Fatal(err)
			}
			if isText := kind == excelize.CellTypeSharedString; isText == c.isAmount() {
				t.Errorf("the example of %s has type %d", c.field.Name, kind)
			}
		}
	})
}

func TestClosedListsAreDropDownsAndNothingIsRefused(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		banks := paypro.ShippedBanks(area)
		opened := book(t, area, language)
		rules, err := opened.GetDataValidations(payouts)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range layout(area, language, banks) {
			at := slices.IndexFunc(rules, func(rule *excelize.DataValidation) bool { return rule.Sqref == span(i) })
			if at < 0 {
				if len(c.list) > 0 || c.isAmount() || c.field.MaxChars > 0 {
					t.Errorf("no rule for %s", c.field.Name)
				}
				continue
			}
			rule := rules[at]
			if rule.ErrorStyle == nil || *rule.ErrorStyle != "warning" || !rule.AllowBlank {
				t.Errorf("the rule of %s refuses", c.field.Name)
			}
			if isList := rule.Type == "list"; isList != (len(c.list) > 0) {
				t.Errorf("%s has a rule of type %s", c.field.Name, rule.Type)
			} else if isList {
				if diff := cmp.Diff(c.list, choices(t, opened, rule.Formula1)); diff != "" {
					t.Errorf("%s: %s", c.field.Name, diff)
				}
			}
			if rule.Error == nil || len([]rune(*rule.Error)) > 255 || len([]rune(*rule.ErrorTitle)) > 32 {
				t.Errorf("the warning of %s is none or too long for Excel", c.field.Name)
			}
		}
	})
}

// choices are what a drop-down offers.
func choices(t *testing.T, opened *excelize.File, formula string) []string {
	t.Helper()
	if inline, ok := strings.CutPrefix(formula, `"`); ok {
		return strings.Split(strings.TrimSuffix(inline, `"`), ",")
	}
	var column string
	var last int
	if _, err := fmt.Sscanf(strings.ReplaceAll(formula, "$", " "), lists+"! %1s 1: %1s %d", &column, &column, &last); err != nil {
		t.Fatal(formula, err)
	}
	var all []string
	for row := range last {
		value, err := opened.GetCellValue(lists, fmt.Sprintf("%s%d", column, row+1))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, value)
	}
	return all
}

func TestTheListOfBanksIsHidden(t *testing.T) {
	t.Parallel()
	opened := book(t, area(t, "mexico"), "es")
	if diff := cmp.Diff([]string{payouts, lists, instructions}, opened.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	if visible, err := opened.GetSheetVisible(lists); err != nil || visible {
		t.Error("the lists are in sight", err)
	}
	if rows, err := opened.GetRows(lists); err != nil || len(rows) < 90 {
		t.Errorf("%d banks, %v", len(rows), err)
	}
}

// Banks that a person has added are there to choose from.
func TestBanksOfOnesOwn(t *testing.T) {
	t.Parallel()
	nigeria := area(t, "nigeria")
	banks, err := paypro.ReadBanks(nigeria, strings.NewReader("code,prefix,name\n0001,,First\n0002,,Second\n"), "banks.nigeria.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range layout(nigeria, English, banks) {
		if diff := cmp.Diff([]string{"0001", "0002"}, c.list); c.field.Role == paypro.RoleBank && diff != "" {
			t.Error(diff)
		}
	}
}

func TestNotesSayWhatIsRequired(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		opened := book(t, area, language)
		notes, err := opened.GetComments(payouts)
		if err != nil {
			t.Fatal(err)
		}
		columns := layout(area, language, nil)
		if len(notes) != len(columns) {
			t.Fatalf("%d notes on %d columns", len(notes), len(columns))
		}
		styles := map[bool]int{}
		for i, c := range columns {
			var text string
			for _, run := range notes[i].Paragraph {
				text += run.Text
			}
			if said := strings.Contains(text, "REQUIRED"); said != c.field.Required {
				t.Errorf("the note on %s: %s", c.field.Name, text)
			}
			if !strings.Contains(text, c.right[1:]) {
				t.Errorf("the note on %s does not say what is right", c.field.Name)
			}
			id, err := opened.GetCellStyle(payouts, cell(i, 1))
			if err != nil {
				t.Fatal(err)
			}
			if !c.isAmount() { // which is aligned in its own way
				styles[c.field.Required] = id
			}
		}
		if len(styles) == 2 && styles[true] == styles[false] {
			t.Error("required columns look like the others")
		}
	})
}

// It prints on A4 across, and the header stays in sight.
func TestPaperAndPanes(t *testing.T) {
	t.Parallel()
	opened := book(t, area(t, "brazil"), "pt")
	for _, sheet := range []string{payouts, instructions} {
		paper, err := opened.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if *paper.Size != 9 || *paper.Orientation != "landscape" || *paper.FitToWidth != 1 {
			t.Errorf("%s: %v %v %v", sheet, *paper.Size, *paper.Orientation, *paper.FitToWidth)
		}
	}
	panes, err := opened.GetPanes(payouts)
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("%+v, %v", panes, err)
	}
	if opened.GetActiveSheetIndex() != 0 {
		t.Error("opens on another sheet")
	}
}

// The instructions name every column and stay within the page.
func TestInstructions(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		rows, err := book(t, area, language).GetRows(instructions)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, row := range rows {
			text.WriteString(strings.Join(row, " | ") + "\n")
		}
		for _, c := range layout(area, language, nil) {
			need := map[bool]string{true: "yes", false: "no"}[c.field.Required]
			if line := " | " + c.header + " | " + c.field.Label + " | " + need + " | "; !strings.Contains(text.String(), line) {
				t.Errorf("no line %q", line)
			}
		}
		for _, want := range []string{Mark, "bulkpay check", "15 digits", area.Currency.Code} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("nothing of %q", want)
			}
		}
	})
}

// What a spreadsheet has damaged is coloured at once, and it does not offer to
// do the damage itself.
func TestDamageIsColoured(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		opened := book(t, area, language)
		formats, err := opened.GetConditionalFormats(payouts)
		if err != nil {
			t.Fatal(err)
		}
		xml, ok := opened.Pkg.Load("xl/worksheets/sheet1.xml")
		if !ok {
			t.Fatal("no first sheet")
		}
		for i, c := range layout(area, language, nil) {
			var formulas []string
			for _, format := range formats[span(i)] {
				formulas = append(formulas, format.Criteria)
			}
			if c.field.ID && !slices.Contains(formulas, "ISNUMBER("+columnName(i)+"2)") {
				t.Errorf("a number in %s looks like text: %q", c.field.Name, formulas)
			}
			ignored := strings.Contains(string(xml.([]byte)), `sqref="`+span(i)+`" numberStoredAsText="true"`)
			if ignored != c.asText() {
				t.Errorf("text in %s is offered to be made a number: %v", c.field.Name, !ignored)
			}
			blank := slices.ContainsFunc(formulas, func(formula string) bool { return strings.Contains(formula, "LEN(TRIM(") })
			if blank != c.field.Required {
				t.Errorf("an empty %s is coloured: %v", c.field.Name, blank)
			}
		}
	})
}
