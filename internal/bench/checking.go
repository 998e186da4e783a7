package main

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

// checking reads a large sheet of each format with `bulkpay check`, beside a
// small one, for flat memory is the difference between the two peaks, and
// beside the floor: encoding/csv, or unzipping and parsing XML, in a process
// of its own and in turn.
func (b *bench) checking(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, format := range []struct {
		ext, floor string
		rows       int
	}{{".csv", "encoding/csv", b.csv}, {".xlsx", "zip + encoding/xml", b.xlsx}} {
		if format.rows == 0 {
			continue
		}
		fmt.Printf("check: %s, Mexico, beside %s\n", format.ext[1:], format.floor)
		if err := b.checkOne(ctx, self, format.ext, 1000, 1); err != nil {
			return err
		}
		if err := b.checkOne(ctx, self, format.ext, format.rows, 3); err != nil {
			return err
		}
	}
	return nil
}

// checkOne measures rounds of the floor and the command in turn.
func (b *bench) checkOne(ctx context.Context, self, ext string, rows, rounds int) error {
	// In a process of its own: a process that is started counts what the one
	// that started it had, so this one stays small.
	path := b.path(ext, rows, 1)
	if _, out, err := b.process(ctx, self, "-write", path, "-rows", strconv.Itoa(rows)); err != nil {
		return fmt.Errorf("write: %w\n%s", err, out)
	}
	defer os.Remove(path) //nolint:errcheck // the folder goes anyway
	var floors, checks, ratios []float64
	var floorPeak, peak string
	for range rounds {
		floor, out, err := b.process(ctx, self, "-floor", path)
		if err != nil {
			return fmt.Errorf("floor: %w\n%s", err, out)
		}
		check, out, err := b.process(ctx, b.binary, "check", path)
		if err != nil {
			return fmt.Errorf("check: %w\n%s", err, out)
		}
		floorPeak, peak = floor.peak, check.peak
		floors, checks = append(floors, floor.took.Seconds()), append(checks, check.took.Seconds())
		ratios = append(ratios, check.took.Seconds()/floor.took.Seconds())
	}
	fmt.Printf("  %9d rows  floor %6.2f s, peak %-7s  check %6.2f s, peak %-7s  %.1f times the floor, %.0f rows/s\n",
		rows, median(floors), floorPeak, median(checks), peak, median(ratios), float64(rows)/median(checks))
	return nil
}

func (b *bench) path(ext string, rows int, seed uint64) string {
	return filepath.Join(b.folder, fmt.Sprintf("payouts-%d-%d%s", rows, seed, ext))
}

// writeSheet writes a valid sheet in the format of the extension.
func writeSheet(path string, rows int, seed uint64) error {
	area, ok := paypro.LookupArea("mexico")
	if !ok {
		return errors.New("no Mexico")
	}
	if strings.HasSuffix(path, ".xlsx") {
		return samplegen.WriteXLSX(path, "", area, samplegen.LanguageOf(area), samplegen.Rows(area, rows, seed))
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	err = samplegen.WriteCSV(file, area, samplegen.LanguageOf(area), samplegen.Rows(area, rows, seed))
	return errors.Join(err, file.Close())
}

// cost is what a process took.
type cost struct {
	took time.Duration
	peak string
}

// process runs a program and accounts for it.
func (b *bench) process(ctx context.Context, program string, args ...string) (cost, string, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = b.folder
	start := time.Now()
	out, err := cmd.CombinedOutput()
	return cost{time.Since(start), peakOf(cmd.ProcessState)}, string(out), err
}

// readPlainly is the floor: the file is read to its end with what the
// standard library has, and nothing is made of it.
func readPlainly(path string) error {
	if strings.HasSuffix(path, ".xlsx") {
		return readParts(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	rows := csv.NewReader(file)
	rows.ReuseRecord = true
	for {
		if _, err := rows.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// readParts parses every part of a workbook that holds cells.
func readParts(path string) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer archive.Close() //nolint:errcheck // it was only read
	for _, part := range archive.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/sheet") && part.Name != "xl/sharedStrings.xml" {
			continue
		}
		content, err := part.Open()
		if err != nil {
			return err
		}
		tokens := xml.NewDecoder(content)
		for err == nil {
			_, err = tokens.RawToken()
		}
		if !errors.Is(err, io.EOF) {
			return errors.Join(err, content.Close())
		}
		if err := content.Close(); err != nil {
			return err
		}
	}
	return nil
}
