package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/config"
	"github.com/bulkpay/bulkpay/internal/dispatch"
	"github.com/bulkpay/bulkpay/internal/intake"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// The exit codes. Anything not listed here is a failure too.
const (
	exitDone        = 0   // done, all paid
	exitError       = 1   // error
	exitUsage       = 2   // the command line is wrong
	exitNotPaid     = 3   // finished, some rows not paid: invalid, failed, rejected
	exitInDoubt     = 4   // some rows in doubt or held: a person, or another run
	exitUnfinished  = 5   // not finished: still in progress or unsent
	exitNoLedger    = 10  // there is no ledger
	exitLocked      = 11  // another run holds the ledger
	exitCredentials = 12  // the gateway refuses the credentials
	exitCancelled   = 130 // stopped by a signal
)

var exitCodes = []struct {
	code int
	text string
}{
	{exitDone, "done, all paid"},
	{exitError, "error"},
	{exitUsage, "wrong command line"},
	{exitNotPaid, "finished, some rows not paid (invalid, failed, rejected)"},
	{exitInDoubt, "some rows in doubt or held"},
	{exitUnfinished, "not finished (deadline, still in progress, unsent)"},
	{exitNoLedger, "no ledger"},
	{exitLocked, "another run holds the ledger"},
	{exitCredentials, "credentials refused"},
	{exitCancelled, "stopped by a signal"},
}

func exitCodesHelp() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for _, exit := range exitCodes {
		fmt.Fprintf(&b, "  %-4d %s\n", exit.code, exit.text)
	}
	return strings.TrimRight(b.String(), "\n")
}

// usageError is a wrong command line.
type usageError struct{ error }

// hinted is an error with something to paste.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// outcomeError is not an error of ours: the command did what it could, and
// its result is not "all paid". Everything has been printed.
type outcomeError struct{ code int }

func (e outcomeError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// outcome is nil for exitDone.
func outcome(code int) error {
	if code == exitDone {
		return nil
	}
	return outcomeError{code}
}

// exit prints an error and finds its code.
func (a *app) exit(err error) int {
	var result outcomeError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &result):
		return result.code
	}
	code, hint := codeOf(err), hintFor(err)
	if a.json {
		encoder := json.NewEncoder(visible.NewJSONWriter(a.raw.err))
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(errorJSON{err.Error(), hint, code}) // there is nowhere left to complain
		return code
	}
	fmt.Fprintln(a.err, "error:", a.unbroken(err.Error()))
	if hint != "" {
		fmt.Fprintln(a.err, "hint:", a.unbroken(hint))
	}
	return code
}

// unbroken takes the line breaks out of words of the command line that an error
// repeats: a file's name may be a stranger's. Errors themselves may have lines,
// one for each fault.
func (a *app) unbroken(text string) string {
	for _, word := range a.words {
		for _, part := range []string{word, filepath.Base(word)} {
			if line := visible.Line(part); line != part {
				text = strings.ReplaceAll(text, part, line)
			}
		}
	}
	return text
}

// errorJSON is an error on standard error with --json.
type errorJSON struct {
	Error    string `json:"error"`
	Hint     string `json:"hint,omitempty"`
	ExitCode int    `json:"exitCode"`
}

func codeOf(err error) int {
	var usage usageError
	var problems ingest.Problems
	switch {
	case errors.As(err, &usage), isCobraUsage(err):
		return exitUsage
	case errors.As(err, &problems):
		return exitNotPaid
	case errors.Is(err, ledger.ErrNoLedger):
		return exitNoLedger
	case errors.Is(err, ledger.ErrLocked), errors.Is(err, ledger.ErrLeaseLost):
		return exitLocked
	case errors.Is(err, paypro.ErrCredentials), errors.Is(err, dispatch.ErrCredentials):
		return exitCredentials
	case errors.Is(err, context.Canceled): // nothing but a signal ends a command's context
		return exitCancelled
	}
	return exitError
}

// isCobraUsage recognises the errors that cobra makes without a type.
func isCobraUsage(err error) bool {
	for _, start := range []string{"unknown command", "accepts ", "requires at least", "unknown flag", "required flag", "if any flags in the group"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}

// misused says a wrong command line in people's words, and where the right
// one is explained.
func misused(cmd *cobra.Command, err error) error {
	if with := (hinted{}); errors.As(err, &with) {
		return err // it knows better
	}
	hint := cmd.CommandPath() + " --help"
	switch text := err.Error(); {
	case strings.HasPrefix(text, "requires at least"), strings.HasPrefix(text, "accepts "),
		strings.HasPrefix(text, "unknown command") && cmd.HasParent():
		err = fmt.Errorf("the command line has too few or too many words: want %s", cmd.UseLine())
	case strings.HasPrefix(text, "if any flags in the group [merchant sandbox]"):
		err = errors.New("--merchant and --sandbox exclude one another: the simulated gateway has a merchant of its own")
	case strings.HasPrefix(text, "if any flags in the group [paid"):
		err = errors.New("--paid, --not-paid and --resend exclude one another")
	}
	return hinted{usageError{err}, hint}
}

// wordHint is what to do instead of a word that a payout does not take.
func wordHint(e *ledger.WordError) string {
	switch e.Why {
	case ledger.WordNeverSent:
		return fmt.Sprintf("bulkpay release %[1]s --reason …, or bulkpay cancel %[1]s --reason …", e.TradeNo)
	case ledger.WordSent:
		return fmt.Sprintf("bulkpay resolve %s --paid or --not-paid --reason …, once you know what became of it", e.TradeNo)
	case ledger.WordRunning:
		return "wait for the run to end, or start one: it asks what became of it"
	case ledger.WordKnown, ledger.WordContradiction:
		return fmt.Sprintf("bulkpay show %s has the answers; ask the gateway's support which holds, then say --paid or --not-paid", e.TradeNo)
	}
	return fmt.Sprintf("bulkpay show %s", e.TradeNo)
}

func hintFor(err error) string {
	var with hinted
	var secret *config.OpenSecretError
	var word *ledger.WordError
	var old *ledger.OldCopyError
	var unread *statement.Problems
	switch {
	case errors.As(err, &with):
		return with.hint
	case errors.As(err, &unread):
		return unread.Hint()
	case errors.As(err, &word):
		return wordHint(word)
	case errors.As(err, &old) && !old.Made.IsZero():
		return "go on with the ledger that it was made of; if that is lost: bulkpay adopt --reason …"
	case errors.As(err, &old):
		return "put the newest copy in its place; if there is none: bulkpay adopt --reason …"
	case errors.As(err, &secret):
		return secret.Hint()
	case errors.Is(err, ledger.ErrNoLedger):
		return "bulkpay run SHEET makes one; or name yours with --ledger FILE"
	case errors.Is(err, ledger.ErrLocked):
		return "wait for it to end, or look with: bulkpay status"
	case errors.Is(err, ledger.ErrOlder):
		return "copy it aside; bulkpay --ledger COPY verify brings the copy up to date and checks it"
	case errors.Is(err, ledger.ErrInUse):
		return "look at it as a ledger, with --ledger; or back it up"
	case errors.Is(err, ledger.ErrNewer):
		return "use the bulkpay that made it, or a newer one"
	case errors.Is(err, intake.ErrChanged):
		return "close the file in the spreadsheet program and run the same command again"
	case errors.Is(err, config.ErrNone):
		return "write a bulkpay.toml (see README.md), or try without money: add --sandbox"
	case errors.Is(err, paypro.ErrCredentials):
		return "bulkpay doctor"
	case strings.Contains(err.Error(), "disk is full"), strings.Contains(err.Error(), "no space left"),
		strings.Contains(err.Error(), "disk cannot be written"):
		return "make room on the disk and run the same command again: nothing was sent that is not in the books"
	case errors.Is(err, fs.ErrNotExist):
		return "check the path; it starts at the folder you are in"
	}
	return ""
}
