package ledger

import "unicode/utf8"

// asText is a text as JSON has it: each byte that is not UTF-8 is U+FFFD. The
// name of a file may have such bytes; written as they are, the batch would not
// be what its import event says. Imports of an older bulkpay have them in
// the batch and not in the event, and are what was imported all the same.
func asText(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

// textsOf is asText for the fields of a row: an encoder writes a byte that is
// not UTF-8 otherwise than the U+FFFD that this is read as, so the row would
// have another digest when it is written again.
func textsOf(fields map[string]string) map[string]string {
	for _, value := range fields {
		if !utf8.ValidString(value) {
			return allTexts(fields)
		}
	}
	return fields
}

func allTexts(fields map[string]string) map[string]string {
	texts := make(map[string]string, len(fields))
	for name, value := range fields {
		texts[asText(name)] = asText(value)
	}
	return texts
}
