package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/internal/handback"
)

func TestMarksComeBackInRowOrder(t *testing.T) {
	var faults, suspects markSpool
	var want []int
	for i := range 3000 {
		row := i/2 + 1
		spool := &faults
		if i%3 == 0 {
			spool = &suspects
		}
		if err := spool.add(handback.Mark{Row: row, Column: i, Problem: fmt.Sprint("fault ", i), Suggest: "1"}); err != nil {
			t.Fatal(err)
		}
		want = append(want, row)
	}
	for range 2 { // they may be asked for again
		var got []int
		seen := map[int]bool{}
		for mark := range inRowOrder(faults.all(), suspects.all()) {
			got = append(got, mark.Row)
			seen[mark.Column] = true
			if mark.Problem != fmt.Sprint("fault ", mark.Column) {
				t.Fatalf("mark %d says %q", mark.Column, mark.Problem)
			}
		}
		if faults.err != nil || suspects.err != nil || !slices.Equal(got, want) || len(seen) != len(want) {
			t.Fatalf("%d marks of %d, in order %v: %v %v", len(seen), len(want), slices.IsSorted(got), faults.err, suspects.err)
		}
	}
	faults.close()
	faults.close()
	suspects.close()
	for range inRowOrder((&markSpool{}).all(), (&markSpool{}).all()) {
		t.Error("a mark out of nothing")
	}
}
