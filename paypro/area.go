package paypro

import (
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Area is the gateway's dialect for one country, as data.
type Area struct {
	Code     string // ISO 3166 alpha-2, "MX"
	Name     string // "Mexico"
	Slug     string // what people type: "mexico"
	Currency money.Currency

	PayoutPath, QueryPath, BalancePath string // appended to the base URL, case-sensitive

	// SignPlaces are where the documents put the signature, the default
	// first; empty: in the body.
	SignPlaces        []SignPlace
	TimestampAsNumber bool // the timestamp is a JSON number, otherwise a string of digits
	QueryTimestamp    bool // queries carry a timestamp
	BalanceBody       bool // the balance request has a signed body; otherwise only the header
	AnswersTradeNo    bool // placement answers are documented to repeat tradeNo
	QueryTradeNo      bool // query answers are documented, or assumed, to repeat tradeNo
	CallbackSigned    bool // callbacks carry a signature

	Fields   []Field
	Statuses map[string]Status // inner codes, data.status
	Outers   map[string]string // outer codes other than 0000 and what the documents call them

	// Assumed lists, for people, what the documents do not say and what was
	// taken to be so instead.
	Assumed []string

	decimals int // most decimals of an amount

	// prefixed tells whether the account of a row starts with digits of its
	// bank; nil: always.
	prefixed func(row Values) bool
}

// SignPlace is where a request carries the signature.
type SignPlace string

// The places of a signature.
const (
	SignInBody   SignPlace = "body"
	SignInHeader SignPlace = "header"
)

// Status is what an inner code means.
type Status struct {
	Meaning Meaning
	Text    string // in plain words, for people
}

// Meaning is what an inner status says about the money.
type Meaning int

// The meanings of inner codes. A code that an area does not list is
// MeansUnclear.
const (
	MeansUnclear    Meaning = iota // the code does not settle whether money moved
	MeansPaid                      // the payee has the money
	MeansProcessing                // accepted, not final
	MeansFailed                    // definitely not paid
)

// Role is what a field is to bulkpay, whatever an area calls it.
type Role int

// The roles of fields.
const (
	RoleOther   Role = iota
	RoleAmount       // the amount
	RoleName         // the payee's name
	RoleAccount      // the payee's account, card, wallet or phone number that is paid to
	RoleBank         // the payee's bank
	RoleNotify       // the address for callbacks
	RoleAddress      // the payer's IP address
	RoleRemark       // free text that the gateway gives back
)

// Field is one parameter of a placement.
type Field struct {
	Name     string   // the name in the documents' table; the key in [Values]
	Wire     []string // the names it may have on the wire, the default first; empty: Name alone
	Label    string   // what a person calls it
	Aliases  []string // other headers people give its column, English and the area's language
	Role     Role
	Required bool
	AsNumber bool // sent as a JSON number
	ID       bool // an identifier written with digits, not a quantity: a sheet must keep it as text
	MaxChars int  // most characters; the documents give none, so these are ours, generous
	Choices  []string
	// WireChoices are the spellings a choice may have on the wire, the default
	// first; a choice that is not there has its own only.
	WireChoices map[string][]string
	Synonyms    map[string]string // words people use for the choices, in lower case, to the choice
	Rules       []Rule
	Doubts      []Rule // what looks wrong and is no reason to refuse: see [Area.Warnings]
	Example     string
	Personal    bool // holds a person's data: never in a log or an error

	tidy   func(string) string // takes out what people add for the eye; nil: nothing
	checks []Rule              // all of the above as one list, made once by [compile]
}

// Values are the parameters of one payout by [Field.Name], without sign,
// timestamp and tradeNo.
type Values map[string]string

// Rule looks at one non-empty value, with the rest of its row at hand. It
// returns what is wrong and what would be right, both without the value
// itself, or two empty strings.
type Rule func(value string, row Values) (problem, want string)

// Fault is one thing wrong with one field of a row. It never holds a value.
type Fault struct {
	Field   string // Field.Name
	Problem string // "has 17 digits"
	Want    string // "a CLABE of 18 digits"
}

// Field finds a field by its name, or nil.
func (a *Area) Field(name string) *Field {
	for i := range a.Fields {
		if a.Fields[i].Name == name {
			return &a.Fields[i]
		}
	}
	return nil
}

// FieldFor finds the area's field of a role, or nil.
func (a *Area) FieldFor(role Role) *Field {
	for i := range a.Fields {
		if a.Fields[i].Role == role {
			return &a.Fields[i]
		}
	}
	return nil
}

// Status gives the meaning of an inner code. An undocumented code is unclear:
// the documents let "other codes be treated as failure", but a status nobody
// has described is no evidence on which to pay a person again.
func (a *Area) Status(code string) Status {
	if status, ok := a.Statuses[code]; ok {
		return status
	}
	return Status{MeansUnclear, "a status the gateway's documents do not describe"}
}

// WireName is the name a field has on the wire, given the merchant's choice
// among the documented ones.
func (f *Field) WireName(chosen map[string]string) string {
	if name, ok := chosen[f.Name]; ok {
		return name
	}
	if len(f.Wire) > 0 {
		return f.Wire[0]
	}
	return f.Name
}

// wireValue is how a value is spelt on the wire, given the merchant's choice
// among the documented spellings.
func (f *Field) wireValue(value string, chosen map[string]string) string {
	if len(f.WireChoices[value]) == 0 {
		return value
	}
	if spelling, ok := chosen[f.Name+"="+value]; ok {
		return spelling
	}
	return f.WireChoices[value][0]
}

// Canonical puts a value into the form the gateway documents: a choice is
// spelt as the documents spell it, whatever case or synonym a person used,
// and of an identifier with a fixed mask (a CPF 123.456.789-09) the signs of
// the mask are taken out. What does not fit exactly is left as it is, for a
// rule to complain about.
func (f *Field) Canonical(value string) string {
	if f.tidy != nil {
		return f.tidy(value)
	}
	if len(f.Choices) == 0 {
		return value
	}
	word := strings.ToLower(value)
	for _, choice := range f.Choices {
		if strings.ToLower(choice) == word {
			return choice
		}
	}
	if choice, ok := f.Synonyms[word]; ok {
		return choice
	}
	return value
}

// Check applies every rule of the area to a row and returns all that is
// wrong with it, in the order of the fields. It expects values in canonical
// form.
func (a *Area) Check(row Values) []Fault {
	var faults []Fault
	for i := range a.Fields {
		faults = append(faults, a.Fields[i].check(row)...)
	}
	return faults
}

func (f *Field) check(row Values) []Fault {
	value := row[f.Name]
	if value == "" {
		if f.Required {
			return []Fault{{f.Name, "is empty", f.wanted()}}
		}
		return nil
	}
	for _, rule := range f.checks {
		// The first fault of a value is the one to repair; later rules
		// would only describe the same mistake again.
		if problem, want := rule(value, row); problem != "" {
			return []Fault{{f.Name, problem, want}}
		}
	}
	return nil
}

// Warnings are what looks wrong in a row that passes [Area.Check]: nothing
// the documents forbid, but something a person should have seen, such as a
// phone number that no operator has. They are no reason to refuse the row.
func (a *Area) Warnings(row Values) []Fault {
	var faults []Fault
	for i := range a.Fields {
		f := &a.Fields[i]
		if len(f.Doubts) == 0 || row[f.Name] == "" {
			continue
		}
		for _, rule := range f.Doubts {
			if problem, want := rule(row[f.Name], row); problem != "" {
				faults = append(faults, Fault{f.Name, problem, want})
				break
			}
		}
	}
	return faults
}

// Decimals is the most decimals an amount may have: 0, or 2 where the area
// pays in hundredths.
func (a *Area) Decimals() int { return a.decimals }

func (f *Field) wanted() string {
	switch {
	case len(f.Choices) > 0:
		return "one of " + strings.Join(f.Choices, ", ")
	case f.Example != "":
		return "a value, for example " + f.Example
	}
	return "a value"
}

// Areas lists every area bulkpay pays in, by name.
func Areas() []*Area { return slices.Clone(areas) }

var areas = compile(
	bangladesh, brazil, egypt, india, indonesia, kenya, mexico, nigeria, pakistan, philippines, southKorea, vietnam,
)

// compile puts the rules of every field into one list, so that checking a
// million rows builds nothing anew, and the areas in the order of their names.
func compile(areas ...*Area) []*Area {
	slices.SortFunc(areas, func(a, b *Area) int { return strings.Compare(a.Name, b.Name) })
	for _, area := range areas {
		for i := range area.Fields {
			f := &area.Fields[i]
			f.checks = append(f.checks, printable)
			if f.MaxChars > 0 {
				f.checks = append(f.checks, atMost(f.MaxChars))
			}
			if len(f.Choices) > 0 {
				f.checks = append(f.checks, oneOf(f.Choices))
			}
			f.checks = append(f.checks, f.Rules...)
		}
	}
	return areas
}

// LookupArea finds an area by its slug, code or name, in any case.
func LookupArea(name string) (*Area, bool) {
	for _, area := range areas {
		if strings.EqualFold(name, area.Slug) || strings.EqualFold(name, area.Code) || strings.EqualFold(name, area.Name) {
			return area, true
		}
	}
	return nil, false
}
