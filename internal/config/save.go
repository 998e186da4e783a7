package config

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/bulkpay/bulkpay/internal/atomicfile"
)

// SaveColumns writes what a merchant's sheets call the fields into the
// configuration file, so that it need not be said again. The rest of the file
// stays as it is, comments and order too: the lines are put under the header
// of the merchant's columns, or with a header of their own at the end. A
// header that is there already gets its new field.
func (c *Config) SaveColumns(merchant string, columns map[string]string) error {
	m, ok := c.Merchants[merchant]
	if !ok {
		return fmt.Errorf("%s has no merchant %s", c.path, merchant)
	}
	text, err := os.ReadFile(c.path)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	all := maps.Clone(m.Columns)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, columns)
	if maps.Equal(all, m.Columns) {
		return nil
	}
	changed, err := withColumns(text, merchant, columns)
	if err != nil {
		return err
	}
	// The file is read back before it is put in place: whatever spelling it
	// has that the lines above do not know must not be broken by them.
	read, err := Parse(changed, c.path)
	if err != nil || !maps.Equal(read.Merchants[merchant].Columns, all) {
		return fmt.Errorf("%s: the columns cannot be added to this file by themselves; add these lines to merchant %s:\n%s",
			c.path, merchant, columnLines(columns))
	}
	info, err := os.Stat(c.path)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	err = atomicfile.Write(c.path, info.Mode().Perm(), func(w io.Writer) error {
		_, err := w.Write(changed)
		return err
	})
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	m.Columns = all
	return nil
}

// withColumns edits the text of a configuration.
func withColumns(text []byte, merchant string, columns map[string]string) ([]byte, error) {
	lines := strings.SplitAfter(string(text), "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return isColumnsTable(line, merchant) })
	if at < 0 {
		table, err := tomlKey(merchant)
		if err != nil {
			return nil, err
		}
		end := strings.TrimRight(string(text), "\n")
		return []byte(end + "\n\n[merchants." + table + ".columns]\n" + columnLines(columns)), nil
	}
	kept := lines[: at+1 : at+1]
	inside := true
	for _, line := range lines[at+1:] {
		inside = inside && !strings.HasPrefix(strings.TrimSpace(line), "[")
		if inside && sets(line, columns) {
			continue
		}
		kept = append(kept, line)
	}
	return []byte(strings.Join(slices.Insert(kept, at+1, columnLines(columns)), "")), nil
}

// isColumnsTable tells whether a line opens the table of a merchant's columns.
func isColumnsTable(line, merchant string) bool {
	if !strings.HasPrefix(strings.TrimSpace(line), "[merchants.") {
		return false
	}
	var parsed struct {
		Merchants map[string]map[string]any `toml:"merchants"`
	}
	if err := toml.Unmarshal([]byte(line), &parsed); err != nil {
		return false
	}
	_, ok := parsed.Merchants[merchant]["columns"]
	return ok
}

// sets tells whether a line says what one of the columns is.
func sets(line string, columns map[string]string) bool {
	parsed := map[string]any{}
	if err := toml.Unmarshal([]byte(line), &parsed); err != nil {
		return false
	}
	for header := range parsed {
		if _, ok := columns[header]; ok {
			return true
		}
	}
	return false
}

func columnLines(columns map[string]string) string {
	var b strings.Builder
	for _, header := range slices.Sorted(maps.Keys(columns)) {
		key, err := tomlKey(header)
		if err != nil {
			key = fmt.Sprintf("%q", header)
		}
		fmt.Fprintf(&b, "%s = %q\n", key, columns[header])
	}
	return b.String()
}

// tomlKey writes a key as the library would.
func tomlKey(key string) (string, error) {
	text, err := toml.Marshal(map[string]int{key: 0})
	if err != nil {
		return "", err
	}
	return string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(text), []byte("= 0")))), nil
}
