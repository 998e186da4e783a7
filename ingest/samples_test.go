package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const samplesFolder = "../samples"

func TestCleanSamplesHaveNoProblem(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"payouts-*", "outcomes-*"} {
		for _, path := range must(filepath.Glob(filepath.Join(samplesFolder, pattern))) {
			t.Run(filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				sheet := must(openConfigured(t, path, Options{}))
				if slug := sheet.Area().Slug; !strings.Contains(path, slug) {
					t.Errorf("taken for %s", slug)
				}
				rows := drain(t, sheet)
				if len(rows) < 15 {
					t.Errorf("%d rows", len(rows))
				}
				for _, row := range rows {
					if len(row.Problems) > 0 || !row.AmountRead || !row.Amount.IsWhole() && sheet.Area().Decimals() == 0 {
						t.Errorf("row %d: %v", row.Number, row.Problems)
					}
				}
			})
		}
	}
}

// The golden files list what a person is told about each faulty sample.
func TestFaultySamplesGiveTheGoldenProblems(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"faults-mexico.xlsx", "faults-mexico.csv", "faults-india.csv"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet := must(openConfigured(t, filepath.Join(samplesFolder, name), Options{}))
			var got strings.Builder
			for _, row := range drain(t, sheet) {
				for _, problem := range row.Problems {
					got.WriteString(problem.Error() + "\n")
				}
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(must(os.ReadFile(golden))), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
