package main

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
)

// languageHelp describes a flag --lang.
var languageHelp = "language of what people read: " + strings.Join(lang.Codes(), ", ") + " (default: as configured, or en)"

// language reads the flag --lang; without it, it is the configuration's, which
// must have been read.
func (a *app) language(flag string) (lang.Lang, error) {
	if flag == "" {
		return a.lang, nil
	}
	l, err := lang.Parse(flag)
	if err != nil {
		return l, usageError{fmt.Errorf("--lang: %w", err)}
	}
	return l, nil
}
