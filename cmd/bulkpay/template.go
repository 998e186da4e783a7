package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/template"
	"github.com/bulkpay/bulkpay/paypro"
)

// templateOptions are the flags of `bulkpay template`.
type templateOptions struct {
	format, language, out string
	force                 bool
}

// templateJSON is what `bulkpay template --json` prints.
type templateJSON struct {
	Area   string `json:"area"`
	Format string `json:"format"`
	Path   string `json:"path"`
}

func newTemplate(a *app) *cobra.Command {
	o := &templateOptions{}
	cmd := &cobra.Command{
		Use:   "template AREA",
		Short: "Write an empty sheet to fill in",
		Long: `template writes a sheet for an area that has everything a payout needs: the columns, with what belongs there as a
comment on each; account numbers as text, so that the spreadsheet leaves them alone; lists to choose from; instructions;
and an example row, which is never paid.

AREA is one of ` + areaNames() + `.`,
		Example: `  bulkpay template mexico
  bulkpay template brazil --format csv -o payouts.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.template(o, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.format, "format", "xlsx", "xlsx or csv")
	flags.StringVar(&o.language, "lang", "", "language of the headers, such as en (default: the area's own)")
	flags.StringVarP(&o.out, "output", "o", "", "where to write it (default: template-AREA.FORMAT here)")
	flags.BoolVar(&o.force, "force", false, "replace a file that is there")
	return cmd
}

func (a *app) template(o *templateOptions, name string) error {
	area, ok := paypro.LookupArea(name)
	if !ok {
		return usageError{errors.New("there is no area " + name + ": choose one of " + areaNames())}
	}
	if o.format != "xlsx" && o.format != "csv" {
		return usageError{errors.New("--format is xlsx or csv")}
	}
	if o.language != "" && !slices.Contains(template.Languages(area), o.language) {
		return usageError{fmt.Errorf("--lang is one of %s for %s", strings.Join(template.Languages(area), ", "), area.Name)}
	}
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	banks, err := c.Banks(area)
	if err != nil {
		return err
	}
	path := orDefault(o.out, "template-"+area.Slug+"."+o.format)
	if _, err := os.Lstat(path); !o.force && !errors.Is(err, fs.ErrNotExist) {
		return hinted{fmt.Errorf("%s is there already: it may have been filled in", path), "name another with --output, or replace it with --force"}
	}
	err = atomicfile.Write(path, 0o600, func(w io.Writer) error {
		return template.Write(w, area, template.Options{Format: o.format, Language: o.language, Banks: banks})
	})
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(templateJSON{area.Slug, o.format, path})
	}
	a.tell("%s\n", path)
	return a.told()
}
