package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// wrong is a clock that jumps: the commands of a scene go by it, and the
// gateway does not.
type wrong struct {
	path string
	off  time.Duration
	most time.Duration // the furthest ahead that it has been
}

func (s *scene) wrongClock(t *testing.T) *wrong {
	t.Helper()
	w := &wrong{path: filepath.Join(s.folder, "clock")}
	w.jump(t, 0)
	s.enter = func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, clockShift+"="+w.path) }
	return w
}

// jump makes the clock wrong by something else.
func (w *wrong) jump(t *testing.T, off time.Duration) {
	t.Helper()
	w.off, w.most = off, max(w.most, off)
	err := os.WriteFile(w.path+".new", []byte(off.String()), 0o600)
	if err == nil {
		err = os.Rename(w.path+".new", w.path)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// somewhere jumps up to some hours ahead or back.
func (w *wrong) somewhere(t *testing.T, random *rand.Rand) {
	t.Helper()
	w.jump(t, time.Duration(random.Int64N(int64(16*time.Hour)))-8*time.Hour)
}

// A clock that jumps hours ahead and back, between runs and during them, has
// nothing paid twice and nothing lost. A run may end early by it, and what was
// to be asked about at a time that has not come yet must wait; when it has
// come, the same command completes.
func TestKillClockJumps(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as several runs")
	}
	t.Parallel()
	rounds, rows := 1, 30
	if longKilling() {
		rounds, rows = 8, 120
	}
	seed := killSeed(t)
	t.Logf("BULKPAY_SEED=%d", seed)
	for i := range rounds {
		for _, during := range []bool{true, false} {
			if !during && !longKilling() {
				continue
			}
			name := fmt.Sprintf("%d between runs", i+1)
			if during {
				name = fmt.Sprintf("%d during runs", i+1)
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				jumpAbout(t, rand.New(rand.NewPCG(seed, uint64(i))), rows, during)
			})
		}
	}
}

func jumpAbout(t *testing.T, random *rand.Rand, rows int, during bool) {
	t.Helper()
	s := newScene(t, "--delay", "100ms")
	word := func(i int) string {
		if i%7 > 0 {
			return ""
		}
		return []string{"reset-lost", "5000", "invisible", "http-429"}[i/7%4]
	}
	s.add(t, "sheet.csv", "mexico", rows, random.Uint64(), word)
	w := s.wrongClock(t)
	ended, killed := map[int]int{}, 0
	for range 1 + rows/30 {
		w.somewhere(t, random)
		run := s.pay(t, "--rate", "60", "--deadline", "2s")
		for range 2 + random.IntN(4) {
			select {
			case <-run.ended:
			case <-time.After(time.Duration(100+random.IntN(400)) * time.Millisecond):
			}
			if during && !run.hasEnded() {
				w.somewhere(t, random)
			}
		}
		if !run.hasEnded() {
			killed++
			s.killed = true
			_ = run.cmd.Process.Kill() // it may just have ended
		}
		if code := run.code(t); code >= 0 {
			ended[code]++
			if code != exitDone && code != exitUnfinished && code != exitInDoubt && code != exitLocked {
				t.Errorf("exit code %d: %s", code, &run.err)
			}
		}
		s.look(t)
	}
	t.Logf("%d of %d ordered; %d killed, others ended by themselves with these codes: %v", s.ordered(), len(s.given), killed, ended)
	w.jump(t, w.most+time.Hour)
	s.finish(t, "--rate", "400")
	s.audit(t)
	s.discreet(t)
}
