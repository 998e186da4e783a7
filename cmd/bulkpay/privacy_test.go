package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

// person is what of a row nobody may print: the account whole, and who it
// belongs to.
type person struct{ account, name, mobile, email string }

// peopleOf are the payees of a made-up sheet.
func peopleOf(t *testing.T, area *paypro.Area, rows int, seed uint64) []person {
	t.Helper()
	var people []person
	for row := range samplegen.Rows(area, rows, seed) {
		people = append(people, person{
			row[area.FieldFor(paypro.RoleAccount).Name], row[area.FieldFor(paypro.RoleName).Name],
			row[areaField(area, "mobile")], row[areaField(area, "mail")],
		})
	}
	return people
}

// areaField finds a field by a part of its name.
func areaField(area *paypro.Area, part string) string {
	for _, field := range area.Fields {
		if strings.Contains(strings.ToLower(field.Name), part) {
			return field.Name
		}
	}
	return ""
}

// discreet wants nothing personal and no secret in a text. Names may stand in
// reports, which are made for those who wrote the sheet.
func discreet(t *testing.T, where, text string, people []person, names bool) {
	t.Helper()
	for i, p := range people {
		for what, personal := range map[string]string{"account": p.account, "mobile": p.mobile, "e-mail": p.email, "name": p.name} {
			if personal != "" && (what != "name" || !names) && strings.Contains(text, personal) {
				t.Errorf("%s has the %s of person %d", where, what, i)
			}
		}
	}
	if strings.Contains(text, sandboxSecret) {
		t.Errorf("%s has the secret", where)
	}
}

// Nothing that is printed, logged or reported has a whole account number, a
// mobile, an e-mail or a secret, whatever command is asked and however much
// it is asked to say (P8). The sheet's accounts are looked for one by one.
func TestNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"mexico", "india"} {
		t.Run(slug, func(t *testing.T) {
			if testing.Short() && slug != "mexico" {
				t.Skip("starts every command once more")
			}
			t.Parallel()
			const rows = 12
			area, _ := paypro.LookupArea(slug)
			people := peopleOf(t, area, rows, 77)
			tr := newTrial(t)
			sheet := tr.sheet(t, "sheet.csv", slug, rows, 77)
			faulty, pack := faultyCopy(t, sheet), filepath.Join(tr.folder, "pack.zip")
			for _, p := range people {
				if text := readReport(t, sheet); p.account == "" || !strings.Contains(text, p.account) || !strings.Contains(text, p.name) {
					t.Fatalf("the sheet does not have what is looked for: %+v", p)
				}
			}
			for _, json := range []string{"--json=false", "--json"} {
				for _, args := range [][]string{
					{"check", sheet},
					{"check", faulty},
					{"run", faulty},
					{"run", sheet},
					{"run", faulty, "--skip-invalid"},
					{"run", sheet, "--again", "last", "--reason", "a test"},
					{"submit", "last"},
					{"settle", "last"},
					{"status"},
					{"status", "last"},
					{"report", "last"},
					{"mapping", "last"},
					{"journal", "last"},
					{"journal", "last", "--format", "hledger"},
					{"pain002", "last"},
					{"export", "payouts"},
					{"export", "batches"},
					{"export", "events", "--evidence"},
					{"verify"},
					{"evidence", "last", "--unmasked", "--force", "--out", pack},
					{"verify", pack},
					{"verify", pack, "--digest", strings.Repeat("0", 64)},
					{"doctor"},
					{"balance"},
				} {
					said := call(t, tr.with(append([]string{"--verbose", json}, args...)...)...)
					discreet(t, strings.Join(args, " "), said.out+said.err, people, false)
				}
				for _, number := range numbersOf(t, tr) {
					said := call(t, tr.with("show", json, "--verbose", number)...)
					if said.code != exitDone {
						t.Errorf("show: %s", said.err)
					}
					discreet(t, "show", said.out+said.err, people, false)
				}
			}
			reportsAreDiscreet(t, filepath.Join(tr.folder, "sim", "reports"), people)
		})
	}
}

// faultyCopy is a sheet whose every amount has decimals, so that each of its
// rows is complained about.
func faultyCopy(t *testing.T, sheet string) string {
	t.Helper()
	text, err := os.ReadFile(sheet)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	for i := 1; i < len(lines)-1; i += 2 {
		lines[i] = amountOf.ReplaceAll(lines[i], []byte(",x,"))
	}
	path := strings.TrimSuffix(sheet, ".csv") + "-faulty.csv"
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func numbersOf(t *testing.T, tr trial) []string {
	t.Helper()
	var mapped []struct{ TradeNo string }
	if err := json.Unmarshal([]byte(call(t, tr.with("--json", "mapping", "last")...).out), &mapped); err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, one := range mapped {
		numbers = append(numbers, one.TradeNo)
	}
	if len(numbers) == 0 {
		t.Fatal("no trade numbers")
	}
	return numbers
}

// handedBack are copies of the person's own sheet: they have what it has.
var handedBack = regexp.MustCompile(`-(sheet|marked)\.(csv|xlsx)$`)

// reportsAreDiscreet reads every report file, workbooks cell by cell. Accounts
// are there, masked.
func reportsAreDiscreet(t *testing.T, folder string, people []person) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d report files, %v", len(files), err)
	}
	for _, path := range files {
		if handedBack.MatchString(path) {
			if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("%s can be read by others: %v %v", filepath.Base(path), info.Mode(), err)
			}
			continue
		}
		text := readReport(t, path)
		discreet(t, filepath.Base(path), text, people, true)
		if !strings.Contains(text, "••••") && !strings.Contains(path, "-faults.csv") {
			t.Errorf("%s has no masked account", filepath.Base(path))
		}
	}
}

func readReport(t *testing.T, path string) string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	if filepath.Ext(path) != ".xlsx" {
		text, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	workbook, err := excelize.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer workbook.Close() //nolint:errcheck // it was only read
	var all strings.Builder
	for _, sheet := range workbook.GetSheetList() {
		rows, err := workbook.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			all.WriteString(strings.Join(row, "\t") + "\n")
		}
	}
	return all.String()
}

var longNumber = regexp.MustCompile(`[0-9]{9,}`)

// A fault is named by its place. What stands in a faulty cell may be somebody's
// account with one digit wrong, so it is not repeated.
func TestFaultsDoNotQuoteNumbers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"faults-mexico.csv", "faults-india.csv"} {
		tr := newTrial(t)
		sheet := filepath.Join(samples(t), name)
		text := readReport(t, sheet)
		said := call(t, tr.with("run", sheet)...)
		list := readReport(t, filepath.Join(tr.folder, "sim", "reports", name+"-faults.csv"))
		checked := 0
		for _, line := range strings.SplitAfter(said.out+said.err+list, "\n") {
			problem, example, _ := strings.Cut(line, "want ")
			if found := longNumber.FindString(problem); found != "" && strings.Contains(text, found) {
				t.Errorf("%s: %q quotes the sheet", name, line)
			}
			if found := longNumber.FindString(example); found != "" && strings.Contains(text, found) {
				t.Errorf("%s: the example in %q is somebody's", name, line)
			}
			checked++
		}
		if checked < 40 {
			t.Errorf("%s: only %d lines were looked at", name, checked)
		}
	}
}
