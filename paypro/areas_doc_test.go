package paypro

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// areaLine is what docs/areas.md says of an area in its table.
func areaLine(a *Area) string {
	var needed, optional []string
	for _, field := range a.Fields {
		switch {
		case field.Required:
			needed = append(needed, field.Name)
		default:
			optional = append(optional, field.Name)
		}
	}
	left := "–"
	if len(optional) > 0 {
		left = "`" + strings.Join(optional, "` `") + "`"
	}
	return fmt.Sprintf("| %s | `%s` | %s | %s | `%s` | `%s` | %s |", a.Name, a.Slug, a.Code, a.Currency.Code, a.PayoutPath, strings.Join(needed, "` `"), left)
}

func TestAreasAreInTheDocuments(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../docs/areas.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	lines := 0
	for _, area := range Areas() {
		if !strings.Contains(text, areaLine(area)+"\n") {
			t.Errorf("docs/areas.md lacks the line\n%s", areaLine(area))
		}
		if !strings.Contains(text, "\n### "+area.Name+"\n") {
			t.Errorf("docs/areas.md has no section on %s", area.Name)
		}
		lines++
	}
	if got := strings.Count(text, "\n### "); got != lines {
		t.Errorf("docs/areas.md has %d sections for %d areas", got, lines)
	}
}
