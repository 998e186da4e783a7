package visible

import (
	"runtime"
	"strings"
)

// Word is a text as a shell takes it for one word and nothing else: hints are
// pasted, and the name of a file or of a column may be a stranger's.
func Word(text string) string { return wordFor(runtime.GOOS, text) }

func wordFor(system, word string) string {
	switch safe := "/.,:=@%+-_"; {
	case system == "windows":
		if !strings.ContainsAny(word, " \t&|<>^%!\"'`$();") && word != "" {
			return word
		}
		return `"` + strings.NewReplacer(`"`, "", "%", "", "`", "", "$", "").Replace(word) + `"` // no such name exists but with % and $, which no quotes tame
	case word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(safe, r)
	}):
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
