package atomicfile

import (
	"errors"
	"os"
)

// Scratch is a file for what does not fit into memory while something is
// made of it. Nobody else can read it, and where the system allows it has no
// name any more when it is handed out, so that not even a killed process
// leaves it behind.
type Scratch struct {
	*os.File
	named bool
}

// NewScratch makes one in the system's folder for such files.
func NewScratch() (*Scratch, error) {
	file, err := os.CreateTemp("", "bulkpay-*.tmp") // with mode 0600
	if err != nil {
		return nil, err
	}
	return &Scratch{file, os.Remove(file.Name()) != nil}, nil
}

// Close drops the file.
func (s *Scratch) Close() error {
	err := s.File.Close()
	if s.named {
		err = errors.Join(err, os.Remove(s.Name()))
	}
	return err
}
