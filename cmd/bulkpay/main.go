// Command bulkpay pays a sheet of payouts through the Paypro gateway and
// proves what became of every row.
//
//	bulkpay run --sandbox samples/payouts-mexico.xlsx
//
// This package wires the others together: flags, configuration, printing.
// Each command is a file with its options, its constructor and its run
// function. Results go to standard output, everything else to standard
// error; --json makes one JSON object of either. Exit codes are in exit.go.
package main

import (
	"context"
	"os"

	"golang.org/x/term"
)

func main() { os.Exit(Main()) }

// Main runs the command line of the process and returns its exit code.
func Main() int { return execute(context.Background(), os.Args[1:], standardStreams()) }

// standardStreams are those of the process.
func standardStreams() *streams {
	return &streams{
		out: os.Stdout, err: os.Stderr,
		outTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		errTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
}
