package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/reconcile"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// reconcileOptions are the flags of `bulkpay reconcile`.
type reconcileOptions struct {
	target
	files                                  []string
	profile, account, worksheet, fee, zone string
	encoding, delimiter                    string
	feeShare                               float64
	days, timing                           int
	dryRun, all                            bool

	told func(flag string) bool // whether a flag was given; else the configuration has its say
}

func newReconcile(a *app) *cobra.Command {
	o := &reconcileOptions{}
	cmd := &cobra.Command{
		Use:   "reconcile --statement FILE…",
		Short: "Lay statements of the gateway or a bank beside the ledger, line by line",
		Long: `reconcile takes statements in and finds for every line the payout that it is, and for every payout of those days the
line that it should have: by number, in columns and in texts; by account, amount and days; in groups by sum. It reads
the gateway's list of orders and bank statements: CSV and XLSX (by a profile of the configuration, or by the names of
the columns), camt.053, MT940. See docs/statements.md.

What is certain is confirmed; what is not is proposed and waits for a person (reconcile confirm). What was matched is
matched once: next month's statement meets only what is still open. The same files and ledger give the same result.

The two sides are added up independently, and either it is TIED or it is not. Exit codes: 0 tied, and nothing is left
to look at; 4 tied, and something is; 1 NOT TIED, or an error.`,
		Example: `  bulkpay reconcile --statement orders-november.csv
  bulkpay reconcile --statement bank.xml --merchant acme-mx --fee 5.80 --dry-run
  bulkpay reconcile confirm 1204 --reason "same day, same amount, the bank cut the number off"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.reconcile(cmd.Context(), o) },
	}
	o.readFlags(cmd)
	flags := cmd.Flags()
	o.told = flags.Changed
	flags.StringVarP(&o.merchant, "merchant", "m", "", "whose payouts (default: the only merchant of the ledger)")
	flags.StringArrayVar(&o.files, "statement", nil, "the statement; once for each of several") // names may hold commas
	flags.StringVar(&o.profile, "profile", "", "the profile of the configuration that says how it is written, or "+statement.PayproProfile)
	flags.StringVar(&o.account, "account", "", "of several accounts in a file: the one that ends so")
	flags.StringVar(&o.worksheet, "worksheet", "", "of a workbook: the worksheet")
	flags.StringVar(&o.encoding, "encoding", "", "of a CSV, before what its profile says: utf-8, windows-1252, gb18030 and others (default: found out)")
	flags.StringVar(&o.delimiter, "delimiter", "", "of a CSV, the same: comma, semicolon, tab, bar or one character (default: found out)")
	flags.StringVar(&o.fee, "fee", "", "by how much a line may differ from its payout for a fee, as 5.80 (default: as configured, or nothing)")
	flags.Float64Var(&o.feeShare, "fee-share", 0, "the same as a share of the payout, as 0.01; the larger of both is allowed (default: as configured, or 0)")
	flags.IntVar(&o.days, "days", 3, "how many days a line without a number may lie from its payout, unless the configuration says")
	flags.IntVar(&o.timing, "timing", 3, "how many days before a statement's end what is missing may still come on the next one, unless the configuration says")
	flags.StringVar(&o.zone, "time-zone", "", "whose days the statements have, as America/Mexico_City (default: time_zone of the configuration, or this machine's)")
	flags.BoolVar(&o.dryRun, "dry-run", false, "only look: do it in a copy of the ledger that is thrown away")
	flags.BoolVar(&o.all, "all", false, "list every line, not only those to look at")
	cmd.AddCommand(newReconcileConfirm(a), newReconcileUndo(a), newReconcileMatch(a))
	return cmd
}

func (a *app) reconcile(ctx context.Context, o *reconcileOptions) error {
	if len(o.files) == 0 {
		return usageError{errors.New("name a statement: --statement FILE")}
	}
	ctx, done := interruptible(ctx)
	defer done()
	book, _, err := a.openBook(ctx, &o.target)
	if err != nil {
		return err
	}
	defer book.Close() //nolint:errcheck // everything in it is committed
	options, err := a.reconcileOptions(ctx, book, o)
	if err != nil {
		return err
	}
	work := func(book *ledger.Ledger) error {
		done, err := reconcile.Files(ctx, book, o.files, options)
		if err != nil {
			return err
		}
		return a.printReconciled(ctx, book, o, done)
	}
	if o.dryRun {
		return reconcile.DryRun(ctx, book, a.now, work)
	}
	return work(book)
}

func (a *app) reconcileOptions(ctx context.Context, book *ledger.Ledger, o *reconcileOptions) (reconcile.Options, error) {
	options := reconcile.Options{Actor: operator()}
	merchant, err := theMerchant(ctx, book, o.merchant)
	if err != nil {
		return options, err
	}
	options.Merchant = merchant
	c, err := a.loadConfig()
	if err != nil {
		return options, err
	}
	options.Statement = statement.Options{
		Profiles: c.Profiles(), Account: o.account, Worksheet: o.worksheet, Encoding: o.encoding, Delimiter: o.delimiter,
	}
	if err := o.tableFlags(); err != nil {
		return options, err
	}
	if o.profile != "" {
		if options.Statement.Profile, err = c.Profile(o.profile); err != nil {
			return options, usageError{err}
		}
	}
	o.fill(c.ReconcileOf(merchant.Name))
	options.Timing = o.timing
	options.Policy = ledger.MatchPolicy{DayWindow: o.days, FeeShare: o.feeShare, Location: c.ZoneOf(merchant.Name)}
	if o.zone != "" {
		if options.Policy.Location, err = time.LoadLocation(o.zone); err != nil {
			return options, usageError{fmt.Errorf("--time-zone %q is not one such as America/Mexico_City", o.zone)}
		}
	}
	if o.days < 1 || o.timing < 1 || !(o.feeShare >= 0 && o.feeShare <= 1) {
		return options, usageError{errors.New("--days and --timing are at least 1, --fee-share lies between 0 and 1")}
	}
	if o.fee != "" {
		fee, err := money.Parse(merchant.Currency, o.fee)
		if err != nil {
			return options, usageError{fmt.Errorf("--fee: %w", err)}
		}
		options.Policy.FeeMinor, _ = fee.Minor()
	}
	return options, nil
}

// fill takes what no flag says from the configuration.
func (o *reconcileOptions) fill(c config.Reconcile) {
	if c.Fee != "" && !o.told("fee") {
		o.fee = c.Fee
	}
	if c.FeeShare != nil && !o.told("fee-share") {
		o.feeShare = *c.FeeShare
	}
	if c.Days != nil && !o.told("days") {
		o.days = *c.Days
	}
	if c.Timing != nil && !o.told("timing") {
		o.timing = *c.Timing
	}
}

// tableFlags looks at how a CSV is to be read in the words of its profiles.
func (o *reconcileOptions) tableFlags() error {
	as := statement.Profile{Name: "flags", Encoding: o.encoding, Delimiter: o.delimiter}
	if faults := as.Check(); len(faults) > 0 {
		return usageError{errors.New("--" + strings.Join(faults, "; --"))}
	}
	return nil
}

// theMerchant is the one that is named, or the only one of the ledger.
func theMerchant(ctx context.Context, book *ledger.Ledger, name string) (ledger.Merchant, error) {
	if name != "" {
		m, err := book.MerchantNamed(ctx, name)
		if errors.Is(err, ledger.ErrNotFound) {
			return m, fmt.Errorf("merchant %s has never paid from this ledger", name)
		}
		return m, err
	}
	var found []ledger.Merchant
	var names []string
	for m, err := range book.Merchants(ctx) {
		if err != nil {
			return ledger.Merchant{}, err
		}
		found, names = append(found, m), append(names, m.Name)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) == 0 {
		return ledger.Merchant{}, hinted{errors.New("no merchant has paid from this ledger yet"), "bulkpay run SHEET"}
	}
	return ledger.Merchant{}, usageError{errors.New("say whose statement it is: --merchant " + strings.Join(names, " or "))}
}

// reconciledJSON is what `bulkpay reconcile --json` prints.
type reconciledJSON struct {
	Merchant   string              `json:"merchant"`
	Currency   string              `json:"currency"`
	DryRun     bool                `json:"dryRun"`
	Statements []takenJSON         `json:"statements"`
	Results    []reconciledOneJSON `json:"results"`
	ExitCode   int                 `json:"exitCode"`
}

// takenJSON is a statement that was taken in.
type takenJSON struct {
	ID       int64    `json:"id"`
	File     string   `json:"file"`
	Format   string   `json:"format"`
	Origin   string   `json:"origin"`
	Account  string   `json:"account,omitempty"`
	FirstDay string   `json:"firstDay"`
	LastDay  string   `json:"lastDay"`
	Lines    int      `json:"lines"`
	Again    bool     `json:"again"`
	Assumed  []string `json:"assumed"`
}

// reconciledOneJSON is how the statements of one origin stand.
type reconciledOneJSON struct {
	Origin    string          `json:"origin"`
	Tied      bool            `json:"tied"`
	Clean     bool            `json:"clean"`
	Confirmed int             `json:"confirmed"`
	Proposed  int             `json:"proposed"`
	Fees      string          `json:"fees"`
	Classes   []matchRowJSON  `json:"classes"`
	Total     matchRowJSON    `json:"total"`
	Want      matchRowJSON    `json:"want"`
	Lines     []matchLineJSON `json:"lines"`
}

// matchRowJSON is one row of the tie-out with statements.
type matchRowJSON struct {
	Class   string `json:"class"`
	Lines   int    `json:"lines"`
	There   string `json:"there"`
	Payouts int    `json:"payouts"`
	Here    string `json:"here"`
	Still   int    `json:"still"`
}

// matchLineJSON is a line of a statement, a payout, or both.
type matchLineJSON struct {
	Class           string `json:"class"`
	Match           int64  `json:"match,omitempty"`
	Standing        string `json:"standing,omitempty"`
	Form            string `json:"form,omitempty"`
	Rule            string `json:"rule,omitempty"`
	Score           int    `json:"score,omitempty"`
	Note            string `json:"note,omitempty"`
	Group           int64  `json:"group,omitempty"`
	Statement       string `json:"statement,omitempty"`
	Line            int    `json:"line,omitempty"`
	Day             string `json:"day,omitempty"`
	There           string `json:"there,omitempty"`
	TradeNo         string `json:"tradeNo,omitempty"`
	PlatFormTradeNo string `json:"platFormTradeNo,omitempty"`
	Batch           string `json:"batch,omitempty"`
	Row             int    `json:"row,omitempty"`
	State           string `json:"state,omitempty"`
	Here            string `json:"here,omitempty"`
	Reason          string `json:"reason"`
}

func (a *app) printReconciled(ctx context.Context, book *ledger.Ledger, o *reconcileOptions, done reconcile.Done) error {
	code := exitDone
	for _, r := range done.Results {
		switch {
		case !r.Tied():
			code = exitError
		case !r.Clean() && code == exitDone:
			code = exitInDoubt
		}
	}
	if a.json {
		result, err := reconciledAsJSON(ctx, book, o, done)
		if err != nil {
			return err
		}
		result.ExitCode = code
		if err := a.printJSON(result); err != nil {
			return err
		}
		return outcome(code)
	}
	for _, file := range done.Files {
		a.printTaken(file)
	}
	for _, r := range done.Results {
		if err := a.printResult(ctx, book, r, o); err != nil {
			return err
		}
	}
	if o.dryRun {
		a.tell("%s\n", "dry run: nothing was written")
	}
	return outcome(code)
}

func (a *app) printTaken(f reconcile.File) {
	s := f.Statement
	a.tell("%s: %s of the %s, %s to %s, %s", s.Name, s.Format, s.Origin, s.FirstDay.Format(time.DateOnly), s.LastDay.Format(time.DateOnly), plural(s.Lines, "line"))
	if f.Again {
		a.tell("; it was taken in before")
	}
	a.tell("\n")
	if len(f.Assumed) > 0 {
		a.tell("  assumed: %s\n", strings.Join(f.Assumed, "; "))
	}
}

func (a *app) printResult(ctx context.Context, book *ledger.Ledger, r reconcile.Result, o *reconcileOptions) error {
	number := func(m money.Amount) string { return strings.TrimSuffix(m.String(), " "+m.Currency().Code) }
	a.tell("\n%-16s %10s %20s %10s %20s\n", r.Scope.Merchant.Currency.Code, "lines", "there", "payouts", "here")
	row := func(name string, m ledger.MatchRow) {
		a.tell("%-16s %10s %20s %10s %20s\n", name, group(m.Lines), number(m.There), group(m.Payouts), number(m.Here))
		if m.Still > 0 {
			a.tell("%-16s %10s without money\n", "", group(m.Still))
		}
	}
	for _, m := range r.Rows {
		if m.Lines+m.Payouts+m.Still > 0 {
			row(strings.ReplaceAll(string(m.Class), "_", " "), m)
		}
	}
	row("total", r.Total)
	row("should be", r.Want)
	a.tell("%s; fees %s; %s new, %s wait for a person\n", tiedWord(r.Tied()), r.Fees, plural(r.Matched.Confirmed, "match"), group(r.Proposed))
	if r.Clean() && !o.all {
		return nil
	}
	return a.printFindings(ctx, book, r, o.all)
}

func tiedWord(tied bool) string {
	if tied {
		return string(report.Tied)
	}
	return string(report.NotTied)
}

// mostFindings are printed for a person; the rest is for the reports.
const mostFindings = 50

func (a *app) printFindings(ctx context.Context, book *ledger.Ledger, r reconcile.Result, all bool) error {
	a.tell("\n")
	shown := 0
	for line, err := range book.Findings(ctx, r.Scope, listed(all)...) {
		if err != nil {
			return err
		}
		if shown++; shown > mostFindings && !all {
			a.tell("%s\n", "and more: --all lists every line, and the report has them")
			break
		}
		a.tell("%s: %s: %s\n", placeOf(line), strings.ReplaceAll(string(line.Class), "_", " "), inEnglish(reconcile.Reason(line)))
	}
	return nil
}

// listed are the classes that are listed: all, or those to look at.
func listed(all bool) []ledger.MatchClass {
	if all {
		return ledger.MatchClasses()
	}
	return nil
}

// placeOf says what a finding is about.
func placeOf(l ledger.MatchLine) string {
	if l.Number > 0 && (l.Class != ledger.ClassMissing && l.Class != ledger.ClassTiming || l.Standing == ledger.Confirmed) {
		text := fmt.Sprintf("%s, line %d", l.Statement, l.Number)
		if l.TradeNo != "" && l.Standing == ledger.Confirmed {
			text += ", " + l.TradeNo
		}
		return text
	}
	return fmt.Sprintf("%s, %s row %d", l.TradeNo, l.Batch, l.Row)
}

func inEnglish(p report.Phrase) string { return p.In(lang.English) }

func reconciledAsJSON(ctx context.Context, book *ledger.Ledger, o *reconcileOptions, done reconcile.Done) (reconciledJSON, error) {
	result := reconciledJSON{DryRun: o.dryRun, Statements: []takenJSON{}, Results: []reconciledOneJSON{}}
	for _, f := range done.Files {
		s := f.Statement
		result.Merchant, result.Currency = s.Merchant.Name, s.Merchant.Currency.Code
		result.Statements = append(result.Statements, takenJSON{
			s.ID, s.Name, s.Format, string(s.Origin), s.Account, s.FirstDay.Format(time.DateOnly), s.LastDay.Format(time.DateOnly), s.Lines, f.Again, append([]string{}, f.Assumed...),
		})
	}
	for _, r := range done.Results {
		one := reconciledOneJSON{
			Origin: string(r.Scope.Origin), Tied: r.Tied(), Clean: r.Clean(), Confirmed: r.Matched.Confirmed, Proposed: r.Proposed, Fees: r.Fees.Fixed(),
			Total: matchRow("total", r.Total), Want: matchRow("should be", r.Want), Lines: []matchLineJSON{},
		}
		for _, row := range r.Rows {
			one.Classes = append(one.Classes, matchRow(string(row.Class), row))
		}
		for line, err := range book.Findings(ctx, r.Scope, listed(o.all)...) {
			if err != nil {
				return result, err
			}
			one.Lines = append(one.Lines, matchLine(line))
		}
		result.Results = append(result.Results, one)
	}
	return result, nil
}

func matchRow(class string, m ledger.MatchRow) matchRowJSON {
	return matchRowJSON{class, m.Lines, m.There.Fixed(), m.Payouts, m.Here.Fixed(), m.Still}
}

func matchLine(l ledger.MatchLine) matchLineJSON {
	j := matchLineJSON{
		Class: string(l.Class), Match: l.MatchID, Standing: string(l.Standing), Form: string(l.Form), Rule: string(l.Rule), Score: l.Score, Note: l.Note,
		Statement: l.Statement, Line: l.Number, TradeNo: l.TradeNo, PlatFormTradeNo: l.PlatformTradeNo, Batch: l.Batch, Row: l.Row, State: string(l.State),
		Group: l.Group, Reason: inEnglish(reconcile.Reason(l)),
	}
	if l.Number > 0 {
		j.Day = l.Day.Format(time.DateOnly)
	}
	// The side of a group that is one has its amount once.
	if l.Number > 0 && !(l.Again && l.Form == ledger.LumpLine) {
		j.There = l.There.Fixed()
	}
	if l.TradeNo != "" && !(l.Again && l.Form == ledger.SplitLine) {
		j.Here = l.Here.Fixed()
	}
	return j
}
