package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
	"github.com/bulkpay/bulkpay/internal/export"
	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
)

// exportJSON is what `bulkpay export --out FILE --json` prints.
type exportJSON struct {
	What     string `json:"what"`
	As       string `json:"as"`
	File     string `json:"file"`
	Rows     int    `json:"rows"`
	Unmasked bool   `json:"unmasked"`
	Seq      int64  `json:"seq"`
	Head     string `json:"head"`
}

// exportOptions are the flags of `bulkpay export`.
type exportOptions struct {
	target
	periodFlags
	as, by, out                          string
	batches, merchants, states           []string
	codes, reasons, numbers, kinds, whos []string
	accountEnds                          string
	flagged, unmasked, evidence, force   bool
	unmatched                            bool
	limit                                int
}

func newExport(a *app) *cobra.Command {
	o := &exportOptions{}
	cmd := &cobra.Command{
		Use:       "export {" + strings.Join(whats(), "|") + "}",
		Short:     "Give payouts, events, numbers or batches to other programs, as CSV, JSON Lines or XLSX",
		ValidArgs: whats(),
		Long: `export streams a part of the ledger to standard output, or to a file that appears whole or not at all:

  payouts  every payout as it stands
  events   the history: every event, with its hash
  mapping  which trade number is which at the gateway
  batches  every batch, tied out
  matches  which line of a statement is which payout, also what was only proposed or was undone
  lines    every line of every statement, and how many matches it has

Flags narrow it; of a flag given several times any one will do. Without any, it is all there is, of all merchants. An
export is of one moment, also while a run goes on, and holds nobody up: it is gathered in a temporary file first, so
that a slow reader does not keep the ledger's log from being emptied.

Amounts have a full stop, times are UTC. Texts of a CSV file are made safe for spreadsheet programs (an apostrophe
before what would become a formula or lose digits); JSON has them exactly. With --json and without --out, standard
output is one JSON array. XLSX needs --out; what does not fit one worksheet goes on in the next.

Account numbers are masked and payees are not named. --unmasked gives both; that it was asked for, and by whom, is
written into the ledger's history first.`,
		Example: `  bulkpay export payouts --state in_doubt,held --out open.xlsx
  bulkpay export payouts --from 2026-11-01 --to 2026-11-30 --by final >november.csv
  bulkpay export lines --unmatched --from 2026-11-01
  bulkpay export events --trade-no BP20261121203512K7Q2M9F4X1ZT --evidence --as jsonl`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.export(cmd.Context(), o, args[0]) },
	}
	o.readFlags(cmd)
	o.flags(cmd)
	return cmd
}

func (o *exportOptions) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.as, "as", "", "csv, jsonl or xlsx (default: as the file is named, or csv)")
	flags.StringVar(&o.out, "out", "", "the file to write (default: standard output)")
	flags.BoolVar(&o.force, "force", false, "replace a file of that name; never a ledger or a backup")
	flags.StringSliceVar(&o.batches, "batch", nil, "of this batch; `last` is the latest")
	flags.StringSliceVarP(&o.merchants, "merchant", "m", nil, "of this merchant")
	flags.StringSliceVar(&o.states, "state", nil, "in this state; of events: that led to it")
	flags.StringSliceVar(&o.codes, "code", nil, "with this code of the gateway")
	flags.StringSliceVar(&o.reasons, "reason", nil, "with this reason, as export has it: timeout; of matches: this note")
	flags.StringSliceVar(&o.numbers, "trade-no", nil, "with this number, ours or the gateway's")
	flags.StringSliceVar(&o.kinds, "kind", nil, "events of this kind")
	flags.StringSliceVar(&o.whos, "actor", nil, "events by this one: person:maria, settle, callback")
	flags.StringVar(&o.accountEnds, "account-ends", "", "payouts to an account that ends so")
	flags.BoolVar(&o.flagged, "flagged", false, "only those with contrary answers")
	flags.BoolVar(&o.unmatched, "unmatched", false, "lines without a confirmed match")
	o.periodFlags.flags(cmd, "in UTC")
	flags.StringVar(&o.by, "by", string(ledger.ByCreated), "which time of a payout --from and --to are about: created, submitted or final; events have one, matches and lines the day of the line")
	flags.IntVar(&o.limit, "limit", 0, "at most so many rows")
	flags.BoolVar(&o.evidence, "evidence", false, "with events: the raw answers they rest on")
	flags.BoolVar(&o.unmasked, "unmasked", false, "whole account numbers, and the names of payees")
}

func whats() []string {
	var names []string
	for _, what := range export.Whats() {
		names = append(names, string(what))
	}
	return names
}

func (a *app) export(ctx context.Context, o *exportOptions, what string) error {
	options, err := o.options(what, a.json)
	if err != nil {
		return err
	}
	if err := mayReplace(o.out, o.force); err != nil {
		return err
	}
	ctx, done := interruptible(ctx)
	defer done()
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	if err := known(ctx, book, &options); err != nil {
		return err
	}
	if o.unmasked {
		if err := a.unmask(ctx, book, "export "+what); err != nil {
			return err
		}
	}
	if o.out == "" {
		to := a.data()
		if options.As != export.CSV {
			to = visible.NewJSONWriter(a.raw.out)
		}
		wrote, err := export.Stream(ctx, book, to, options)
		if err == nil && wrote.Rows == 0 {
			a.say("no rows: there are none in the ledger, or none that all the flags let through")
		}
		return err
	}
	wrote, err := export.File(ctx, book, o.out, options)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(exportJSON{what, string(options.As), o.out, wrote.Rows, o.unmasked, wrote.Seq, wrote.Head})
	}
	a.tell("%s: %s of %s, up to event %d\n", o.out, plural(wrote.Rows, "row"), what, wrote.Seq)
	return a.told()
}

// options checks the flags that need no ledger.
func (o *exportOptions) options(what string, asJSON bool) (export.Options, error) {
	if !slices.Contains(whats(), what) {
		return export.Options{}, usageError{fmt.Errorf("there is no export of %s: choose one of %s", what, strings.Join(whats(), ", "))}
	}
	from, to, err := o.period(time.UTC)
	if err != nil {
		return export.Options{}, err
	}
	as, err := o.form(asJSON)
	if err != nil {
		return export.Options{}, err
	}
	f := ledger.Filter{
		Batches: o.batches, Merchants: o.merchants, TradeNos: o.numbers, Codes: o.codes, Reasons: o.reasons, Kinds: o.kinds, Actors: o.whos,
		Flagged: o.flagged, Unmatched: o.unmatched, AccountEnds: o.accountEnds, By: ledger.Moment(o.by), From: from, To: to,
	}
	for _, state := range o.states {
		if !slices.Contains(ledger.States(), ledger.State(state)) {
			return export.Options{}, usageError{fmt.Errorf("there is no state %s: choose from %v", state, ledger.States())}
		}
		f.States = append(f.States, ledger.State(state))
	}
	for _, kind := range o.kinds {
		if !slices.Contains(ledger.EventKinds(), kind) {
			return export.Options{}, usageError{fmt.Errorf("there is no kind of event %s: choose from %v", kind, ledger.EventKinds())}
		}
	}
	if !slices.Contains([]ledger.Moment{ledger.ByCreated, ledger.BySubmitted, ledger.ByFinal}, f.By) {
		return export.Options{}, usageError{errors.New("--by takes created, submitted or final")}
	}
	if o.limit < 0 {
		return export.Options{}, usageError{errors.New("--limit takes a number of rows")}
	}
	if o.accountEnds != "" && strings.IndexFunc(o.accountEnds, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return export.Options{}, usageError{errors.New("--account-ends takes the last digits of an account: 0004")}
	}
	return export.Options{
		What: export.What(what), As: as, Filter: f, Limit: o.limit, Unmasked: o.unmasked, Evidence: o.evidence, BOM: o.out != "",
	}, o.fits(export.What(what))
}

// fits refuses flags that would silently narrow nothing.
func (o *exportOptions) fits(what export.What) error {
	for _, flag := range []struct {
		name string
		set  bool
		of   []export.What
	}{
		{"--evidence", o.evidence, []export.What{export.Events}},
		{"--kind", len(o.kinds) > 0, []export.What{export.Events}},
		{"--actor", len(o.whos) > 0, []export.What{export.Events}},
		{"--account-ends", o.accountEnds != "", []export.What{export.Payouts, export.Mapping}},
		{"--by", o.by != string(ledger.ByCreated), []export.What{export.Payouts, export.Mapping}},
		{"--unmatched", o.unmatched, []export.What{export.Lines}},
		{"--batch", len(o.batches) > 0 && what == export.Lines, nil},
		{"--state", len(o.states) > 0, stated},
		{"--reason", len(o.reasons) > 0, stated},
		{"--trade-no", len(o.numbers) > 0, append([]export.What{export.Lines}, stated...)},
		{"--code", len(o.codes) > 0, answered},
		{"--flagged", o.flagged, answered},
		{"--unmasked", o.unmasked, []export.What{export.Payouts, export.Events, export.Lines}},
	} {
		if flag.set && !slices.Contains(flag.of, what) {
			return usageError{fmt.Errorf("%s means nothing for %s", flag.name, what)}
		}
	}
	return nil
}

var (
	answered = []export.What{export.Payouts, export.Events, export.Mapping}
	stated   = append([]export.What{export.Matches}, answered...)
)

// form is how it is written: as told, or as the file is named.
func (o *exportOptions) form(asJSON bool) (export.Form, error) {
	as := export.Form(strings.ToLower(o.as))
	if as == "" {
		as = export.CSV
		named := export.Form(strings.ToLower(strings.TrimPrefix(filepath.Ext(o.out), ".")))
		if named == export.JSON || slices.Contains(export.Forms(), named) {
			as = named
		}
		if asJSON && o.out == "" {
			as = export.JSON
		}
	}
	switch {
	case as == export.JSON && o.as == "":
	case !slices.Contains(export.Forms(), as):
		return as, usageError{errors.New("--as takes csv, jsonl or xlsx")}
	case asJSON && o.out == "":
		return as, usageError{errors.New("--json prints one JSON array: leave --as out, or name a file with --out")}
	case as == export.XLSX && o.out == "":
		return as, usageError{errors.New("a workbook is not written to standard output: add --out FILE.xlsx")}
	}
	return as, nil
}

// unmask says that whole account numbers follow, and writes into the history
// who asked for them, before anything is handed out.
func (a *app) unmask(ctx context.Context, book *ledger.Ledger, by string) error {
	const said = "UNMASKED: whole account numbers and names follow; the ledger's history says who asked for them"
	if a.json {
		a.log().Warn(said)
	}
	a.say(said)
	return book.NoteUnmasked(ctx, operator(), by)
}

// mayReplace keeps a file that is asked for from taking the place of another
// one unasked, and of a ledger, a device or a folder altogether. "" is none.
func mayReplace(path string, force bool) error {
	if path == "" {
		return nil
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: is no file that could be replaced", path)
	case !force:
		return hinted{fmt.Errorf("%s: there is a file of that name", path), "add --force to replace it"}
	}
	return atomicfile.MayReplace(path)
}

// known finds all that the flags name in the ledger: a slip of the pen must not
// look like a part of it in which there is nothing.
func known(ctx context.Context, book *ledger.Ledger, o *export.Options) error {
	f := &o.Filter
	for i, code := range f.Batches {
		batch, err := findBatch(ctx, book, code)
		if err != nil {
			return err
		}
		f.Batches[i] = batch.Code
	}
	if err := knownMerchants(ctx, book, f.Merchants); err != nil || o.What == export.Lines { // a statement has numbers of others, too
		return err
	}
	for _, number := range f.TradeNos {
		there := false
		for _, err := range book.SelectPayouts(ctx, ledger.Filter{TradeNos: []string{number}}) {
			if err != nil {
				return err
			}
			there = true
		}
		if !there {
			return hinted{fmt.Errorf("payout %s: %w", number, ledger.ErrNotFound), "bulkpay export mapping lists all numbers"}
		}
	}
	return nil
}

func knownMerchants(ctx context.Context, book *ledger.Ledger, names []string) error {
	for _, name := range names {
		if _, err := book.MerchantNamed(ctx, name); err != nil {
			return hinted{fmt.Errorf("merchant %s: %w", name, err), "bulkpay status names them"}
		}
	}
	return nil
}
