package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/report"
)

// Limits of what is shown; the file has everything.
const (
	faultsShown   = 200
	overlapsShown = 50
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

// overlapJSON is one row that an earlier batch has already.
type overlapJSON struct {
	Row   int    `json:"row"`
	Batch string `json:"batch"`
	Was   int    `json:"batchRow"`
	State string `json:"state"`
}

// faultList gathers what is wrong with a sheet: all of it in a file beside
// the reports, the first of it for the screen.
type faultList struct {
	path     string
	file     *atomicfile.File
	csv      *csv.Writer
	faults   []faultJSON
	overlaps []overlapJSON
	count    int
}

// newFaultList prepares the list of a sheet's faults. Its file appears only
// if there are any.
func newFaultList(folder, sheet string) *faultList {
	base := strings.TrimSuffix(filepath.Base(sheet), filepath.Ext(sheet))
	return &faultList{path: filepath.Join(folder, base+"-faults.csv")}
}

func (l *faultList) add(p ingest.Problem) error {
	l.count++
	if len(l.faults) < faultsShown {
		l.faults = append(l.faults, faultJSON{p.File, p.Worksheet, p.Row, p.Column, p.Header, p.Field, p.What, p.Want})
	}
	if l.file == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	return l.csv.Write([]string{
		report.Neutralise(p.File), report.Neutralise(p.Worksheet), strconv.Itoa(p.Row), p.Column,
		report.Neutralise(p.Header), p.Field, p.What, p.Want,
	})
}

func (l *faultList) open() error {
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
	return l.csv.Write([]string{"file", "sheet", "row", "column", "header", "field", "problem", "want"})
}

func (l *faultList) addOverlap(o intake.Overlap) error {
	if len(l.overlaps) < overlapsShown {
		l.overlaps = append(l.overlaps, overlapJSON{o.Row, o.Batch, o.Was, string(o.State)})
	}
	return nil
}

// close makes the file appear, or go: a list of an earlier reading, whose
// faults have been put right, goes too. It may be called again.
func (l *faultList) close(keep bool) error {
	if l.file == nil {
		if keep && l.count == 0 {
			if err := os.Remove(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	}
	file := l.file
	l.file = nil
	l.csv.Flush()
	if err := l.csv.Error(); err != nil || !keep {
		file.Discard()
		return err
	}
	return file.Commit()
}

// print lists the faults for a person.
func (l *faultList) print(a *app, e intake.Examined) {
	for _, fault := range l.faults {
		fmt.Fprintln(a.out, ingest.Problem{
			File: fault.File, Worksheet: fault.Sheet, Row: fault.Row, Column: fault.Column,
			Header: fault.Header, Field: fault.Field, What: fault.What, Want: fault.Want,
		}.Error())
	}
	if more := l.count - len(l.faults); more > 0 {
		fmt.Fprintf(a.out, "… and %s more\n", plural(more, "fault"))
	}
	if l.count > 0 {
		a.say("all of them: %s", l.path)
	}
	for _, o := range l.overlaps {
		fmt.Fprintf(a.out, "row %d was imported before: batch %s, row %d, %s\n", o.Row, o.Batch, o.Was, o.State)
	}
	if more := e.Overlaps - len(l.overlaps); more > 0 {
		fmt.Fprintf(a.out, "… and %s more\n", plural(more, "row"))
	}
}
