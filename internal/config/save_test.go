package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// saved writes a configuration, saves columns into it and returns its text.
func saved(t *testing.T, text, merchant string, columns map[string]string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), File)
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	failed := c.SaveColumns(merchant, columns)
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(after), failed
}

func TestColumnsAreSavedAndNothingElseChanges(t *testing.T) {
	other := strings.ReplaceAll(minimal, "acme", "acme-2")
	other = strings.ReplaceAll(other, "0000000001", "0000000002")
	before := "# ours\nledger = \"pay.db\"   # kept\n" + minimal + other + "# the end\n"
	first := map[string]string{"Cta. del empleado": "customerAccount", "Neto": "amount"}

	once, err := saved(t, before, "acme", first)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(once, strings.TrimRight(before, "\n")) {
		t.Errorf("what was there has changed:\n%s", once)
	}
	if diff := cmp.Diff(first, parse(t, once).Merchants["acme"].Columns); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := parse(t, once).Merchants["acme-2"].Columns; len(got) != 0 {
		t.Errorf("the other merchant has %v", got)
	}

	twice, err := saved(t, once, "acme", map[string]string{"Neto": "-", "Banco \"nuevo\"": "wayCode"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Cta. del empleado": "customerAccount", "Neto": "-", "Banco \"nuevo\"": "wayCode"}
	if diff := cmp.Diff(want, parse(t, twice).Merchants["acme"].Columns); diff != "" {
		t.Errorf("(-want +got)\n%s\n%s", diff, twice)
	}
	if n := strings.Count(twice, "[merchants.acme.columns]"); n != 1 {
		t.Errorf("the table stands there %d times:\n%s", n, twice)
	}

	again, err := saved(t, twice, "acme", map[string]string{"Neto": "-"})
	if err != nil || again != twice {
		t.Errorf("saving what is there: %v\n%s", err, cmp.Diff(twice, again))
	}
}

// A spelling that the editor does not know is left alone, with the lines to
// add by hand.
func TestColumnsThatCannotBeAddedAreSaid(t *testing.T) {
	before := minimal + "columns = { Neto = \"amount\" }\n"
	after, err := saved(t, before, "acme", map[string]string{"Banco": "wayCode"})
	if err == nil || !strings.Contains(err.Error(), `Banco = "wayCode"`) {
		t.Errorf("error %v", err)
	}
	if after != before {
		t.Errorf("the file was changed:\n%s", after)
	}
	if _, err := saved(t, minimal, "nobody", map[string]string{"Banco": "wayCode"}); err == nil {
		t.Error("saved for a merchant that is not there")
	}
}

func TestSavedColumnsMustBeFields(t *testing.T) {
	_, err := Parse([]byte(minimal+"[merchants.acme.columns]\nNeto = \"amuont\"\n[merchants.acme.set]\nremrk = \"x\"\n"), File)
	if err == nil || !strings.Contains(err.Error(), `"Neto" is to be amuont`) || !strings.Contains(err.Error(), "no field remrk") {
		t.Errorf("error %v", err)
	}
}
