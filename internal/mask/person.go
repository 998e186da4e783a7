package mask

import "strings"

// Person masks in a text what it repeats of a payee: the account as [Account]
// shows it, the name not at all. Both as they were instructed; "" is nothing.
func Person(text, account, name string) string {
	if account != "" {
		text = strings.ReplaceAll(text, account, Account(account))
	}
	if name != "" {
		text = strings.ReplaceAll(text, name, "[…]")
	}
	return text
}
