// Package house holds the project to its own rules: who may import whom, how
// long a file and a function may get, which versions of which libraries are
// used, that every text has its translations, and that nothing lies about. It
// has tests only, reads the sources without compiling them (those with texts
// are typed, against what the go command has compiled), and needs no tool but
// the go command, so that a rule is broken where it is broken and not later in
// the gate.
//
// Each check is a function from parsed sources to complaints. What it finds
// good and bad is tested in bite_test.go: a rule that cannot fail is no rule.
package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/bulkpay/bulkpay"

// A source is one Go file. Its path is relative to the root of the project and
// has slashes.
type source struct {
	path string
	text []byte
	set  *token.FileSet
	file *ast.File
}

func (s source) dir() string  { return path.Dir(s.path) }
func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// at is "path:line" of a node, which terminals and editors open.
func (s source) at(p token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.set.Position(p).Line)
}

func parse(name string, text []byte) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{name, text, set, file}, err
}

// root is the folder of go.mod.
var root = sync.OnceValue(func() string {
	dir, err := filepath.Abs(".")
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			panic("no go.mod above " + dir)
		}
		dir = up
	}
})

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// files calls visit for each file of the project that go build would look at,
// and for the texts beside them. Test data is left out: it is bad on purpose.
func files(visit func(name string, text func() ([]byte, error)) error) error {
	return filepath.WalkDir(root(), func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			hidden := strings.HasPrefix(base, ".") && base != ".ci"
			if full != root() && (hidden || strings.HasPrefix(base, "_") ||
				slices.Contains([]string{"testdata", "samples", "bulkpay-sandbox", "reports"}, base)) {
				return fs.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(root(), full)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(name), func() ([]byte, error) { return os.ReadFile(full) })
	})
}

var parsed = sync.OnceValues(func() ([]source, error) {
	var all []source
	err := files(func(name string, text func() ([]byte, error)) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		content, err := text()
		if err != nil {
			return err
		}
		s, err := parse(name, content)
		all = append(all, s)
		return err
	})
	return all, err
})

func sources(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d Go files below %s: the walk is broken", len(all), root())
	}
	return all
}

// report fails the test with every complaint.
func report(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

// lines counts as an editor does.
func lines(text []byte) int {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}
