// Package pack is the form of an evidence pack: one archive, in which no byte
// can be changed without it being found.
//
// # Use
//
//	b := pack.NewBuilder()
//	defer b.Close()
//	err := b.Add("rows.jsonl", "every row as it stands", func(w io.Writer) error { … })
//	root, err := b.Write(file, pack.Manifest{…})            // hex SHA-256 of manifest.json
//
//	archive, findings, err := pack.Open(file, size)
//	for _, entry := range archive.Entries { … archive.Measure(ctx, entry, w) … }
//
// # The form
//
// A pack is a ZIP archive that every unzip reads. Its members come in the
// order of their names, manifest.json and manifest.sha256 after all others. The
// manifest says of each other member what it is, its size and SHA-256, and the
// same of its bytes as they lie in the archive. manifest.sha256 is for
// sha256sum -c, and follows from the manifest.
//
// ZIP leaves much to whoever writes it: times, attributes, extra fields,
// comments, gaps, the bits after the end of deflated data. Here nothing is
// left open. Headers and directory are a function of names, sizes and checksums
// ([Entry]), so that a reader makes them anew and compares; data is covered by
// the digests of the bytes as they lie there. So every byte is either compared
// or covered, and no compressor has to give the same bytes twice for that.
//
// # Limits
//
// Packs come from strangers. Members are at most [MaxMembers], their names are
// ASCII without anything that leaves a folder, a directory is at most 1 MiB, and
// no member is more than [maxRatio] times its bytes in the archive.
// Nothing is held in memory but the directory and the manifest.
//
// The package knows neither the ledger nor what is in the members, but for the
// records whose form both sides must share: [Batch], [Row], [Event], [Decision].
package pack
