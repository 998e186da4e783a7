package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bulkpay/bulkpay/paypro"
)

// Banks are the banks known in an area: those that bulkpay ships, and those
// of the file banks.AREA.csv beside the configuration, which wins. c may be
// nil: without a configuration the file is looked for in the working folder.
func (c *Config) Banks(area *paypro.Area) (*paypro.Banks, error) {
	shipped := paypro.ShippedBanks(area)
	folder := "."
	if c != nil {
		folder = filepath.Dir(c.path)
	}
	path := filepath.Join(folder, "banks."+area.Slug+".csv")
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return shipped, nil
	}
	if err != nil {
		return nil, fmt.Errorf("banks: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	more, err := paypro.ReadBanks(area, file, filepath.Base(path))
	if err != nil {
		return nil, err
	}
	return shipped.With(more), nil
}
