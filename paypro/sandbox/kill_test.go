package sandbox

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// childEnv makes the test binary a sandbox process with this journal.
const childEnv = "SANDBOX_TEST_CHILD_JOURNAL"

// child serves until it is killed.
func child(journal string) {
	g, err := Open(Options{Merchants: merchants(), Journal: journal})
	if err != nil {
		panic(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	panic(http.Serve(l, g))
}

// Whatever a killed process has answered is in its books, once.
func TestKillForgetsNothingAnswered(t *testing.T) {
	t.Parallel()
	journal := filepath.Join(t.TempDir(), "j")
	answered := map[string]bool{}
	for round := range 3 {
		placeUntilKilled(t, journal, round, answered)
		list, err := ReadOrders(journal)
		if err != nil {
			t.Fatal(err)
		}
		booked := map[string]bool{}
		for _, o := range list {
			if booked[o.TradeNo] || o.Nth != 1 {
				t.Errorf("%s is in the books twice", o.TradeNo)
			}
			booked[o.TradeNo] = true
		}
		for no := range answered {
			if !booked[no] {
				t.Errorf("%s was answered and is forgotten", no)
			}
		}
	}
	if len(answered) == 0 {
		t.Error("killed before anything was answered")
	}
}

// placeUntilKilled adds the tradeNos that were answered. A part of them is placed anew
// in each round.
func placeUntilKilled(t *testing.T, journal string, round int, answered map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+journal)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	client := httptest.NewServer(http.NotFoundHandler()) // for its client alone
	defer client.Close()
	client.URL = "http://" + strings.TrimSpace(addr)
	b := &bench{t: t, server: client}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				no := fmt.Sprintf("%d_%d", worker, i+round*10)
				r := b.mexico(no, nil)
				if r.err != nil {
					return
				}
				mu.Lock()
				answered[no] = true // a duplicate is an answer too: it says the order is there
				mu.Unlock()
			}
		})
	}
	time.Sleep(15 * time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	_ = cmd.Wait() // killed, as it says
}
