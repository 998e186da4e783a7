package paypro

import "slices"

// The fields that every area words alike, and the words that people all over
// the world put above a column. An area adds those of its own language.
//
// A word is listed for one field only, and only if a sheet rarely has it
// above another column. A sheet with a total beside the amount, or a reference
// and a description beside the remark, is an everyday one: it must neither be
// refused for two columns of one field, nor be paid by the wrong one. So
// "total" is no amount, "salary" is none either (what is paid out is the net
// pay, and a bonus may stand beside it), and of the many words for a note
// each language has its nearest to "remark" only.
var (
	amountWords = []string{
		"payment amount", "payout amount", "transfer amount", "amount to pay", "net pay", "net salary", "net amount",
	}
	nameWords = []string{
		"payee", "payee name", "beneficiary", "beneficiary name", "recipient", "recipient name", "employee", "employee name",
		"full name", "account holder", "account holder name",
	}
	accountWords = []string{
		"account", "account number", "account no", "acct no", "bank account", "bank account number", "bank account no",
		"beneficiary account", "beneficiary account number",
	}
	walletWords = []string{"wallet no", "wallet account", "account", "account number", "account no"}
	mobileWords = []string{"mobile number", "mobile no", "phone", "phone number", "phone no", "contact number", "cell phone"}
	emailWords  = []string{"mail", "email address"}
	bankWords   = []string{"bank", "bank code", "bank name", "beneficiary bank"}
)

// commonOuters are the outer codes as India, South Korea and Brazil list
// them; the other pages are silent.
var commonOuters = map[string]string{
	"5000": "system error at the gateway: the payout may exist",
	"8000": "the gateway refused the order",
}

// words joins the words of the world with those of an area.
func words(common []string, more ...string) []string { return slices.Concat(common, more) }

// notifyURL is required by most documents; a sheet rarely has it, so the
// merchant's setting fills it in.
var notifyURL = Field{
	Name: "notifyUrl", Label: "Callback address", Role: RoleNotify, Required: true, MaxChars: 512,
	Aliases: []string{"notify url", "callback", "callback url", "webhook"},
	Rules:   []Rule{webAddress},
	Example: "https://pay.example.com/callback",
}

// remark is free text that the gateway gives back unchanged. Its words are
// few on purpose: sheets have a reference, a description and notes besides.
func remark(aliases ...string) Field {
	return Field{
		Name: "remark", Label: "Remark", Role: RoleRemark, MaxChars: 200,
		Aliases: words([]string{"remarks", "payment remark", "payment remarks"}, aliases...),
		Example: "Salary November",
	}
}

// required is the same field where the documents demand it.
func required(field Field) Field {
	field.Required = true
	return field
}

// optional is the same field where the documents leave it open.
func optional(field Field) Field {
	field.Required = false
	return field
}
