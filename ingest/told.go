package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// told is what a person said about one column: --map "Their header=field".
type told struct {
	key             string // as given
	plain, numbered string // the forms in which headers are compared
	column          int    // of a letter such as "D"; -1 if the key is no letter
	field           string // "" if the column is to be ignored
	wanted          string // the field as given
}

// parseTold puts the map in order. A key that is a letter means that column
// only if no header is called so.
func parseTold(mapped map[string]string) []told {
	var all []told
	for _, key := range sortedKeys(mapped) {
		t := told{key: key, column: -1, wanted: trim(mapped[key])}
		t.plain, t.numbered = headerKeys(key)
		if t.wanted != "-" {
			t.field = t.wanted
		}
		if name := strings.ToUpper(trim(key)); len(name) <= 2 {
			t.column = columnIndex(name)
		}
		all = append(all, t)
	}
	return all
}

// columnIndex reads letters as spreadsheets do: A is 0, AA is 26; -1 if the
// text is anything else.
func columnIndex(name string) int {
	n := 0
	for i := range len(name) {
		if name[i] < 'A' || name[i] > 'Z' {
			return -1
		}
		n = n*26 + int(name[i]-'A') + 1
	}
	return n - 1
}

func (t *told) isCalled(header string) bool {
	plain, numbered := headerKeys(header)
	return plain != "" && (plain == t.plain || numbered == t.numbered)
}

// findTold gives the index of what was told about a column, or -1. A header's
// name goes before its letter.
func findTold(all []told, header string, column int) int {
	for i := range all {
		if all[i].isCalled(header) {
			return i
		}
	}
	for i := range all {
		if all[i].column == column && column >= 0 {
			return i
		}
	}
	return -1
}

// resolve puts the fields into the area's own spelling. unknown lists those
// that the area does not have.
func resolve(all []told, area *paypro.Area) (resolved []told, unknown []string) {
	resolved = slices.Clone(all)
	for i := range resolved {
		t := &resolved[i]
		if t.field == "" {
			continue
		}
		at := slices.IndexFunc(area.Fields, func(f paypro.Field) bool { return strings.EqualFold(f.Name, t.field) })
		if at < 0 {
			unknown = append(unknown, t.key)
			continue
		}
		t.field = area.Fields[at].Name
	}
	return resolved, unknown
}

// toldProblems are told fields that do not exist, told headers that are not
// in the sheet and fields told twice.
func toldProblems(m *mapping, all []told, row int) Problems {
	var problems Problems
	resolved, unknown := resolve(all, m.area)
	for _, key := range unknown {
		problems = append(problems, Problem{
			Row: row, What: fmt.Sprintf("--map gives %q a field that %s does not have", shown(key), m.area.Name),
			Want: "one of " + fieldNamesOf(m.area) + ", or - to ignore the column",
		})
	}
	for i := range resolved {
		t := &resolved[i]
		switch used := m.toldUsed[t.key]; {
		case !used:
			problems = append(problems, Problem{
				Row: row, What: fmt.Sprintf("--map names a column %q that is not there", shown(t.key)),
				Want: "one of " + m.headers() + ", or its letter",
			})
		case ownNames[t.plain] && t.field != "":
			problems = append(problems, Problem{
				Row: row, Field: t.field, What: fmt.Sprintf("--map takes a field from %q, which is never taken from a sheet", shown(t.key)),
				Want: "another column",
			})
		}
	}
	return problems
}

func fieldNamesOf(area *paypro.Area) string {
	names := make([]string, len(area.Fields))
	for i := range area.Fields {
		names[i] = area.Fields[i].Name
	}
	return strings.Join(names, ", ")
}
