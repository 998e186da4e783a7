package pack

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// built is a pack of these members.
func built(t testing.TB, members ...[2]string) []byte {
	t.Helper()
	b := NewBuilder()
	for _, m := range members {
		must(t, b.Add(m[0], "a test", text(m[1])))
	}
	var out bytes.Buffer
	_, err := b.Write(&out, Manifest{Bulkpay: "v1", Batch: "MX-1"})
	must(t, err)
	must(t, b.Close())
	return out.Bytes()
}

func text(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

// small is a pack with a member of each method.
func small(t testing.TB) []byte {
	return built(t, [2]string{"b.txt", strings.Repeat("text", 20)}, [2]string{"a/x.xlsx", "stored"}, [2]string{"c", ""})
}

// found is all that is found in a file.
func found(file []byte) ([]Finding, error) {
	archive, all, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	_, _, more, err := archive.CheckManifest(context.Background())
	return append(all, more...), err
}

func TestAPackIsNeverFoundChangedAsItWasBuilt(t *testing.T) {
	t.Parallel()
	all, err := found(small(t))
	if err != nil || len(all) > 0 {
		t.Errorf("%v, %v", all, err)
	}
	if !bytes.Equal(small(t), small(t)) {
		t.Error("built twice, it is another one")
	}
}

// TestNoBitOfAPackIsEverChangedUnnoticed changes every bit by itself, and cuts
// and lengthens the file everywhere.
func TestNoBitOfAPackIsEverChangedUnnoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	file := small(t)
	names := []string{"a/x.xlsx", "b.txt", "c", ManifestName, SumsName, TheDirectory}
	for i := range file {
		for bit := range 8 {
			changed := bytes.Clone(file)
			changed[i] ^= 1 << bit
			all, err := found(changed)
			if err != nil || !slices.ContainsFunc(all, func(f Finding) bool { return slices.Contains(names, f.Member) }) {
				t.Fatalf("byte %d of %d, bit %d: %v, %v", i, len(file), bit, all, err)
			}
		}
		for what, changed := range map[string][]byte{
			"cut off here":     file[:i],
			"cut out":          slices.Concat(file[:i], file[i+1:]),
			"put in":           slices.Concat(file[:i], []byte{file[i]}, file[i:]),
			"beginning cut":    file[i+1:],
			"twice":            slices.Concat(file, file[i:]),
			"something before": slices.Concat(file[:i+1], file),
		} {
			if all, err := found(changed); err == nil && len(all) == 0 {
				t.Fatalf("byte %d of %d: %s: not found", i, len(file), what)
			}
		}
	}
}

func TestAnyTwoBytesAreNeverChangedUnnoticed(t *testing.T) {
	t.Parallel()
	file := small(t)
	rapid.Check(t, func(rt *rapid.T) {
		changed := bytes.Clone(file)
		for range rapid.IntRange(1, 20).Draw(rt, "changes") {
			changed[rapid.IntRange(0, len(file)-1).Draw(rt, "at")] = rapid.Byte().Draw(rt, "byte")
		}
		if all, err := found(changed); err == nil && len(all) == 0 && !bytes.Equal(changed, file) {
			rt.Error("not found")
		}
	})
}

func TestWhatIsAddedComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		contents := rapid.MapOfN(rapid.StringMatching(`[a-z]{1,6}(/[a-z]{1,6})?\.(txt|xlsx)`), rapid.SliceOfN(rapid.Byte(), 0, 3000), 1, 6).Draw(rt, "members")
		b := NewBuilder()
		for name, content := range contents {
			must(t, b.Add(name, "a test", text(string(content))))
		}
		var out bytes.Buffer
		root, err := b.Write(&out, Manifest{})
		must(t, err)
		must(t, b.Close())
		archive, wrong, err := Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil || len(wrong) > 0 || len(archive.Entries) != len(contents)+2 {
			rt.Fatalf("%v, %v", wrong, err)
		}
		if _, again, wrong, err := archive.CheckManifest(t.Context()); err != nil || len(wrong) > 0 || again != root {
			rt.Fatalf("%v, %v", wrong, err)
		}
		for name, content := range contents {
			e, ok := archive.Entry(name)
			if got, err := archive.ReadSmall(t.Context(), e, 3000); !ok || err != nil || !bytes.Equal(got, content) {
				rt.Errorf("%s came back as %q, %v", name, got, err)
			}
		}
	})
}

func TestNoMemberEverLeavesItsFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", ".", "..", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "C:\\x", "a\\b", "a\x00b", "a\nb", "é", ".hidden", "-rf", "a/.b", " a", "a ",
		"a/-b", "a.", strings.Repeat("a", 300), "a:b", "con|x",
	} {
		if err := goodName(name); err == nil {
			t.Errorf("%q is let in", name)
		}
		b := NewBuilder()
		if err := b.Add(name, "", text("x")); err == nil {
			t.Errorf("%q can be added", name)
		}
		must(t, b.Close())
	}
	for from, want := range map[string]string{
		"nóminas enero (2).xlsx": "n_minas enero (2).xlsx", "..": "__", ".x": "_x", "-rf": "_rf", "a/b\\c": "a_b_c", "": "_", "工资": "__", "x)": "x)", "(x)": "(x)", "x.": "x_",
	} {
		if got := Name(from); got != want || goodName(got) != nil {
			t.Errorf("%q becomes %q", from, got)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		if name := Name(rapid.String().Draw(rt, "name")); goodName(name) != nil {
			rt.Errorf("%q is none", name)
		}
	})
}

func TestAMemberIsNeverThereTwice(t *testing.T) {
	t.Parallel()
	b := NewBuilder()
	defer b.Close() //nolint:errcheck // a test
	must(t, b.Add("a", "", text("x")))
	for _, name := range []string{"a", ManifestName, SumsName} {
		if err := b.Add(name, "", text("y")); err == nil {
			t.Errorf("%s can be added", name)
		}
	}
	broken := errors.New("broken")
	if err := b.Add("z", "", func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// hostile is an archive put together by hand, out of parts that fit.
func hostile(entries []Entry, data ...[]byte) []byte {
	var b bytes.Buffer
	for i := range entries {
		entries[i].at = int64(b.Len())
		b.Write(entries[i].header())
		b.Write(data[i%len(data)])
	}
	b.Write(directory(entries, int64(b.Len())))
	return b.Bytes()
}

func deflate(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	must(t, err)
	_, err = w.Write(content)
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func TestHostileArchivesAreNeverLetIn(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 8<<20)
	bomb := deflate(t, zeros)
	plain := func(name string) Entry {
		return Entry{Name: name, Packed: 1, Size: 1, CRC: crc32.ChecksumIEEE([]byte("x"))}
	}
	many := make([]Entry, MaxMembers+1)
	for i := range many {
		many[i] = plain("x" + strings.Repeat("y", i%90))
	}
	for name, file := range map[string][]byte{
		"a bomb":                    hostile([]Entry{{Name: "b", Deflated: true, CRC: crc32.ChecksumIEEE(zeros), Packed: int64(len(bomb)), Size: int64(len(zeros))}}, bomb),
		"a bomb that lies":          hostile([]Entry{{Name: "b", Deflated: true, Packed: int64(len(bomb)), Size: 100}, {Name: ManifestName, Packed: 2, Size: 2, CRC: crc32.ChecksumIEEE([]byte("{}"))}}, bomb, []byte("{}")),
		"out of its folder":         hostile([]Entry{plain("../../etc/cron.d/x")}, []byte("x")),
		"an absolute path":          hostile([]Entry{plain("/etc/passwd")}, []byte("x")),
		"a backslash":               hostile([]Entry{plain(`..\x`)}, []byte("x")),
		"twice the same":            hostile([]Entry{plain("x"), plain("x")}, []byte("x")),
		"more members than a limit": hostile(many, []byte("x")),
		"without a manifest":        hostile([]Entry{plain("x")}, []byte("x")),
		"no member":                 hostile(nil, nil),
		"of another size":           hostile([]Entry{{Name: "x", Packed: 1, Size: 2}}, []byte("x")),
		"an endless size":           hostile([]Entry{{Name: "x", Packed: 1 << 62, Size: 1 << 62}}, []byte("x")),
		"a negative size":           hostile([]Entry{{Name: "x", Deflated: true, Packed: -1, Size: -1}}, []byte("x")),
		"a large manifest":          hostile([]Entry{{Name: ManifestName, Packed: 5 << 20, Size: 5 << 20}}, make([]byte, 5<<20)),
		"an unknown manifest":       hostile([]Entry{{Name: ManifestName, Packed: 9, Size: 9, CRC: crc32.ChecksumIEEE([]byte(`{"x": 17}`))}}, []byte(`{"x": 17}`)),
		"empty":                     nil,
		"an empty archive":          directory(nil, 0),
		"nothing but zeros":         make([]byte, 1000),
		"nothing but marks":         bytes.Repeat([]byte("PK\x03\x04"), 5000),
		"nothing but ends":          bytes.Repeat([]byte("PK\x05\x06"), 5000),
	} {
		if all, err := found(file); err == nil && len(all) == 0 {
			t.Errorf("%s: not found", name)
		}
	}
}

// TestWhatIsHiddenInAnArchiveIsFound makes packs with the library, whose
// archives are sound ZIP: only that they are none of ours can be found.
func TestWhatIsHiddenInAnArchiveIsFound(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *zip.Writer, h *zip.FileHeader){
		"nothing":      func(*zip.Writer, *zip.FileHeader) {},
		"a comment":    func(w *zip.Writer, _ *zip.FileHeader) { must(t, w.SetComment("hello")) },
		"extra fields": func(_ *zip.Writer, h *zip.FileHeader) { h.Extra = []byte{9, 9, 2, 0, 1, 2} },
		"a remark":     func(_ *zip.Writer, h *zip.FileHeader) { h.Comment = "hello" },
		"another mode": func(_ *zip.Writer, h *zip.FileHeader) { h.SetMode(0o777) },
		"another time": func(_ *zip.Writer, h *zip.FileHeader) { h.Modified = time.Unix(1e9, 0) },
	} {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		sound := small(t)
		from, err := zip.NewReader(bytes.NewReader(sound), int64(len(sound)))
		must(t, err)
		for _, f := range from.File {
			h := f.FileHeader
			change(w, &h)
			to, err := w.CreateRaw(&h)
			must(t, err)
			raw, err := f.OpenRaw()
			must(t, err)
			_, err = io.Copy(to, raw)
			must(t, err)
		}
		must(t, w.Close())
		all, err := found(out.Bytes())
		if err != nil || len(all) == 0 && !bytes.Equal(out.Bytes(), sound) {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
}

func TestBytesAfterDeflatedDataAreFound(t *testing.T) {
	t.Parallel()
	data := append(deflate(t, []byte("text")), "hidden"...)
	file := hostile([]Entry{{Name: "x", Deflated: true, CRC: crc32.ChecksumIEEE([]byte("text")), Packed: int64(len(data)), Size: 4}}, data)
	archive, _, err := Open(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	if _, err := archive.Measure(t.Context(), archive.Entries[0], nil); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := archive.Measure(ended, archive.Entries[0], nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNothingIsEverDeflatedBeyondTheLimit(t *testing.T) {
	t.Parallel()
	file := built(t, [2]string{"zeros.csv", strings.Repeat("0", 4<<20)})
	if all, err := found(file); err != nil || len(all) > 0 {
		t.Errorf("our own writer makes a bomb: %v, %v", all, err)
	}
	if len(file) < 4<<20 {
		t.Error("it was not stored: the test shows nothing")
	}
}

// sparse is a large file of which only some parts are there.
type sparse map[int64][]byte

func (s sparse) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	for from, part := range s {
		if to := from - at; to >= 0 && to < int64(len(p)) {
			copy(p[to:], part)
		} else if to < 0 && -to < int64(len(part)) {
			copy(p, part[-to:])
		}
	}
	return len(p), nil
}

// TestLargePacksAreReadByEverybody has members beyond 4 GiB, and beyond them.
func TestLargePacksAreReadByEverybody(t *testing.T) {
	t.Parallel()
	const huge = 5 << 30
	entries := []Entry{{Name: "a", Packed: huge, Size: huge}, {Name: "b", Deflated: true, Packed: 1 << 30, Size: huge}, {Name: "c", Packed: 1, Size: 1}}
	file, at := sparse{}, int64(0)
	for i := range entries {
		entries[i].at = at
		file[at] = entries[i].header()
		at += int64(len(file[at])) + entries[i].Packed
	}
	end := directory(entries, at)
	file[at] = end
	size := at + int64(len(end))
	archive, wrong, err := Open(file, size)
	if err != nil || len(wrong) > 0 || !slices.Equal(archive.Entries, entries) {
		t.Errorf("%v, %v, %v", archive, wrong, err)
	}
	library, err := zip.NewReader(file, size)
	must(t, err)
	for i, f := range library.File {
		e := entries[i]
		start, err := f.DataOffset()
		must(t, err)
		if f.Name != e.Name || int64(f.CompressedSize64) != e.Packed || int64(f.UncompressedSize64) != e.Size || start != e.at+int64(len(e.header())) {
			t.Errorf("the library reads %+v for %+v", f.FileHeader, e)
		}
	}
	for i := range end {
		file[at] = bytes.Clone(end)
		file[at][i] ^= 1
		if _, wrong, err := Open(file, size); err == nil && len(wrong) == 0 {
			t.Errorf("byte %d of the end of a large pack can be changed", i)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(small(f))
	f.Add(hostile([]Entry{{Name: "x", Packed: 1, Size: 1}}, []byte("x")))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, file []byte) {
		archive, wrong, err := Open(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		m, _, more, err := archive.CheckManifest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(wrong)+len(more) > 0 {
			return
		}
		// What is accepted is written again byte for byte.
		var out bytes.Buffer
		z := &zipWriter{to: &out}
		for _, e := range archive.Entries {
			must(t, z.add(e, io.NewSectionReader(archive.r, e.at+int64(len(e.header())), e.Packed)))
		}
		must(t, z.finish())
		if !bytes.Equal(out.Bytes(), file) || len(m.Members)+2 != len(archive.Entries) {
			t.Error("two packs are one")
		}
	})
}
