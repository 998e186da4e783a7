package samplegen

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// How many rows the sheets without faults have: enough to look like a payroll,
// few enough to read.
const (
	cleanRows = 40
	fewerRows = 20 // in areas with one sheet
)

// sample is one file of the folder samples.
type sample struct {
	name  string
	title string // above the header
	area  *paypro.Area
	rows  iter.Seq[paypro.Values]
	tail  string // what follows the rows of a CSV
}

// samples are all files of the folder, each of its own seed.
func samples() []sample {
	mexico, india := area("mexico"), area("india")
	all := []sample{
		{"payouts-mexico.xlsx", "", mexico, Rows(mexico, cleanRows, 1), ""},
		{"payouts-mexico.csv", "", mexico, Rows(mexico, cleanRows, 2), ""},
		{"payouts-india.xlsx", "", india, Rows(india, cleanRows, 3), ""},
		{"payouts-india.csv", "", india, Rows(india, cleanRows, 4), ""},
		{"faults-mexico.xlsx", "Nómina de noviembre", mexico, Faults(mexico, 5), ""},
		{"faults-mexico.csv", "", mexico, Faults(mexico, 6), brokenLines(mexico)},
		{"faults-india.csv", "", india, Faults(india, 7), brokenLines(india)},
		{"outcomes-mexico.csv", "", mexico, Outcomes(mexico, 8), ""},
		{"outcomes-india.csv", "", india, Outcomes(india, 9), ""},
	}
	for _, area := range paypro.Areas() {
		if area != mexico && area != india {
			all = append(all, sample{"payouts-" + area.Slug + ".csv", "", area, Rows(area, fewerRows, 10), ""})
		}
	}
	return all
}

// WriteSamples writes every sheet of the folder samples anew.
func WriteSamples(folder string) error {
	for _, sheet := range samples() {
		path := filepath.Join(folder, sheet.name)
		if filepath.Ext(path) == ".xlsx" {
			if err := WriteXLSX(path, sheet.title, sheet.area, LanguageOf(sheet.area), sheet.rows); err != nil {
				return err
			}
			continue
		}
		var text bytes.Buffer
		if err := WriteCSV(&text, sheet.area, LanguageOf(sheet.area), sheet.rows); err != nil {
			return err
		}
		text.WriteString(sheet.tail)
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func area(slug string) *paypro.Area {
	found, ok := paypro.LookupArea(slug)
	if !ok {
		panic("no area " + slug)
	}
	return found
}

// outcomes are the words in a remark by which the simulated gateway is told
// what to do with an order.
var outcomes = []string{
	"paid", "0015", "00029", "0100019", "00032", "0001", "8000", "5000", "5000-lost", "reset", "reset-lost",
	"http-500", "http-502", "http-429", "html", "half-body", "other-tradeno", "other-amount", "strange",
}

// innerCodes are the outcomes that are a status in an answer. Not every area
// documents each.
var innerCodes = map[string]bool{"00029": true, "0100019": true, "00032": true, "0001": true}

// Outcomes gives a valid row for each outcome that can be asked of the
// simulated gateway.
func Outcomes(area *paypro.Area, seed uint64) iter.Seq[paypro.Values] {
	return func(yield func(paypro.Values) bool) {
		next, stop := iter.Pull(Rows(area, len(outcomes), seed))
		defer stop()
		for _, outcome := range outcomes {
			if _, documented := area.Statuses[outcome]; innerCodes[outcome] && !documented {
				continue
			}
			row, _ := next()
			row["remark"] = "SANDBOX:" + outcome
			if !yield(row) {
				return
			}
		}
	}
}

// Faults gives a row for each kind of fault an area's rules know, with a
// valid row now and then.
func Faults(area *paypro.Area, seed uint64) iter.Seq[paypro.Values] {
	all := faults[area.Code]
	return func(yield func(paypro.Values) bool) {
		i := 0
		for row := range Rows(area, len(all), seed) {
			if area.Code == "MX" {
				// One kind of account, so that each fault is of its own kind.
				row["wayCode"], row["customerAccountType"], row["customerAccount"] = "BANORTE", "CLABE", CLABE("072", 4_821_123+uint64(i))
			}
			maps.Copy(row, all[i])
			if !yield(row) {
				return
			}
			i++
		}
	}
}

// faults are what each row of a faulty sheet has instead of valid values.
var faults = map[string][]paypro.Values{
	"MX": {
		{},
		{"wayCode": ""},
		{"wayCode": "Bancomer"},
		{"customerName": ""},
		{"customerName": "María\nHernández"},
		{"customerName": strings.Repeat("Hernández ", 15)},
		{"customerName": "#N/A"},
		{"customerAccountType": ""},
		{"customerAccountType": "Cheques"},
		{"customerAccount": ""},
		{"customerAccount": "07218000048211007"},
		{"customerAccount": "072180000482110073"},
		{"customerAccount": "0721 8000 0482 1100 71"},
		{"customerAccount": "7.2180000000001E+16"},
		{"customerAccount": "O72180000482110071"},
		{"customerAccountType": "Tarjeta de débito", "customerAccount": "400000000000001"},
		{"customerAccountType": "Tarjeta de débito", "customerAccount": "4000000000000001"},
		{},
		{"amount": ""},
		{"amount": "0"},
		{"amount": "-1500"},
		{"amount": "1500.50"},
		{"amount": "1,500"},
		{"amount": "$1500"},
		{"amount": "mil quinientos"},
		{"amount": "01500"},
		{"amount": "15000000000000000"},
		{"customerMobile": "55123"},
		{"customerEmail": "maria at example.com"},
		{"customerEmail": "maria@example"},
		{"identity": strings.Repeat("X", 65)},
		{"remark": strings.Repeat("nómina ", 30)},
		{"wayCode": "", "customerAccountType": "Cheques", "amount": "1500.5", "customerMobile": "55123"},
		{},
		// What a spreadsheet has done to what was typed.
		{"customerAccount": "72180000000000000"}, // a number: no zero in front, and of 15 digits
		{"customerAccount": "2026-11-21"},
		{"customerAccount": "#N/A"},
		{"customerMobile": "5.5E+09"},
		{"amount": "2026-11-21"},
		// What only a person can tell.
		{"amount": "1.500"},
		{"customerName": "María\u202eHernández"},
		{"wayCode": "BANAMEX"}, // the CLABE is another bank's
		{"wayCode": "BANORTEE"},
		{},
	},
	"IN": {
		{},
		{"name": ""},
		{"name": "#N/A"},
		{"mobile": ""},
		{"mobile": "+916000012345"},
		{"mobile": "916000012345"},
		{"mobile": "06000012345"},
		{"mobile": "60000 12345"},
		{"mobile": "5000012345"},
		{"mobile": "600001234"},
		{"email": ""},
		{"email": "asha at example.com"},
		{"bankNumber": ""},
		{"bankNumber": "00001"},
		{"bankNumber": "1.00001E+11"},
		{"bankNumber": "0000-1234-5678"},
		{"bankNCode": ""},
		{"bankNCode": "SBIN099900"},
		{"bankNCode": "sbin0999001"},
		{"bankNCode": "SBINO999001"},
		{"bankNCode": "SBI00999001"},
		{"bankNCode": "SBIN1999001"},
		{"bankNCode": "SBIN0999-01"},
		{},
		{"amount": ""},
		{"amount": "0"},
		{"amount": "2500.75"},
		{"amount": "2,500"},
		{"amount": "₹2500"},
		{"remark": strings.Repeat("salary ", 30)},
		{"name": "", "mobile": "1", "bankNCode": "x", "amount": "none"},
		{},
		{"bankNumber": "123456789012345000"}, // a number of 15 digits
		{"bankNumber": "2026-11-21"},
		{"bankNumber": "#N/A"},
		{"mobile": "6.00001E+09"},
		{"amount": "2.500"},
		{"amount": "2,500.50"},
		{"name": "Asha\u202eVerma"},
		{},
	},
}

// brokenLines are what only a CSV can have: a quotation mark in the wrong
// place, an unquoted delimiter that moves the cells, a row that ends early.
func brokenLines(area *paypro.Area) string {
	var lines []string
	for row := range Rows(area, 2, 99) {
		var cells []string
		for _, column := range Columns(area, LanguageOf(area)) {
			cells = append(cells, row[column.Field])
		}
		lines = append(lines, strings.Join(cells, ","))
	}
	cells := strings.Split(lines[0], ",")
	name := slices.IndexFunc(Columns(area, LanguageOf(area)), func(c Column) bool {
		return area.Field(c.Field).Role == paypro.RoleName
	})
	quoted, moved := slices.Clone(cells), strings.Split(lines[1], ",")
	quoted[name] = strings.Replace(quoted[name], " ", ` "`, 1)
	moved[name] = strings.Replace(moved[name], " ", ", ", 1)
	return fmt.Sprintf("%s\r\n%s\r\n\r\n%s\r\n",
		strings.Join(quoted, ","), strings.Join(moved, ","), strings.Join(cells[:2], ","))
}
