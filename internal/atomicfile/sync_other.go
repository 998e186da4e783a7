//go:build !unix

package atomicfile

// syncFolder does nothing: Windows cannot flush a folder, and its file systems
// journal a rename.
func syncFolder(string) error { return nil }
