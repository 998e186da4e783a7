package ledger

import (
	"testing"
	"unicode/utf8"
)

func TestNamesThatPeopleTakeForOneNeverDiffer(t *testing.T) {
	t.Parallel()
	for folded, spellings := range map[string][]string{
		"joseangelnunez": {"José Ángel Núñez", "JOSE ANGEL NUNEZ", "  jose  angel nunez ", "Jose\u0301 A\u0301ngel Nu\u0301n\u0303ez", "José\u00a0Ángel-Núñez", "José\u200b Ángel Núñez"},
		"obrien":         {"O'Brien", "O’BRIEN", "Obrien", "Ｏ'Ｂｒｉｅｎ"},
		"nguyenvanduc":   {"Nguyễn Văn Đức", "NGUYEN VAN DUC"},
		"lukaszstrausoe": {"Łukasz Straus Ø E", "lukasz straus oe"},
		"grosse":         {"Große", "GROSSE"},
		"ismail":         {"İsmail", "ISMAIL", "ısmaıl"},
		"sadecv1":        {"S.A. de C.V. 1", "SA DE CV １"},
		"":               {"", " - ", "★", "\u0301"},
		"김철수":            {"김철수", "김 철수"},
		"राहुलकुमार":     {"राहुल कुमार", "राहुल  कुमार"},
		"محمدعبدالله":    {"محمد عبد الله"},
		"শেখমুজিব":       {"শেখ মুজিব"},
	} {
		want := FoldName(folded)
		for _, name := range spellings {
			equal(t, name, FoldName(name), want)
			equal(t, name+" key", nameKey(1, name), nameKey(1, folded))
		}
	}
}

func TestNamesThatDifferAreNeverTakenForOne(t *testing.T) {
	t.Parallel()
	seen := map[int64]string{}
	// The vowels of Hindi and Bengali are marks, and no accents.
	for _, name := range []string{"Ana Luna", "Ana Lunar", "Luna Ana", "Ana Luna 2", "की", "के", "का", "শেখ", "শাখ", "김철수", "김철호", "محمد", "محمود", "Bo", "Bö e"} {
		if other, there := seen[nameKey(1, name)]; there {
			t.Errorf("%q is taken for %q", name, other)
		}
		seen[nameKey(1, name)] = name
	}
}

func TestAKeyIsOneMerchantsAndOfOneKind(t *testing.T) {
	t.Parallel()
	keys := map[int64]bool{
		nameKey(1, "ana"): true, nameKey(2, "ana"): true, accountKey(1, "ana", nil): true, accountKey(2, "ana", nil): true,
		accountKey(1, "", []byte("ana")): true, accountKey(1, " ", []byte("anb")): true,
	}
	equal(t, "keys", len(keys), 6)
	equal(t, "no name", nameKey(1, "—"), int64(0))
	equal(t, "spaces and case", accountKey(1, " Ab 12 cD", nil), accountKey(1, "aB12Cd", []byte("x")))
	if accountKey(1, "0123", nil) == accountKey(1, "123", nil) {
		t.Error("a leading zero is lost")
	}
}

func FuzzFoldName(f *testing.F) {
	f.Add("José Ángel Núñez")
	f.Add("İ ẞ Ǆ ﬃ ㎏")
	f.Add("\xff\u0301")
	f.Add("\xf1\u06c0")
	f.Fuzz(func(t *testing.T, name string) {
		folded := FoldName(name)
		if !utf8.ValidString(folded) {
			t.Errorf("%q folds to %q", name, folded)
		}
		if again := FoldName(folded); again != folded {
			t.Errorf("%q folds to %q and that to %q", name, folded, again)
		}
	})
}
