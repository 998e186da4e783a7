package paypro

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// Phone numbers. Where the documents give a form, that is the rule. Where
// they only say "mobile", any phone number passes, because their own examples
// are numbers of other countries, and what the library of the world's
// numbering plans does not know is a warning: plans change, and a payout to a
// bank account does not fail for its contact number.

// phone is a number of any country.
func phone(value string, _ Values) (string, string) {
	const want = "a phone number of 7 to 15 digits"
	digits := strings.TrimPrefix(value, "+")
	if problem := onlyDigits(digits); problem != "" {
		return problem, want
	}
	if len(digits) < 7 || len(digits) > 15 {
		return count(len(digits), "digit"), want
	}
	return "", ""
}

// knownPhone doubts a number that exists neither in a region nor, written with
// a plus, anywhere else.
func knownPhone(region, want string) Rule {
	mobile := sync.OnceValue(func() *numberPlan { return planOf(region) })
	return func(value string, _ Values) (string, string) {
		digits := strings.TrimPrefix(value, "+")
		if digitsIn(digits) != len(digits) || mobile().has(value) {
			return "", "" // known, or another rule's to refuse
		}
		number, err := phonenumbers.Parse(value, region)
		if err != nil || !phonenumbers.IsValidNumber(number) {
			return "is no phone number that is in use", want
		}
		return "", ""
	}
}

// numberPlan recognises the mobile numbers of a region. The library takes some
// twenty microseconds for a number, which a million rows would wait for;
// nearly all of them are plain mobile numbers, and one expression tells.
type numberPlan struct {
	code, trunk string
	mobile      *regexp.Regexp
}

func planOf(region string) *numberPlan {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		panic(err) // it is part of the library, and was read when the program started
	}
	for _, m := range all.GetMetadata() {
		if m.GetId() != region {
			continue
		}
		return &numberPlan{
			code:   strconv.Itoa(int(m.GetCountryCode())),
			trunk:  m.GetNationalPrefix(),
			mobile: regexp.MustCompile("^(?:" + m.GetMobile().GetNationalNumberPattern() + ")$"),
		}
	}
	panic("no numbering plan of " + region)
}

// has tells whether a value is a mobile number of the region: as it is, with
// the trunk digit in front, or with the code of the country. No is not a
// verdict: the library has yet to be asked.
func (p *numberPlan) has(value string) bool {
	digits, plus := strings.CutPrefix(value, "+")
	if digitsIn(digits) != len(digits) {
		return false
	}
	if national, ok := strings.CutPrefix(digits, p.code); ok && p.isMobile(national) {
		return true
	}
	if plus {
		return false
	}
	if national, ok := strings.CutPrefix(digits, p.trunk); ok && p.trunk != "" && p.isMobile(national) {
		return true
	}
	return p.isMobile(digits)
}

func (p *numberPlan) isMobile(national string) bool {
	return p.mobile.MatchString(national)
}

// mobileForm is what an area's documents say of its mobile numbers.
type mobileForm struct {
	want          string
	least, most   int      // digits
	starts        []string // one of which the number starts with
	startsProblem string
}

// mobileOf demands the form of an area's documents.
func mobileOf(form mobileForm, hints func(string) string) Rule {
	return func(value string, _ Values) (string, string) {
		if strings.HasPrefix(value, "+") && digitsIn(value) == len(value)-1 {
			return "has a plus in front", form.want
		}
		if problem := onlyDigits(value); problem != "" {
			return problem, form.want
		}
		if problem := hints(value); problem != "" {
			return problem, form.want
		}
		if len(value) < form.least || len(value) > form.most {
			return count(len(value), "digit"), form.want
		}
		for _, start := range form.starts {
			if strings.HasPrefix(value, start) {
				return "", ""
			}
		}
		return form.startsProblem, form.want
	}
}

var indonesianMobile = mobileOf(mobileForm{
	"10 to 13 digits that start with 08 or 628", 10, 13, []string{"08", "628"}, "does not start with 08 or 628",
}, func(value string) string {
	if value[0] == '8' && len(value) < 13 {
		return "has lost the 0 in front"
	}
	return ""
})

var pakistaniMobile = mobileOf(mobileForm{
	"10 digits that start with 3, without 0 or 92 in front", 10, 10, []string{"3"}, "does not start with 3",
}, func(value string) string {
	switch {
	case len(value) == 12 && strings.HasPrefix(value, "92"):
		return "has the country code 92 in front"
	case len(value) == 11 && value[0] == '0':
		return "has a leading 0"
	}
	return ""
})

// The number is the account, so the form of the documents is all that counts.
var kenyanMobile = mobileOf(mobileForm{
	"12 digits that start with 2541 or 2547, for example 254712345678", 12, 12, []string{"2541", "2547"}, "does not start with 2541 or 2547",
}, func(value string) string {
	switch {
	case len(value) == 10 && (value[:2] == "07" || value[:2] == "01"):
		return "has a leading 0 instead of 254"
	case len(value) == 9 && (value[0] == '7' || value[0] == '1'):
		return "has no 254 in front"
	}
	return ""
})

var bangladeshiWallet = mobileOf(mobileForm{
	"11 digits that start with 01", 11, 11, []string{"01"}, "does not start with 01",
}, func(value string) string {
	switch {
	case len(value) == 10 && value[0] == '1':
		return "has lost the 0 in front"
	case len(value) == 13 && strings.HasPrefix(value, "8801"):
		return "has the country code 88 in front"
	}
	return ""
})

var philippineMobile = knownPhone("PH", "a mobile number that is in use, or the right account number")

// philippineWallet doubts what looks like a mobile number and is none.
func philippineWallet(value string, row Values) (string, string) {
	if len(value) == 11 && strings.HasPrefix(value, "09") || len(value) == 12 && strings.HasPrefix(value, "639") {
		return philippineMobile(value, row)
	}
	return "", ""
}
