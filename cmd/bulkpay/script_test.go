package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/bulkpay/bulkpay/paypro/sandbox"
)

// scriptCommands are the commands of scripts besides testscript's own:
//
//	exits CODE PROGRAM ARG…       runs it and wants exactly this exit code
//	until CODE PROGRAM ARG…       runs it again and again until it ends so
//	capture NAME PATTERN          sets $NAME to the first group in the last stdout
//	sheet FILE AREA ROWS SEED     writes a valid sheet, .csv or .xlsx
//	shuffle FROM TO               the same rows of a CSV, last first
//	lines FROM TO N               the first N lines of a file
//	fill FROM TO                  a copy with $NAMES replaced
//	faulty FROM TO ROW            a copy of a CSV whose row has a faulty amount
//	orders JOURNAL N              the gateway has N orders, each payout once
//	placements JOURNAL N          N requests to place an order arrived in all
//	gateway FLAG…                 starts `bulkpay sandbox` on a free port; $GATEWAY is its address
//	receiver FLAG…                starts `bulkpay serve` on a free port; $RECEIVER is its address
//	fetch PATH FILE               what the receiver answers to a GET; of the path "metrics", its metrics
//	post CODE PATH FILE           posts a file to the receiver and wants this HTTP status
//	flip FILE TEXT                changes one byte of the first place that has the text
//	json [stdout|stderr|FILE]     is one JSON value, and nothing else
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits":      scriptExits,
		"until":      scriptUntil,
		"capture":    scriptCapture,
		"sheet":      scriptSheet,
		"shuffle":    scriptShuffle,
		"lines":      scriptLines,
		"fix":        scriptFix,
		"fill":       scriptFill,
		"faulty":     scriptFaulty,
		"orders":     scriptOrders,
		"placements": scriptPlacements,
		"gateway":    scriptGateway,
		"receiver":   scriptReceiver,
		"fetch":      scriptFetch,
		"post":       scriptPost,
		"flip":       scriptFlip,
		"json":       scriptJSON,
	}
}

func want(ts *testscript.TestScript, neg bool, args []string, least int, usage string) {
	if neg || len(args) < least {
		ts.Fatalf("usage: %s", usage)
	}
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "exits CODE PROGRAM ARG…")
	code, err := 0, ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%s: %v", args[1], err)
	}
	if code != number(ts, args[0]) {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func scriptUntil(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "until CODE PROGRAM ARG…")
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var exit *exec.ExitError
		code, err := 0, ts.Exec(args[1], args[2:]...)
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		}
		if code == number(ts, args[0]) {
			return
		}
	}
	ts.Fatalf("waited %v for exit code %s", patience, args[0])
}

func scriptCapture(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "capture NAME PATTERN")
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("nothing in stdout is like %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

func scriptSheet(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 4, "sheet FILE AREA ROWS SEED")
	area, ok := paypro.LookupArea(args[1])
	if !ok {
		ts.Fatalf("no area %s", args[1])
	}
	rows := samplegen.Rows(area, number(ts, args[2]), uint64(number(ts, args[3])))
	path := ts.MkAbs(args[0])
	if filepath.Ext(path) == ".xlsx" {
		ts.Check(samplegen.WriteXLSX(path, "", area, samplegen.English, rows))
		return
	}
	var text bytes.Buffer
	ts.Check(samplegen.WriteCSV(&text, area, samplegen.LanguageOf(area), rows))
	ts.Check(os.WriteFile(path, text.Bytes(), 0o600))
}

func splitLines(ts *testscript.TestScript, path string) []string {
	return slices.Collect(strings.Lines(ts.ReadFile(path)))
}

func writeLines(ts *testscript.TestScript, path string, lines []string) {
	ts.Check(os.WriteFile(ts.MkAbs(path), []byte(strings.Join(lines, "")), 0o600))
}

func scriptShuffle(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "shuffle FROM TO")
	lines := splitLines(ts, args[0])
	slices.Reverse(lines[1:])
	writeLines(ts, args[1], lines)
}

func scriptLines(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 3, "lines FROM TO N")
	writeLines(ts, args[1], splitLines(ts, args[0])[:number(ts, args[2])])
}

func scriptFix(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 3, "fix FILE WAS IS")
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%s stands %d times in %s", args[1], n, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

func scriptFill(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "fill FROM TO")
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

// amountOf finds the amount in a line of a sample: the cell that is a whole
// number shorter than any account or phone.
var amountOf = regexp.MustCompile(`,[1-9][0-9]{2,5},`)

func scriptFaulty(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 3, "faulty FROM TO ROW")
	lines, row := splitLines(ts, args[0]), number(ts, args[2])
	if !amountOf.MatchString(lines[row-1]) {
		ts.Fatalf("row %d has no amount", row)
	}
	lines[row-1] = amountOf.ReplaceAllString(lines[row-1], ",10.50,")
	writeLines(ts, args[1], lines)
}

func readOrders(ts *testscript.TestScript, journal string) []sandbox.Order {
	orders, err := sandbox.ReadOrders(ts.MkAbs(journal))
	ts.Check(err)
	return orders
}

func scriptOrders(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "orders JOURNAL N")
	orders := readOrders(ts, args[0])
	seen := map[string]bool{}
	for _, order := range orders {
		if seen[order.TradeNo] || order.Nth != 1 {
			ts.Fatalf("%s was ordered twice", order.TradeNo)
		}
		seen[order.TradeNo] = true
	}
	if len(orders) != number(ts, args[1]) {
		ts.Fatalf("the gateway has %d orders, want %s", len(orders), args[1])
	}
}

func scriptPlacements(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "placements JOURNAL N")
	n := 0
	for _, order := range readOrders(ts, args[0]) {
		n += order.Placements
	}
	if n != number(ts, args[1]) {
		ts.Fatalf("%d placements arrived, want %s", n, args[1])
	}
}

func scriptGateway(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 0, "gateway FLAG…")
	scriptServer(ts, "GATEWAY", append([]string{"sandbox", "--listen", "127.0.0.1:0"}, args...))
}

func scriptReceiver(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 0, "receiver FLAG…")
	scriptServer(ts, "RECEIVER", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...))
}

// scriptServer starts a command that listens, and stops it after the script.
func scriptServer(ts *testscript.TestScript, variable string, args []string) {
	cmd := exec.Command("bulkpay", args...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "SECRET="+ts.Getenv("SECRET"), "HOME="+ts.Getenv("HOME"))
	address, said, err := startServer(cmd)
	ts.Check(err)
	ts.Defer(func() { _ = stopGateway(cmd) })
	ts.Setenv(variable, address)
	if found := measuring.FindStringSubmatch(said); found != nil {
		ts.Setenv("METRICS", found[1])
	}
}

func scriptFetch(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "fetch PATH FILE")
	client := http.Client{Timeout: patience}
	url := ts.Getenv("RECEIVER") + args[0]
	if args[0] == "metrics" {
		url = ts.Getenv("METRICS")
	}
	answer, err := client.Get(url)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

func scriptPost(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 3, "post CODE PATH FILE")
	client := http.Client{Timeout: patience}
	answer, err := client.Post(ts.Getenv("RECEIVER")+args[1], "application/json", strings.NewReader(ts.ReadFile(args[2])))
	ts.Check(err)
	ts.Check(answer.Body.Close())
	if answer.StatusCode != number(ts, args[0]) {
		ts.Fatalf("HTTP %d, want %s", answer.StatusCode, args[0])
	}
}

// startGateway starts `bulkpay sandbox`, or another command that listens, and
// returns the address that it says it listens on.
func startGateway(cmd *exec.Cmd) (string, error) {
	address, _, err := startServer(cmd)
	return address, err
}

// startServer also returns what was said before.
func startServer(cmd *exec.Cmd) (address, before string, _ error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", "", err
	}
	if err := cmd.Start(); err != nil {
		return "", "", err
	}
	var said []byte
	buffer := make([]byte, 1024)
	for {
		n, err := out.Read(buffer)
		said = append(said, buffer[:n]...)
		if found := listening.FindSubmatch(said); found != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return string(found[1]), string(said), nil
		}
		if err != nil {
			return "", "", fmt.Errorf("it said %q: %w", said, errors.Join(err, cmd.Wait()))
		}
	}
}

var measuring = regexp.MustCompile(`metrics at (http://\S+)`)

var listening = regexp.MustCompile(`listening on (https?://[0-9.:]+)\n`)

// stopGateway ends it in good order, as Ctrl-C does.
func stopGateway(cmd *exec.Cmd) error {
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(20 * time.Second):
		return errors.Join(errors.New("the sandbox did not end"), cmd.Process.Kill())
	}
}

func scriptFlip(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "flip FILE TEXT")
	text := []byte(ts.ReadFile(args[0]))
	at := bytes.Index(text, []byte(args[1]))
	if at < 0 {
		ts.Fatalf("%s does not have %q", args[0], args[1])
	}
	text[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "json stdout|stderr|FILE")
	var value any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &value); err != nil {
		ts.Fatalf("%s is not one JSON value: %v", args[0], err)
	}
}
