package export

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// kind is what a column holds.
type kind int

const (
	textKind   kind = iota
	amountKind      // a decimal, as text
	numberKind
	truthKind
	timeKind
	dayKind // 2026-11-21, as text
)

// column is a field of the struct that stands for a row.
type column struct {
	name  string
	kind  kind
	index int
}

// Columns are the names of the columns of an export, in their order.
func Columns(o Options) []string {
	var names []string
	for _, c := range columnsOf(sources[o.What].shape, o) {
		names = append(names, c.name)
	}
	return names
}

// columnsOf reads the columns from the tags of a struct: json has the name,
// export "amount" for decimals, "day" for days and "evidence" for what is only given if it is
// asked for.
func columnsOf(shape reflect.Type, o Options) []column {
	var columns []column
	for i := range shape.NumField() {
		field := shape.Field(i)
		tag := field.Tag.Get("export")
		if tag == "evidence" && !o.Evidence {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		columns = append(columns, column{name, kindOf(field.Type, tag), i})
	}
	return columns
}

func kindOf(of reflect.Type, tag string) kind {
	switch {
	case of == reflect.TypeFor[*time.Time]():
		return timeKind
	case tag == "amount":
		return amountKind
	case tag == "day":
		return dayKind
	case of.Kind() == reflect.String:
		return textKind
	case of.Kind() == reflect.Bool:
		return truthKind
	case of.Kind() == reflect.Int || of.Kind() == reflect.Int64:
		return numberKind
	}
	panic(fmt.Sprintf("export: no column can be a %v", of))
}

// text is the plain form of a cell.
func (c column) text(row reflect.Value) string {
	field := row.Field(c.index)
	switch c.kind {
	case truthKind:
		return strconv.FormatBool(field.Bool())
	case numberKind:
		return strconv.FormatInt(field.Int(), 10)
	case timeKind:
		if at := c.time(row); at != nil {
			return at.Format(timeForm)
		}
		return ""
	}
	return field.String()
}

func (c column) time(row reflect.Value) *time.Time {
	return row.Field(c.index).Interface().(*time.Time)
}
