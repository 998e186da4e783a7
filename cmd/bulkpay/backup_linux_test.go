package main

import (
	"path/filepath"
	"testing"
)

func TestABackupThatFindsNoRoomHarmsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("mounts a file system")
	}
	t.Parallel()
	s := &stage{trial: newTrial(t)}
	r := newRoom(t, filepath.Join(s.folder, "kept"), 2<<10)
	s.enter = r.enter
	s.backsUpIntoNothing(t, filepath.Join("kept", "backup.db"), "the disk is full", func() { r.fill(t) })
	if said, code := r.ask("ls -A " + r.folder); code != 0 || said != "backup.db\nfilling\n" {
		t.Errorf("left: %s", said)
	}
}
