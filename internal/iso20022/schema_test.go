package iso20022

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What the schema says of the message: each element with all that may stand in
// it, in its order, and how often, by version. It was written from knowledge of
// the standard. For 001.10 it was compared with classes that others have
// published as generated from the schema; for 001.03, what stands in a
// transaction and the lists of statuses. What bulkpay never writes has no content
// here: writing it is a fault.

type element struct {
	name     string
	min, max int // max 0: any number
	leaf     func(value string) error
	children []element
	attr     string // that it must have
}

func once(name string, children ...element) element {
	return element{name: name, min: 1, max: 1, children: children}
}

func may(name string, children ...element) element {
	return element{name: name, max: 1, children: children}
}

func many(name string, children ...element) element    { return element{name: name, children: children} }
func leaf(e element, check func(string) error) element { e.leaf = check; return e }

// never is an element that stands there in the schema and that is not written.
func never(names ...string) []element {
	var all []element
	for _, name := range names {
		all = append(all, leaf(may(name), func(string) error { return errors.New("never written") }))
	}
	return all
}

func chars(most int) func(string) error {
	return func(value string) error {
		if n := utf8.RuneCountInString(value); n < 1 || n > most || strings.TrimSpace(value) != value {
			return fmt.Errorf("%q is no text of 1 to %d characters", value, most)
		}
		return nil
	}
}

func like(pattern string) func(string) error {
	whole := regexp.MustCompile("^(?:" + pattern + ")$")
	return func(value string) error {
		if !whole.MatchString(value) {
			return fmt.Errorf("%q is not like %s", value, pattern)
		}
		return nil
	}
}

var (
	moment  = like(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
	numeric = like(`[0-9]{1,15}`)
	decimal = like(`[0-9]{1,15}(\.[0-9]{1,2})?`)
)

func flat(parts ...any) []element {
	var all []element
	for _, part := range parts {
		switch part := part.(type) {
		case element:
			all = append(all, part)
		case []element:
			all = append(all, part...)
		}
	}
	return all
}

// choice wants exactly one of its elements; it is checked apart.
var reasonElement = many("StsRsnInf", flat(
	never("Orgtr"),
	may("Rsn", leaf(may("Cd"), like(`[A-Z0-9]{1,4}`)), leaf(may("Prtry"), chars(35))),
	leaf(many("AddtlInf"), chars(105)),
)...)

// codes are the statuses that a version knows. 001.03 lists them in its schema;
// 001.10 takes any code of the external lists, of which these are used.
type codes struct{ payment, group func(string) error }

func codesOf(v Version) codes {
	if v == V03 {
		const payment = "ACTC|RJCT|PDNG|ACCP|ACSP|ACSC|ACWC"
		return codes{like(payment), like(payment + "|RCVD|PART")}
	}
	const payment = "ACSC|ACSP|PDNG|RJCT|CANC"
	return codes{like(payment), like("ACSC|ACSP|PDNG|RJCT|PART")}
}

func (c codes) perStatus() element {
	return many("NbOfTxsPerSts", leaf(once("DtldNbOfTxs"), numeric), leaf(once("DtldSts"), c.payment), leaf(may("DtldCtrlSum"), decimal))
}

// transactionElement is PaymentTransaction105 of 001.10 and
// PaymentTransactionInformation25 of 001.03, which lacks some.
func transactionElement(v Version) element {
	uetr, tracker, more := never("OrgnlUETR"), never("TrckrData"), never("SplmtryData")
	if v == V03 {
		uetr, tracker, more = nil, nil, nil
	}
	return many("TxInfAndSts", flat(
		never("StsId"), leaf(may("OrgnlInstrId"), chars(35)), leaf(may("OrgnlEndToEndId"), chars(35)), uetr,
		leaf(may("TxSts"), codesOf(v).payment), reasonElement, never("ChrgsInf"), tracker, never("AccptncDtTm"),
		leaf(may("AcctSvcrRef"), chars(35)), never("ClrSysRef"),
		may("OrgnlTxRef", flat(never("IntrBkSttlmAmt"), may("Amt", element{name: "InstdAmt", min: 1, max: 1, leaf: decimal, attr: "Ccy"}))...),
		more,
	)...)
}

func documentElement(v Version) element {
	c := codesOf(v)
	return once("Document", once("CstmrPmtStsRpt", flat(
		once("GrpHdr", flat(leaf(once("MsgId"), chars(35)), leaf(once("CreDtTm"), moment), may("InitgPty", leaf(may("Nm"), chars(140))), never("FwdgAgt", "DbtrAgt", "CdtrAgt"))...),
		once("OrgnlGrpInfAndSts", flat(
			leaf(once("OrgnlMsgId"), chars(35)), leaf(once("OrgnlMsgNmId"), chars(35)), leaf(may("OrgnlCreDtTm"), moment),
			leaf(may("OrgnlNbOfTxs"), numeric), leaf(may("OrgnlCtrlSum"), decimal), leaf(may("GrpSts"), c.group), reasonElement, c.perStatus(),
		)...),
		many("OrgnlPmtInfAndSts", flat(
			leaf(once("OrgnlPmtInfId"), chars(35)), leaf(may("OrgnlNbOfTxs"), numeric), leaf(may("OrgnlCtrlSum"), decimal),
			leaf(may("PmtInfSts"), c.group), reasonElement, c.perStatus(), transactionElement(v),
		)...),
	)...))
}

// node is an element of a message that was written.
type node struct {
	name     string
	space    string
	attrs    map[string]string
	value    string
	children []*node
}

func parse(r io.Reader) (*node, error) {
	decoder := xml.NewDecoder(r)
	root := &node{}
	stack := []*node{root}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &node{name: token.Name.Local, space: token.Name.Space, attrs: map[string]string{}}
			for _, attr := range token.Attr {
				child.attrs[attr.Name.Local] = attr.Value
			}
			top.children = append(top.children, child)
			stack = append(stack, child)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.value += string(token)
		}
	}
}

// faults lists what of a node is not as the schema has it.
func (e element) faults(n *node, path, space string) []string {
	path += "/" + n.name
	var found []string
	fault := func(format string, args ...any) { found = append(found, path+": "+fmt.Sprintf(format, args...)) }
	if n.space != space {
		fault("namespace %q", n.space)
	}
	for name := range n.attrs {
		if name != e.attr && name != "xmlns" {
			fault("attribute %s", name)
		}
	}
	if e.attr != "" && !regexp.MustCompile("^[A-Z]{3}$").MatchString(n.attrs[e.attr]) {
		fault("no %s", e.attr)
	}
	if e.leaf != nil {
		if err := e.leaf(n.value); err != nil || len(n.children) > 0 {
			fault("%v, %d elements", err, len(n.children))
		}
		return found
	}
	if strings.TrimSpace(n.value) != "" {
		fault("text %q", n.value)
	}
	at := 0
	for _, child := range e.children {
		count := 0
		for ; at < len(n.children) && n.children[at].name == child.name; at++ {
			found = append(found, child.faults(n.children[at], path, space)...)
			count++
		}
		if count < child.min || child.max > 0 && count > child.max {
			fault("%s stands there %d times", child.name, count)
		}
	}
	if at < len(n.children) {
		fault("%s is out of place", n.children[at].name)
	}
	if n.name == "Rsn" && len(n.children) != 1 {
		fault("is a choice")
	}
	return found
}

// at finds the nodes at a path below.
func (n *node) at(path ...string) []*node {
	found := []*node{n}
	for _, name := range path {
		var next []*node
		for _, one := range found {
			for _, child := range one.children {
				if child.name == name {
					next = append(next, child)
				}
			}
		}
		found = next
	}
	return found
}

// text is the value of the first node at a path, or "".
func (n *node) text(path ...string) string {
	if found := n.at(path...); len(found) > 0 {
		return found[0].value
	}
	return ""
}
