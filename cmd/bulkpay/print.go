package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/internal/visible"
)

// printJSON prints a result as one JSON object.
func (a *app) printJSON(value any) error {
	encoder := json.NewEncoder(visible.NewJSONWriter(a.raw.out))
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// tell prints of the result, for a person. What stands in it is on one line,
// whoever wrote it.
func (a *app) tell(format string, args ...any) {
	if _, err := fmt.Fprintf(a.out, format, onLines(args)...); err != nil && a.deaf == nil {
		a.deaf = err
	}
}

// told is what kept the result, or a part of it, from being printed.
func (a *app) told() error { return a.deaf }

// say tells a person something that is not the result.
func (a *app) say(format string, args ...any) {
	if !a.json {
		fmt.Fprintf(a.err, format+"\n", onLines(args)...)
	}
}

// onLines takes the line breaks out of texts: no name of a file, and no word of
// a stranger, may look like a line of ours.
func onLines(args []any) []any {
	lines := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			lines[i] = visible.Line(arg)
		case error:
			lines[i] = visible.Line(arg.Error())
		default:
			lines[i] = arg
		}
	}
	return lines
}

// plural is "1 row", "2 rows", "2 batches".
func plural(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "ch"):
		return group(n) + " " + what + "es"
	}
	return group(n) + " " + what + "s"
}

// group is 1,234,567.
func group(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
