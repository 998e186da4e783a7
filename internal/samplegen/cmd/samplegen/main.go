// Command samplegen writes the folder samples anew, or a CSV of any length.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	folder := flag.String("samples", "samples", "folder to write the samples into")
	slug := flag.String("area", "mexico", "area of the CSV")
	rows := flag.Int("rows", 0, "write a CSV of that many rows instead of the samples")
	seed := flag.Uint64("seed", 1, "seed of the CSV")
	out := flag.String("o", "", "file for the CSV instead of stdout")
	flag.Parse()
	if *rows <= 0 {
		return samplegen.WriteSamples(*folder)
	}
	area, ok := paypro.LookupArea(*slug)
	if !ok {
		return fmt.Errorf("no area %q", *slug)
	}
	to := os.Stdout
	if *out != "" {
		file, err := os.Create(*out)
		if err != nil {
			return err
		}
		to = file
	}
	err := samplegen.WriteCSV(to, area, samplegen.LanguageOf(area), samplegen.Rows(area, *rows, *seed))
	if closeErr := to.Close(); err == nil {
		err = closeErr
	}
	return err
}
