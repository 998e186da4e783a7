package lang

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, expected := range map[string]Lang{
		"en": English, "en-US": English, "EN": English, "es": Spanish, "es-MX": Spanish, "es_419": Spanish,
		"es_MX.UTF-8": Spanish, "zh": Chinese, "zh-CN": Chinese, "zh_CN.UTF-8@pinyin": Chinese, "zh-Hans": Chinese,
	} {
		if found, err := Parse(text); err != nil || found != expected {
			t.Errorf("%q: %s, %v", text, found, err)
		}
	}
	for _, text := range []string{"", "C", "fr", "español", "e", "es en", "POSIX"} {
		if found, err := Parse(text); err == nil || !strings.Contains(err.Error(), "there are en, es, zh") {
			t.Errorf("%q: %s, %v", text, found, err)
		}
	}
	for _, l := range All() {
		if found, err := Parse(l.String()); err != nil || found != l || l.Name() == "" || l.Tag() == "" {
			t.Errorf("%s: %s, %v", l, found, err)
		}
	}
}

// each is what a language says, in the order of All.
func each(say func(Lang) string) string {
	var said []string
	for _, l := range All() {
		said = append(said, say(l))
	}
	return strings.Join(said, " | ")
}

func TestText(t *testing.T) {
	t.Parallel()
	for expected, say := range map[string]func(Lang) string{
		"until 3 | hasta el 3 | 截至3":                  func(l Lang) string { return l.Text("until %s", "3") },
		"under a minute | menos de un minuto | 不到一分钟": func(l Lang) string { return l.Text("under a minute") },
		"1 day | 1 día | 1天":                          func(l Lang) string { return l.Plural(1, "%d day", "%d days") },
		"0 days | 0 días | 0天":                        func(l Lang) string { return l.Plural(0, "%d day", "%d days") },
		"1,234 days | 1,234 días | 1,234天":            func(l Lang) string { return l.Plural(1234, "%d day", "%d days") },
		"has no words | has no words | has no words":  func(l Lang) string { return l.Text("has no words##but a context") },
		"7 of 1,000 | 7 of 1,000 | 7 of 1,000":        func(l Lang) string { return l.Text("%d of %d", 7, int64(1000)) },
		"until 1 Mar 2026, 00:00:00 UTC | hasta el 1 mar 2026, 00:00:00 UTC | 截至2026年3月1日 00:00:00 UTC": func(l Lang) string {
			return l.Text("until %s", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
		},
		"1 is | 1 are | 1 are": func(l Lang) string { return l.Plural(1, "%d is", "%d are") },
		"100% | 100% | 100%":   func(l Lang) string { return l.Text("100%") },
	} {
		if found := each(say); found != expected {
			t.Errorf("%s, want %s", found, expected)
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 4, 5, 6, 7, time.UTC)
	for expected, say := range map[string]func(Lang) string{
		"1 Mar 2026 | 1 mar 2026 | 2026年3月1日":                                          func(l Lang) string { return l.Date(at) },
		"1 Mar 2026, 04:05:06 UTC | 1 mar 2026, 04:05:06 UTC | 2026年3月1日 04:05:06 UTC": func(l Lang) string { return l.Moment(at.In(time.FixedZone("", -6*3600))) },
		"28 Feb 2026 | 28 feb 2026 | 2026年2月28日":                                       func(l Lang) string { return l.Date(at.In(time.FixedZone("", -6*3600))) },
		"March 2026 | marzo de 2026 | 2026年3月":                                         func(l Lang) string { return l.Month(at) },
		"1 Mar 2026 – 2 Mar 2026 | 1 mar 2026 – 2 mar 2026 | 2026年3月1日至2026年3月2日":      func(l Lang) string { return l.Span(at, at.Add(24*time.Hour)) },
		"from 1 Mar 2026 on | desde el 1 mar 2026 | 自2026年3月1日起":                       func(l Lang) string { return l.Span(at, time.Time{}) },
		"until 1 Mar 2026 | hasta el 1 mar 2026 | 截至2026年3月1日":                         func(l Lang) string { return l.Span(time.Time{}, at) },
		" |  | ": func(l Lang) string {
			return l.Date(time.Time{}) + l.Moment(time.Time{}) + l.Month(time.Time{}) + l.Span(time.Time{}, time.Time{})
		},
		"47 hours | 47 horas | 47小时":        func(l Lang) string { return l.Age(48*time.Hour - 1) },
		"1 hour | 1 hora | 1小时":             func(l Lang) string { return l.Age(time.Hour) },
		"59 minutes | 59 minutos | 59分钟":    func(l Lang) string { return l.Age(time.Hour - 1) },
		"12.5% | 12.5 % | 12.5%":            func(l Lang) string { return l.Percent(1, 8) },
		"99.9% | 99.9 % | 99.9%":            func(l Lang) string { return l.Percent(999_999, 1_000_000) },
		"0.1% | 0.1 % | 0.1%":               func(l Lang) string { return l.Percent(1, 1<<62) },
		"100% | 100 % | 100%":               func(l Lang) string { return l.Percent(1<<62, 1<<62) },
		"– | – | –":                         func(l Lang) string { return l.Percent(0, 0) },
		"a | a | a":                         func(l Lang) string { return l.List("a") },
		"a, b and c | a, b y c | a、b和c":     func(l Lang) string { return l.List("a", "b", "c") },
		"a and Ines | a e Ines | a和Ines":    func(l Lang) string { return l.List("a", "Ines") },
		"a and hielo | a y hielo | a和hielo": func(l Lang) string { return l.List("a", "hielo") },
	} {
		if found := each(say); found != expected {
			t.Errorf("%s, want %s", found, expected)
		}
	}
	for plain, expected := range map[string]string{
		"0": "0", "999": "999", "1000": "1,000", "-1234567.50": "-1,234,567.50", "1,000.00": "1,000.00", "": "", "-": "-",
		"1000.0000": "1,000.0000", "x1000": "x1000", "12e3": "12e3",
	} {
		if found := Spanish.Amount(plain); found != expected {
			t.Errorf("%q: %q, want %q", plain, found, expected)
		}
	}
}

// No digit of an amount may be lost, added or moved by writing it for people.
func TestAmountKeepsEveryDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?`).Draw(t, "amount")
		for _, l := range All() {
			if found := l.Amount(plain); strings.ReplaceAll(found, ",", "") != plain {
				t.Fatalf("%s: %q became %q", l, plain, found)
			}
		}
	})
}

// commands are what stands between backticks, in any order: it is pasted, and
// so is the same in all languages.
func commands(text string) []string {
	var found []string
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			found = append(found, part)
		}
	}
	slices.Sort(found)
	return found
}

// A translation that is there twice can be changed in one place and stay wrong
// in the other; one that is empty, or loses an argument, loses what it says.
func TestTables(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	check := func(english string, all ...string) {
		if seen[english] {
			t.Errorf("%q stands there twice", english)
		}
		seen[english] = true
		for _, text := range append(all, english) {
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%q: a translation is empty or has spaces at its ends: %q", english, text)
			}
			if !slices.Equal(Verbs(text), Verbs(Key(english).English())) {
				t.Errorf("%q: %q has %q, want %q", english, text, Verbs(text), Verbs(english))
			}
			if !slices.Equal(commands(text), commands(english)) {
				t.Errorf("%q: the commands in %q are others", english, text)
			}
			if strings.Contains(text, "##") && text != english {
				t.Errorf("%q: only the English says which meaning: %q", english, text)
			}
		}
	}
	for _, table := range phrases {
		for _, p := range table {
			check(p.en, p.es, p.zh)
			forbids := strings.Contains(p.en, "not pay again")
			if strings.Contains(p.es, "No vuelva a pagar") != forbids || strings.Contains(p.zh, "请勿再次付款") != forbids {
				t.Errorf("%q: who reads another language must be told not to pay again as clearly", p.en)
			}
		}
	}
	for _, table := range counts {
		for _, c := range table {
			check(c.en, c.one, c.uno, c.es, c.zh)
		}
	}
}

func TestVerbs(t *testing.T) {
	t.Parallel()
	for text, expected := range map[string]string{
		"":                          "",
		"no verb":                   "",
		"%d of %s":                  "1d 2s",
		"%[2]s of %[1]d":            "1d 2s",
		"%[1]s and again %[1]s":     "1s",
		"100%% of %d":               "1d",
		"%[2]s, then the next, %s":  "2s 3s",
		"ends in %":                 "!",
		"%[x]s":                     "!",
		"%.2f and %-10s and %[1]d ": "!",
	} {
		if found := strings.Join(Verbs(text), " "); found != expected {
			t.Errorf("%q: %q, want %q", text, found, expected)
		}
	}
}

func TestNothingIsAllocatedForAPlainText(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = Spanish.Text("under a minute") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"en", "es_MX.UTF-8", "zh-Hant-TW", "C", "", "x-private", "es@euro", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse(text)
		if again, err2 := Parse(l.String()); err2 != nil || again != l || err != nil && l != English {
			t.Errorf("%q is %s, which is %s: %v, %v", text, l, again, err, err2)
		}
	})
}
