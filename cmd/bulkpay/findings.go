package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/handback"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/internal/neutral"
)

// Limits of what is shown; the files have everything.
const (
	faultsShown   = 200
	warningsShown = 20
	suspectsShown = 50
	knownShown    = 20
)

// faultJSON is one fault of a sheet.
type faultJSON struct {
	File   string `json:"file"`
	Sheet  string `json:"sheet,omitempty"`
	Row    int    `json:"row"`
	Column string `json:"column,omitempty"`
	Header string `json:"header,omitempty"`
	Field  string `json:"field,omitempty"`
	What   string `json:"what"`
	Want   string `json:"want,omitempty"`
}

func faultOf(p ingest.Problem) faultJSON {
	return faultJSON{p.File, p.Worksheet, p.Row, p.Column, p.Header, p.Field, p.What, p.Want}
}

// suspectJSON is one row that looks like a payout already made.
type suspectJSON struct {
	Row     int    `json:"row"`
	Kind    string `json:"kind"`
	Why     string `json:"why"`
	Twin    int    `json:"twinRow,omitempty"` // of the same sheet
	Batch   string `json:"batch,omitempty"`
	Was     int    `json:"batchRow,omitempty"`
	TradeNo string `json:"tradeNo,omitempty"`
	State   string `json:"state,omitempty"`
}

// knownJSON is one row of a sheet handed back that is a payout already.
type knownJSON struct {
	Row     int    `json:"row"`
	TradeNo string `json:"tradeNo"`
	Batch   string `json:"batch"`
	Was     int    `json:"batchRow"`
	State   string `json:"state"`
	Edited  bool   `json:"edited"`
}

// findings gathers what there is to say about the rows of a sheet: all of it
// in a list beside the reports and in the marks for the sheet that is handed
// back, the first of it for the screen.
type findings struct {
	path  string // of the list
	file  *atomicfile.File
	csv   *csv.Writer
	marks struct{ reading, suspects markSpool }

	faults   []faultJSON
	warnings []faultJSON
	suspects []suspectJSON
	known    []knownJSON
}

// newFindings prepares the list of a sheet. Its file appears only if there is
// anything to list.
func newFindings(folder, sheet string) *findings {
	// With the extension: the CSV beside a workbook has a list of its own.
	return &findings{path: filepath.Join(folder, filepath.Base(sheet)+"-faults.csv")}
}

func (l *findings) addFault(p ingest.Problem) error {
	if len(l.faults) < faultsShown {
		l.faults = append(l.faults, faultOf(p))
	}
	return errors.Join(l.write("fault", p), l.marks.reading.add(markOf(p, false)))
}

func (l *findings) addWarning(p ingest.Problem) error {
	if len(l.warnings) < warningsShown {
		l.warnings = append(l.warnings, faultOf(p))
	}
	return errors.Join(l.write("warning", p), l.marks.reading.add(markOf(p, true)))
}

func (l *findings) addKnown(k intake.Known) error {
	if len(l.known) < knownShown {
		l.known = append(l.known, knownJSON{k.Row, k.TradeNo, k.Batch, k.BatchRow, string(k.State), k.Edited})
	}
	return nil
}

func (l *findings) addSuspect(s intake.Suspect) error {
	if len(l.suspects) < suspectsShown {
		l.suspects = append(l.suspects, suspectJSON{s.Row, string(s.Kind), s.Why(), s.Twin, s.Batch, s.BatchRow, s.TradeNo, string(s.State)})
	}
	p := ingest.Problem{Row: s.Row, What: s.Why(), Want: "a look by a person: it may be paid already"}
	return l.marks.suspects.add(markOf(p, !intake.IsDuplicate(s.Kind)))
}

// markOf is a problem as it is marked in the sheet; there, and nowhere else,
// stands the value that is suggested.
func markOf(p ingest.Problem, warning bool) handback.Mark {
	column := -1
	if at, err := columnIndex(p.Column); err == nil {
		column = at
	}
	return handback.Mark{Row: p.Row, Column: column, Problem: p.What, Want: p.Want, Suggest: p.Suggest, Warning: warning}
}

// columnIndex counts a column's letter from 0.
func columnIndex(letter string) (int, error) {
	n := 0
	for _, r := range letter {
		if r < 'A' || r > 'Z' || n > 1<<16 {
			return 0, fmt.Errorf("no column %q", letter)
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 {
		return 0, errors.New("no column")
	}
	return n - 1, nil
}

func (l *findings) write(kind string, p ingest.Problem) error {
	if l.file == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	row := ""
	if p.Row > 0 {
		row = strconv.Itoa(p.Row)
	}
	return l.csv.Write([]string{
		kind, neutral.Cell(p.File), neutral.Cell(p.Worksheet), row, p.Column, neutral.Cell(p.Header), p.Field, p.What, p.Want,
	})
}

func (l *findings) open() error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	file, err := atomicfile.Create(l.path, 0o600)
	if err != nil {
		return err
	}
	l.file = file
	if _, err := file.Write([]byte("\uFEFF")); err != nil { // so that spreadsheets read UTF-8
		return err
	}
	l.csv = csv.NewWriter(file)
	l.csv.UseCRLF = true
	return l.csv.Write([]string{"kind", "file", "sheet", "row", "column", "header", "field", "problem", "want"})
}

// keep makes the list appear, or go: one of an earlier reading, whose faults
// have been put right, goes too. It tells whether there is one.
//
// Of a sheet that is a batch already every row is a payout already made, and
// none is a suspect.
func (l *findings) keep(e *examined) (bool, error) {
	if e.batch == nil {
		for mark := range l.marks.suspects.all() {
			p := ingest.Problem{File: e.sheet.File(), Row: mark.Row, What: mark.Problem, Want: mark.Want}
			if err := l.write("suspect", p); err != nil {
				return false, err
			}
		}
	}
	if l.marks.suspects.err != nil {
		return false, l.marks.suspects.err
	}
	if l.file == nil {
		if err := os.Remove(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		return false, nil
	}
	file := l.file
	l.file = nil
	l.csv.Flush()
	if err := l.csv.Error(); err != nil {
		file.Discard()
		return false, err
	}
	return true, file.Commit()
}

// discard drops what was not kept.
func (l *findings) discard() {
	if l.file != nil {
		l.file.Discard()
		l.file = nil
	}
	l.marks.reading.close()
	l.marks.suspects.close()
}

// print lists the findings for a person, the worst first.
func (l *findings) print(a *app, e *examined) {
	printFaults(a, "", l.faults, e.found.Problems, "fault")
	printFaults(a, "warning: ", l.warnings, e.found.Warnings, "warning")
	if e.batch == nil {
		for _, suspect := range l.suspects {
			a.tell("row %d %s\n", suspect.Row, suspect.Why)
		}
		if more := e.found.Duplicates() + e.found.NearMatches() - len(l.suspects); more > 0 {
			a.tell("… and %s more\n", plural(more, "row"))
		}
	}
	if e.batch != nil && e.found.Edited == 0 {
		return // all that is left to say is which batch it is
	}
	for _, known := range l.known {
		edited := ""
		if known.Edited {
			edited = "; it was edited since, which has no effect"
		}
		a.tell("row %d is payout %s already: batch %s, row %d, %s%s\n", known.Row, known.TradeNo, known.Batch, known.Was, known.State, edited)
	}
	if more := e.found.Known - len(l.known); more > 0 {
		a.tell("… and %s more\n", plural(more, "row"))
	}
}

func printFaults(a *app, prefix string, shown []faultJSON, all int, what string) {
	for _, fault := range shown {
		fmt.Fprintln(a.out, prefix+ingest.Problem{
			File: fault.File, Worksheet: fault.Sheet, Row: fault.Row, Column: fault.Column,
			Header: fault.Header, Field: fault.Field, What: fault.What, Want: fault.Want,
		}.Error())
	}
	if more := all - len(shown); more > 0 {
		a.tell("… and %s more\n", plural(more, what))
	}
}

// finish keeps the list and hands the sheet back, marked, if there is anything
// to mark. It says where both are.
func (a *app) finish(ctx context.Context, e *examined) (list, marked string, err error) {
	kept, err := e.list.keep(e)
	if err != nil || !kept {
		return "", "", err
	}
	list = e.list.path
	marked, err = a.handMarked(ctx, e)
	if err != nil {
		return list, "", err
	}
	a.say("all of it: %s", list)
	if marked != "" {
		a.say("your sheet, marked: %s", marked)
	}
	return list, marked, nil
}
