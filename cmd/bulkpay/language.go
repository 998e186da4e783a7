package main

import (
	"fmt"
	"strings"

	"github.com/bulkpay/bulkpay/internal/lang"
)

// languageHelp describes a flag --lang.
var languageHelp = "language: " + strings.Join(lang.Codes(), ", ") + " (default en)"

// language reads the flag --lang; "" is English.
func language(flag string) (lang.Lang, error) {
	if flag == "" {
		return lang.English, nil
	}
	l, err := lang.Parse(flag)
	if err != nil {
		return l, usageError{fmt.Errorf("--lang is one of %s", strings.Join(lang.Codes(), ", "))}
	}
	return l, nil
}
