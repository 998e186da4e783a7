package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// streams are where a command prints, whether people watch, and what time it
// is there. Standard error is written to by several goroutines: progress, log,
// signals.
type streams struct {
	out, err                 io.Writer
	outTerminal, errTerminal bool
	now                      func() time.Time // nil: time.Now
}

// app is what all commands share: the streams and the flags of every
// command.
//
// Whatever is printed to out and err is shown: nothing that a sheet, a bank or
// the gateway wrote commands a terminal. Only what has seen to that itself, and
// data for programs, goes around them, to raw.
type app struct {
	*streams
	raw     *streams
	words   []string // the command line
	json    bool
	verbose bool
	config  string
	ledger  string
	noColor bool
	deaf    error     // the first one of standard output
	lang    lang.Lang // the configuration's, once that is read

	settings *config.Config // what loadConfig read last; nil without a file
}

// color tells whether standard output may be coloured.
func (a *app) color() bool {
	return a.outTerminal && !a.noColor && os.Getenv("NO_COLOR") == ""
}

// data is where a file goes that was given no name: byte for byte into a pipe,
// and shown where a person looks at it.
func (a *app) data() io.Writer {
	if a.outTerminal {
		return a.out
	}
	return a.raw.out
}

// log is for the person on call: warnings, and with --verbose every step.
// It never holds an account number, a name or a secret.
func (a *app) log() *slog.Logger {
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if a.json {
		return slog.New(slog.NewJSONHandler(visible.NewJSONWriter(a.raw.err), options))
	}
	return slog.New(slog.NewTextHandler(a.err, options))
}

// execute runs one command line and returns its exit code.
func execute(ctx context.Context, args []string, s *streams) int {
	if s.now == nil {
		s.now = time.Now
	}
	out, errs := visible.NewWriter(s.out), visible.NewWriter(s.err)
	defer out.Flush()  //nolint:errcheck // half a character, and nowhere to complain
	defer errs.Flush() //nolint:errcheck // the same
	shown := *s
	shown.out, shown.err = out, errs
	a := &app{streams: &shown, raw: s, words: args}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(a.err)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && codeOf(err) == exitUsage {
		// A wrong flag ends the reading of flags, perhaps before --json.
		a.json = a.json || slices.Contains(args, "--json")
		err = misused(cmd, err)
	}
	return a.exit(err)
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "bulkpay",
		Short: "Pay a sheet of payouts and prove what became of every row",
		Long: `bulkpay checks a payout sheet (CSV or XLSX), gives every row a number for life, pays the rows through
the Paypro gateway, learns every final status and writes reports that tie out.

Nothing is paid twice: the same command again resumes, or does nothing.

` + exitCodesHelp(),
		Example: `  bulkpay run --sandbox samples/payouts-mexico.xlsx    try it: no money moves
  bulkpay check salaries.xlsx                          find what is wrong with a sheet
  bulkpay run salaries.xlsx --merchant acme-mx         pay it
  bulkpay status                                       where every batch stands`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "print the result as one JSON object")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "say every step on standard error")
	flags.BoolVar(&a.noColor, "no-color", false, "no colour, even on a terminal")
	flags.StringVar(&a.config, "config", "", "configuration file (default: $BULKPAY_CONFIG, or bulkpay.toml here)")
	flags.StringVar(&a.ledger, "ledger", "", "ledger file (default: as configured, or bulkpay.db here)")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddGroup(
		&cobra.Group{ID: "pay", Title: "Paying:"},
		&cobra.Group{ID: "ask", Title: "Looking:"},
		&cobra.Group{ID: "keep", Title: "Keeping in order:"},
	)
	for group, commands := range map[string][]*cobra.Command{
		"pay":  {newTemplate(a), newCheck(a), newDiff(a), newRun(a), newSubmit(a), newSettle(a), newServe(a), newRelease(a), newCancel(a), newResolve(a), newRetry(a)},
		"ask":  {newStatus(a), newShow(a), newExplain(a), newReport(a), newExport(a), newMapping(a), newReconcile(a), newJournal(a), newPain002(a), newBalance(a)},
		"keep": {newDoctor(a), newVerify(a), newEvidence(a), newBackup(a), newAdopt(a), newSandbox(a), newVersion(a)},
	} {
		for _, command := range commands {
			command.GroupID = group
			root.AddCommand(command)
		}
	}
	return root
}
