package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bulkpay/bulkpay/internal/compare"
	"github.com/bulkpay/bulkpay/internal/export"
)

var document = filepath.Join("..", "..", "docs", "commands.md")

// What stands between these lines is generated.
const (
	generatedFrom = "<!-- generated from the commands; go test ./cmd/bulkpay -run TestCommandsDocument -update -->"
	generatedTo   = "<!-- end of what is generated -->"
)

// TestCommandsDocument holds docs/commands.md against the commands: their
// flags and exit codes are generated, the fields of --json are compared with
// the structs.
func TestCommandsDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), generatedFrom+"\n")
	had, after, closed := strings.Cut(rest, generatedTo)
	if !found || !closed {
		t.Fatalf("%s lacks the lines %s and %s", document, generatedFrom, generatedTo)
	}
	want := commandsText()
	if *update {
		if err := os.WriteFile(document, []byte(before+generatedFrom+"\n"+want+generatedTo+after), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want, had); diff != "" {
		t.Errorf("docs/commands.md is not what the commands say (-want +got); -update writes it anew:\n%s", diff)
	}
	for name, shape := range jsonShapes {
		compareShape(t, after, name, shape)
	}
}

func commandsText() string {
	root := newRoot(&app{streams: &streams{}})
	root.InitDefaultCompletionCmd()
	var b bytes.Buffer
	b.WriteString("\n## Exit codes\n\n| code | means |\n|---|---|\n")
	for _, exit := range exitCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", exit.code, exit.text)
	}
	b.WriteString("\n## Flags of every command\n\n")
	flagTable(&b, root.PersistentFlags())
	for _, group := range root.Groups() {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimSuffix(group.Title, ":"))
		for _, cmd := range root.Commands() {
			if cmd.GroupID != group.ID {
				continue
			}
			commandText(&b, cmd)
			for _, below := range cmd.Commands() {
				commandText(&b, below)
			}
		}
	}
	b.WriteString("\n")
	return b.String()
}

func commandText(b *bytes.Buffer, cmd *cobra.Command) {
	use := strings.TrimSuffix(cmd.UseLine(), " [flags]")
	fmt.Fprintf(b, "\n### %s\n\n%s.\n\n```\n%s\n```\n", strings.TrimPrefix(cmd.CommandPath(), "bulkpay "), cmd.Short, use)
	if long, _, _ := strings.Cut(cmd.Long, "\n\nExit codes:"); long != "" {
		// The list of outcomes is set in columns.
		long = regexp.MustCompile(`(?m)(^  \S.*\n?)+`).ReplaceAllString(long, "```\n$0```\n")
		fmt.Fprintf(b, "\n%s\n", strings.TrimRight(long, "\n"))
	}
	if cmd.Flags().HasFlags() {
		b.WriteString("\n")
		flagTable(b, cmd.Flags())
	}
	if cmd.Example != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", cmd.Example)
	}
}

func flagTable(b *bytes.Buffer, flags *pflag.FlagSet) {
	b.WriteString("| flag | default | what it does |\n|---|---|---|\n")
	flags.VisitAll(func(flag *pflag.Flag) {
		name := "`--" + flag.Name + "`"
		if flag.Shorthand != "" {
			name = "`-" + flag.Shorthand + "`, " + name
		}
		value := ""
		if !slices.Contains([]string{"", "0", "0s", "false"}, flag.DefValue) {
			value = "`" + flag.DefValue + "`"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", name, value, strings.ReplaceAll(flag.Usage, "|", `\|`))
	})
}

// jsonShapes are the objects of --json by their headings in the document.
var jsonShapes = map[string]any{
	"A batch":                              batchJSON{},
	"A fault":                              faultJSON{},
	"`run`, `submit`, `settle`, `report`":  runJSON{},
	"A check":                              checkJSON{},
	"A suspect":                            suspectJSON{},
	"A known row":                          knownJSON{},
	"`template`":                           templateJSON{},
	"`diff`":                               compare.Comparison{},
	"`release`, `cancel`":                  decidedJSON{},
	"`resolve`":                            resolvedJSON{},
	"`adopt`":                              adoptedJSON{},
	"`retry`":                              retryJSON{},
	"`status`":                             statusJSON{},
	"`show`":                               showJSON{},
	"`explain`":                            explainJSON{},
	"`export payouts`":                     export.PayoutRow{},
	"`export events`":                      export.EventRow{},
	"`export mapping`, `mapping`":          export.MappingRow{},
	"`export batches`":                     export.BatchRow{},
	"`reconcile`":                          reconciledJSON{},
	"`reconcile confirm`, `undo`, `match`": matchWordJSON{},
	"`export matches`":                     export.MatchRow{},
	"`export lines`":                       export.LineRow{},
	"`export` to a file":                   exportJSON{},
	"`journal`":                            journalJSON{},
	"`sandbox statement`":                  sandboxStatementJSON{},
	"`pain002`":                            pain002JSON{},
	"`balance`":                            balanceJSON{},
	"`doctor`":                             doctorJSON{},
	"`verify`":                             verifyJSON{},
	"`verify PACK.zip`":                    verifyPackJSON{},
	"`evidence`":                           evidenceJSON{},
	"`backup`":                             backupJSON{},
	"`version`":                            versionJSON{},
	"An error":                             errorJSON{},
}

// shared are the shapes that have a heading of their own.
var shared = map[reflect.Type]string{
	reflect.TypeFor[batchJSON]():   "a batch",
	reflect.TypeFor[faultJSON]():   "a fault",
	reflect.TypeFor[checkJSON]():   "a check",
	reflect.TypeFor[suspectJSON](): "a suspect",
	reflect.TypeFor[knownJSON]():   "a known row",
}

// compareShape holds the table under a heading against a struct, and wants a
// word on every field.
func compareShape(t *testing.T, text, heading string, shape any) {
	t.Helper()
	_, section, found := strings.Cut(text, "\n### "+heading+"\n")
	if !found {
		t.Errorf("docs/commands.md has no heading ### %s", heading)
		return
	}
	section, _, _ = strings.Cut(section, "\n##")
	var got []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+` \\| [^|]+) \\| (.*) \\|$").FindAllStringSubmatch(section, -1) {
		got = append(got, row[1])
		if strings.TrimSpace(row[2]) == "" {
			t.Errorf("%s: nothing is said of %s", heading, row[1])
		}
	}
	want := shapeFields(nil, "", reflect.TypeOf(shape), true)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/commands.md, %s: the fields differ (-structs +document):\n%s", heading, diff)
	}
}

func shapeFields(fields []string, path string, of reflect.Type, top bool) []string {
	add := func(kind string) []string { return append(fields, fmt.Sprintf("`%s` | %s", path, kind)) }
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if name, ok := shared[of]; ok && !top {
		return add(name)
	}
	switch of.Kind() {
	case reflect.Slice:
		return shapeFields(fields, path+"[]", of.Elem(), false)
	case reflect.Struct:
		if of == reflect.TypeFor[time.Time]() {
			return add("time")
		}
		return structFields(fields, path, of)
	case reflect.Bool:
		return add("boolean")
	case reflect.String:
		return add("string")
	}
	return add("number")
}

// structFields lists what encoding/json would: promoted fields of an embedded
// shape are named by that shape.
func structFields(fields []string, path string, of reflect.Type) []string {
	for i := range of.NumField() {
		field := of.Field(i)
		if !field.IsExported() && !field.Anonymous {
			continue // encoding/json does not see it
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		inner := strings.TrimPrefix(path+"."+name, ".")
		if field.Anonymous {
			inner = path
		}
		before := len(fields)
		fields = shapeFields(fields, inner, field.Type, false)
		if options == "omitempty" {
			for j := before; j < len(fields); j++ {
				fields[j] = strings.TrimSuffix(fields[j], ", may be missing") + ", may be missing"
			}
		}
	}
	return fields
}

// What --json really printed (the golden files) and what the document lists
// are the same fields.
func TestGoldenFieldsAreDocumented(t *testing.T) {
	t.Parallel()
	shapes := map[string]any{
		"run": runJSON{}, "run-refused": runJSON{}, "run-overlap": runJSON{}, "check": checkJSON{}, "check-faults": checkJSON{},
		"status": batchJSON{}, "status-all": statusJSON{}, "show": showJSON{}, "mapping": []export.MappingRow{},
		"balance": balanceJSON{}, "doctor": doctorJSON{}, "verify": verifyJSON{}, "version": versionJSON{}, "error": errorJSON{},
		"evidence": evidenceJSON{}, "verify-pack": verifyPackJSON{},
	}
	files, err := filepath.Glob(filepath.Join("testdata", "json", "*.golden"))
	if err != nil || len(files) != len(shapes) {
		t.Fatalf("%d golden files of %d, %v", len(files), len(shapes), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		known := knownPaths(reflect.TypeOf(shapes[strings.TrimSuffix(filepath.Base(path), ".golden")]))
		for field := range strings.FieldsSeq(string(text)) {
			isKind := slices.Contains([]string{"string", "number", "boolean", "null", "?"}, field)
			if !isKind && !strings.HasSuffix(field, "[]") && !slices.Contains(known, field) {
				t.Errorf("%s: %s is no field of the struct", path, field)
			}
		}
	}
}

// knownPaths are a shape's fields, those of shared shapes written out.
func knownPaths(of reflect.Type) []string {
	var paths []string
	for _, field := range shapeFields(nil, "", of, true) {
		path, kind, _ := strings.Cut(strings.TrimPrefix(field, "`"), "` | ")
		spelled := false
		for inner, name := range shared {
			if strings.HasPrefix(kind, name) {
				spelled = true
				for _, one := range knownPaths(inner) {
					paths = append(paths, path+"."+one)
				}
			}
		}
		if !spelled {
			paths = append(paths, path)
		}
	}
	return paths
}
