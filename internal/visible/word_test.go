package visible

import (
	"os/exec"
	"testing"
)

// A hint that is pasted runs nothing but what it says, whatever the file is
// called.
func TestHintsArePastedAsOneWord(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	for word, want := range map[string][2]string{ // elsewhere, on Windows
		"reports/a.csv":           {"reports/a.csv", "reports/a.csv"},
		"":                        {"''", `""`},
		"nómina nov.csv":          {"'nómina nov.csv'", `"nómina nov.csv"`},
		"$(touch x).csv":          {"'$(touch x).csv'", `"(touch x).csv"`},
		"it's; rm -rf .":          {`'it'\''s; rm -rf .'`, `"it's; rm -rf ."`},
		"`id`":                    {"'`id`'", `"id"`},
		`C:\a\b.csv`:              {`'C:\a\b.csv'`, `C:\a\b.csv`},
		"a&calc.exe|b\"c%PATH%":   {"'a&calc.exe|b\"c%PATH%'", `"a&calc.exe|bcPATH"`},
		"two\nlines -- and #more": {"'two\nlines -- and #more'", "\"two\nlines -- and #more\""},
	} {
		if got := [2]string{wordFor("linux", word), wordFor("windows", word)}; got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
		if err != nil {
			continue // no shell to ask
		}
		said, ran := exec.CommandContext(t.Context(), shell, "-c", "printf %s "+wordFor("linux", word)).Output()
		if ran != nil || string(said) != word {
			t.Errorf("%q: a shell reads %q, %v", word, said, ran)
		}
	}
}
