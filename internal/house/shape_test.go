package house

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	maxFileLines     = 500
	maxFunctionLines = 60
	minCommentWords  = 12 // of a package comment
)

func TestFilesAreShort(t *testing.T) { report(t, longFiles(sources(t))) }

func longFiles(all []source) []string {
	var complaints []string
	for _, s := range all {
		if n := lines(s.text); n > maxFileLines {
			complaints = append(complaints, fmt.Sprintf("%s: %d lines, at most %d: it is about more than one thing",
				s.path, n, maxFileLines))
		}
	}
	return complaints
}

func TestFunctionsAreShort(t *testing.T) { report(t, longFunctions(sources(t))) }

func longFunctions(all []source) []string {
	var complaints []string
	for _, s := range all {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil || s.isTest() && testFunction.MatchString(f.Name.Name) {
				continue
			}
			n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			if n > maxFunctionLines {
				complaints = append(complaints, fmt.Sprintf("%s: %s: %d lines, at most %d",
					s.at(f.Pos()), f.Name.Name, n, maxFunctionLines))
			}
		}
	}
	return complaints
}

// A test may be long: it is a list of what is expected.
var testFunction = regexp.MustCompile(`^(Test|Fuzz|Benchmark|Example)`)

func TestPackagesExplainThemselves(t *testing.T) { report(t, mutePackages(sources(t))) }

func mutePackages(all []source) []string {
	var complaints []string
	comments := map[string][]string{}
	names := map[string]string{}
	for _, s := range all {
		if s.isTest() {
			continue
		}
		names[s.dir()] = s.file.Name.Name
		if s.file.Doc != nil {
			comments[s.dir()] = append(comments[s.dir()], s.file.Doc.Text())
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(names)) {
		texts := comments[dir]
		switch {
		case len(texts) == 0:
			complaints = append(complaints, dir+": no package comment")
		case len(texts) > 1:
			complaints = append(complaints, fmt.Sprintf("%s: %d package comments, one is enough", dir, len(texts)))
		case len(strings.Fields(texts[0])) < minCommentWords:
			complaints = append(complaints, fmt.Sprintf("%s: a package comment of %d words explains nothing",
				dir, len(strings.Fields(texts[0]))))
		case names[dir] != "main" && !strings.HasPrefix(texts[0], "Package "+names[dir]+" "):
			complaints = append(complaints, fmt.Sprintf("%s: the package comment should begin with %q",
				dir, "Package "+names[dir]))
		}
	}
	return complaints
}

// A fuzz target without a seed finds nothing in the few seconds it gets.
func TestFuzzTargetsHaveSeeds(t *testing.T) {
	report(t, barrenTargets(sources(t), func(dir string) bool {
		found, err := os.ReadDir(filepath.Join(root(), filepath.FromSlash(dir)))
		return err == nil && len(found) > 0
	}))
}

// barrenTargets asks hasFiles for a target's folder of seeds.
func barrenTargets(all []source, hasFiles func(dir string) bool) []string {
	var complaints []string
	for _, s := range all {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !s.isTest() || !strings.HasPrefix(f.Name.Name, "Fuzz") || f.Recv != nil {
				continue
			}
			if !addsSeed(f) && !hasFiles(path.Join(s.dir(), "testdata/fuzz", f.Name.Name)) {
				complaints = append(complaints, fmt.Sprintf("%s: %s: no seed: call Add, or keep files below testdata/fuzz/%s",
					s.at(f.Pos()), f.Name.Name, f.Name.Name))
			}
		}
	}
	return complaints
}

// addsSeed looks for f.Add(…), and for f given to a helper that may call it.
func addsSeed(target *ast.FuncDecl) bool {
	params := target.Type.Params.List
	if len(params) != 1 || len(params[0].Names) != 1 {
		return false
	}
	f := params[0].Names[0].Name
	is := func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return ok && id.Name == f }
	found := false
	ast.Inspect(target.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return !found
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if ok && is(method.X) && method.Sel.Name == "Add" || slices.ContainsFunc(call.Args, is) {
			found = true
		}
		return !found
	})
	return found
}

// unfinished is put together so that this file does not contain it.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|HA` + `CK)\b`)

// What is left to do is written down elsewhere or done.
func TestNothingIsLeftUndone(t *testing.T) {
	err := files(func(name string, text func() ([]byte, error)) error {
		switch path.Ext(name) {
		case ".go", ".md", ".sql", ".yml", ".css", ".html", ".toml", ".txtar", "":
		default:
			return nil
		}
		content, err := text()
		if err != nil {
			return err
		}
		if len(content) > 1<<20 {
			return nil // a binary somebody built
		}
		for n, line := range strings.Split(string(content), "\n") {
			if word := unfinished.FindString(line); word != "" {
				t.Errorf("%s:%d: %s", name, n+1, word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
