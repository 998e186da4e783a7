package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/bulkpay/bulkpay/internal/evidence/offline"
	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// verifyPackJSON is what `bulkpay verify PACK.zip --json` prints.
type verifyPackJSON struct {
	Pack       string            `json:"pack"`
	Sound      bool              `json:"sound"`
	Batch      string            `json:"batch"`
	Merchant   string            `json:"merchant"`
	Digest     string            `json:"digest"`
	Kept       bool              `json:"kept"`
	Head       headJSON          `json:"head"`
	Unmasked   bool              `json:"unmasked"`
	Members    int               `json:"members"`
	Rows       int               `json:"rows"`
	Events     int               `json:"events"`
	Recomputed int               `json:"recomputed"`
	Asserted   int               `json:"asserted"`
	Others     int               `json:"others"`
	Findings   []packFindingJSON `json:"findings"`
}

// packFindingJSON is something in a pack that is not as it must be.
type packFindingJSON struct {
	Member string `json:"member"`
	Where  string `json:"where,omitempty"`
	Why    string `json:"why"`
}

func (f packFindingJSON) String() string {
	if f.Where == "" {
		return f.Member + " " + f.Why
	}
	return f.Member + ": " + f.Where + " " + f.Why
}

func findingsOf(r offline.Result) []packFindingJSON {
	all := []packFindingJSON{}
	for _, f := range r.Findings {
		all = append(all, packFindingJSON{shown(f.Member), shown(f.Where), shown(f.Why)})
	}
	return all
}

// shown is a text out of a pack as a terminal may have it. A pack comes from
// anybody: what moves the cursor or begins a line could make it look sound.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// soundness is the last line of what is printed.
func soundness(of string, sound bool) string {
	if sound {
		return "nothing found: " + of + " is sound"
	}
	return "NOT SOUND"
}

// verifyPack checks a pack, with nothing but the file.
func (a *app) verifyPack(ctx context.Context, path, digest string) error {
	if raw, err := hex.DecodeString(digest); digest != "" && (err != nil || len(raw) != 32) {
		return usageError{errors.New("--digest is a SHA-256: 64 digits of 0-9 and a-f, as evidence has printed it")}
	}
	ctx, done := interruptible(ctx)
	defer done()
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return err
	}
	r, err := offline.Check(ctx, file, info.Size(), offline.Options{Digest: digest})
	if errors.Is(err, pack.ErrNotAPack) {
		return hinted{fmt.Errorf("%s: %w", path, err), "a pack is what bulkpay evidence writes; a ledger is checked by: bulkpay --ledger " + visible.Word(path) + " verify"}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if a.json {
		err = a.printJSON(verifyPackJSON{
			Pack: path, Sound: r.Sound(), Batch: r.Batch, Merchant: r.Merchant, Digest: r.Root, Kept: r.Kept, Head: headJSON(r.Head), Unmasked: r.Unmasked,
			Members: r.Members, Rows: r.Rows, Events: r.Events, Recomputed: r.Recomputed, Asserted: r.Asserted, Others: r.Others, Findings: findingsOf(r),
		})
	} else {
		err = a.printPack(r)
	}
	if err == nil && !r.Sound() {
		err = outcome(exitError)
	}
	return err
}

func (a *app) printPack(r offline.Result) error {
	for _, f := range findingsOf(r) {
		a.tell("%s\n", f)
	}
	a.tell("batch %s of %s: %s, %s, %s checked\n", orDash(shown(r.Batch)), orDash(shown(r.Merchant)), plural(r.Members, "file"), plural(r.Rows, "row"), plural(r.Events, "event"))
	a.tell("hashes: %s made anew", group(r.Recomputed))
	if r.Asserted > 0 {
		a.tell(", %s given only, because something in the event is masked", group(r.Asserted))
	}
	if r.Others > 0 {
		a.tell("; %s of other batches in between", plural(r.Others, "event"))
	}
	a.tell("\nroot digest %s", orDash(r.Root))
	switch {
	case r.Kept:
		a.tell(", as was given")
	case r.Root != "":
		a.tell(": compare it with the one that was kept apart from the file (--digest)")
	}
	a.tell("\nledger's head %s, event %d\n", orDash(shown(r.Head.Hash)), r.Head.Seq)
	a.tell("%s\n", soundness("the pack", r.Sound()))
	return a.told()
}
