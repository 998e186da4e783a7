package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bulkpay/bulkpay/internal/lang"
	"github.com/bulkpay/bulkpay/paypro"
)

const langPath = module + "/internal/lang"

// convert lists the packages that make texts out of what is no constant:
// those that hold their translations complete in tests of their own.
var convert = []string{"internal/lang", "internal/explain"}

// TestEveryTextIsTranslated finds what people would be shown in English though they
// asked for another language: every constant that is a lang.Key, wherever it stands,
// must be in the tables of internal/lang.
func TestEveryTextIsTranslated(t *testing.T) {
	used, err := typed()
	if err != nil {
		t.Fatal(err)
	}
	if len(used.keys) == 0 {
		t.Fatal("no text found: the walk is broken")
	}
	report(t, untranslated(used.keys, func(l lang.Lang, k lang.Key) bool { return l.Has(k) }))
}

// TestTextsAreCalledRight finds a text that is shown with more or fewer
// arguments than it has verbs, and one that no test can find.
func TestTextsAreCalledRight(t *testing.T) {
	used, err := typed()
	if err != nil {
		t.Fatal(err)
	}
	report(t, used.wrong)
}

// TestNoTranslationIsStale finds words that nobody asks for any more: their
// English was changed, and whoever looks for it in the tables finds the old one.
func TestNoTranslationIsStale(t *testing.T) {
	used, err := typed()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range lang.Keys() {
		if _, ok := used.keys[key]; !ok && !fromDocuments(key) {
			t.Errorf("%q is translated and not used", key)
		}
	}
}

// fromDocuments tells whether a text is what the gateway's documents call an
// area or a code: those are no texts of the program.
func fromDocuments(key lang.Key) bool {
	return slices.ContainsFunc(paypro.Areas(), func(area *paypro.Area) bool {
		for _, status := range area.Statuses {
			if status.Text == key.English() {
				return true
			}
		}
		for _, text := range area.Outers {
			if text == key.English() {
				return true
			}
		}
		return area.Name == string(key)
	})
}

// texts is what a walk finds: where each constant text stands, and complaints.
type texts struct {
	keys  map[lang.Key]string
	wrong []string
}

// TestWordsBite holds the walk against a package with one fault of each kind.
func TestWordsBite(t *testing.T) {
	s, err := parse("internal/bite/bite.go", []byte(`package bite
import "github.com/bulkpay/bulkpay/internal/lang"
type words struct { says lang.Key }
const part = "in a table "
var table = []words{{part + "of sums"}}
func say(l lang.Lang, text string) []string {
	return []string{
		l.Text("told"), l.Plural(2, "one of %d", "more of %d"), l.Text(table[0].says), l.Text("%s is fine", text),
		l.Text(lang.Key(text)), l.Text("%s, too few"), l.Text("too many", 1), l.Plural(2, "%d", "%d of %s"),
	}
}`))
	if err != nil {
		t.Fatal(err)
	}
	exported, err := exports([]string{"internal/lang"})
	if err != nil {
		t.Fatal(err)
	}
	found := texts{keys: map[lang.Key]string{}}
	if err := found.walk(s.dir(), []source{s}, exported); err != nil {
		t.Fatal(err)
	}
	for _, key := range []lang.Key{"told", "one of %d", "more of %d", "in a table of sums"} {
		if found.keys[key] == "" {
			t.Errorf("%q was not found in %v", key, found.keys)
		}
	}
	complaints := append(found.wrong, untranslated(map[lang.Key]string{"told": "bite.go:9"}, func(l lang.Lang, _ lang.Key) bool { return l != lang.Spanish })...)
	for _, expected := range []string{
		"bite.go:9: makes a text out of what is no constant", `bite.go:9: "%s, too few" is given no argument`,
		`bite.go:9: "too many" shows 0 arguments and is given 1`, `bite.go:9: "%d of %s" shows 2 arguments and is given 1`,
		`bite.go:9: "told" has no words in español`,
	} {
		if !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(c, expected) }) {
			t.Errorf("no complaint that %s: %q", expected, complaints)
		}
	}
	if len(complaints) != 5 {
		t.Errorf("%q", complaints)
	}
}

func untranslated(keys map[lang.Key]string, has func(lang.Lang, lang.Key) bool) []string {
	var complaints []string
	for key, at := range keys {
		for _, l := range lang.All() {
			if key != "" && !has(l, key) {
				complaints = append(complaints, fmt.Sprintf("%s: %q has no words in %s: add it to internal/lang/texts_*.go", at, key, l.Name()))
			}
		}
	}
	slices.Sort(complaints)
	return complaints
}

var typed = sync.OnceValues(func() (texts, error) {
	found := texts{keys: map[lang.Key]string{}}
	all, err := parsed()
	if err != nil {
		return found, err
	}
	packages := map[string][]source{}
	for _, s := range all {
		if !s.isTest() {
			packages[s.dir()] = append(packages[s.dir()], s)
		}
	}
	maps.DeleteFunc(packages, func(dir string, files []source) bool {
		return dir != "internal/lang" && !slices.ContainsFunc(files, importsLang)
	})
	exported, err := exports(slices.Sorted(maps.Keys(packages)))
	if err != nil {
		return found, err
	}
	for dir, files := range packages {
		if err := found.walk(dir, files, exported); err != nil {
			return found, err
		}
	}
	return found, nil
})

// importsLang tells whether a file can have texts: by itself, or by what it
// gives to a report.
func importsLang(s source) bool {
	return slices.ContainsFunc(s.file.Imports, func(spec *ast.ImportSpec) bool {
		return spec.Path.Value == `"`+langPath+`"` || spec.Path.Value == `"`+module+`/report"`
	})
}

// exports are the files in which the go command keeps what packages export:
// with them a package is typed without its dependencies.
func exports(dirs []string) (map[string]string, error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export"}
	for _, dir := range dirs {
		args = append(args, "./"+dir)
	}
	list := exec.Command("go", args...)
	list.Dir = root()
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, complaint.String())
	}
	files := map[string]string{}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var one struct{ ImportPath, Export string }
		switch err := decoder.Decode(&one); {
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, err
		}
		files[one.ImportPath] = one.Export
	}
}

// walk types the files of a package that this system builds, and takes in
// their texts.
func (t *texts) walk(dir string, sources []source, exported map[string]string) error {
	set := token.NewFileSet()
	var files []*ast.File
	for _, s := range sources {
		if !buildsHere(s) {
			continue
		}
		again, err := parser.ParseFile(set, s.path, s.text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, again)
	}
	config := types.Config{Importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exported[path])
	})}
	info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if _, err := config.Check(module+"/"+dir, set, files, &info); err != nil {
		return err
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				t.take(dir, set.Position(e.Pos()), e, &info)
			}
			return true
		})
	}
	return nil
}

// take looks at one expression.
func (t *texts) take(dir string, at token.Position, e ast.Expr, info *types.Info) {
	value := info.Types[e]
	if isKey(value.Type) && value.Value != nil && value.Value.Kind() == constant.String {
		t.keys[lang.Key(constant.StringVal(value.Value))] = fmt.Sprintf("%s:%d", at.Filename, at.Line)
	}
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	if callee := info.Types[call.Fun]; callee.IsType() && isKey(callee.Type) && value.Value == nil && !slices.Contains(convert, dir) {
		t.wrong = append(t.wrong, fmt.Sprintf("%s:%d: makes a text out of what is no constant: nothing can tell whether it has a translation", at.Filename, at.Line))
	}
	if complaint := miscalled(call, info); complaint != "" {
		t.wrong = append(t.wrong, fmt.Sprintf("%s:%d: %s", at.Filename, at.Line, complaint))
	}
}

// miscalled holds the arguments of Text and Plural against the verbs.
func miscalled(call *ast.CallExpr, info *types.Info) string {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || call.Ellipsis.IsValid() || !isLang(info.Types[method.X].Type) {
		return ""
	}
	key, given := call.Args[0], len(call.Args)-1
	switch {
	case method.Sel.Name == "Plural" && len(call.Args) > 2:
		key, given = call.Args[2], len(call.Args)-2 // the number is shown, too
	case method.Sel.Name != "Text":
		return ""
	}
	value := info.Types[key].Value
	if value == nil {
		return ""
	}
	text := constant.StringVal(value)
	if shown := lang.Verbs(text); given > 0 && len(shown) != given {
		return fmt.Sprintf("%q shows %d arguments and is given %d", text, len(shown), given)
	} else if given == 0 && len(shown) > 0 && shown[0] != "!" {
		return fmt.Sprintf("%q is given no argument", text)
	}
	return ""
}

func isKey(t types.Type) bool  { return t != nil && t.String() == langPath+".Key" }
func isLang(t types.Type) bool { return t != nil && t.String() == langPath+".Lang" }

// buildsHere tells whether the file is built on the system the test runs on.
func buildsHere(s source) bool {
	context := build.Default
	context.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(s.text)), nil }
	ok, err := context.MatchFile(s.dir(), path.Base(s.path))
	return ok && err == nil
}
