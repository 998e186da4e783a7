package paypro

// The fields that every area words alike.

// notifyURL is required by the documents; a sheet rarely has it, so the
// merchant's setting fills it in.
var notifyURL = Field{
	Name: "notifyUrl", Label: "Callback address", Role: RoleNotify, Required: true, MaxChars: 512,
	Aliases: []string{"notify url", "callback", "callback url", "webhook"},
	Rules:   []Rule{webAddress},
	Example: "https://pay.example.com/callback",
}

// remark is free text that the gateway gives back unchanged.
func remark(aliases ...string) Field {
	return Field{
		Name: "remark", Label: "Remark", Role: RoleRemark, MaxChars: 200,
		Aliases: append([]string{"remarks", "note", "notes", "memo", "reference", "comment"}, aliases...),
		Example: "Salary November",
	}
}
