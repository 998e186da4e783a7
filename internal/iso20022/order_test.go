package iso20022

import (
	"slices"
	"testing"
)

// Whoever exchanges two different elements, doubles one that may stand once, or
// uses a status of another version, is found out by the check that all messages
// of the tests pass.
func TestTheOrderOfElementsIsNeverLeftToChance(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t, "https://gateway.example")
	batch := d.everything()
	for _, version := range Versions() {
		_, root, _ := d.tell(batch, Options{Version: version, Words: words})
		exchanged := 0
		everywhere(root, func(n *node) {
			for i := 1; i < len(n.children); i++ {
				if n.children[i].name == n.children[i-1].name {
					continue
				}
				was := slices.Clone(n.children)
				n.children[i], n.children[i-1] = n.children[i-1], n.children[i]
				exchanged++
				if len(documentElement(version).faults(root, "", version.Namespace())) == 0 {
					t.Errorf("%s: %s: %s and %s can be exchanged", version, n.name, was[i-1].name, was[i].name)
				}
				n.children = was
			}
		})
		if exchanged < 50 {
			t.Errorf("%s: %d pairs of elements: the batch has too little in it", version, exchanged)
		}
	}
}

// CANC is a status of the external list; 001.03 has a list of its own.
func TestAStatusIsOfItsVersion(t *testing.T) {
	t.Parallel()
	d := setup(t, "https://gateway.example")
	_, root, _ := d.tell(d.everything(), Options{Version: V03, Words: words})
	status := root.at("CstmrPmtStsRpt", "OrgnlPmtInfAndSts", "TxInfAndSts", "TxSts")[0]
	status.value = string(Cancelled)
	if len(documentElement(V03).faults(root, "", V03.Namespace())) != 1 {
		t.Error("001.03 takes CANC")
	}
	_, root, _ = d.tell(d.everything(), Options{Version: V10, Words: words})
	if !slices.ContainsFunc(root.at("CstmrPmtStsRpt", "OrgnlPmtInfAndSts", "TxInfAndSts", "TxSts"), func(n *node) bool { return n.value == string(Cancelled) }) {
		t.Error("001.10 has no CANC")
	}
}

func everywhere(n *node, do func(*node)) {
	do(n)
	for _, child := range n.children {
		everywhere(child, do)
	}
}
