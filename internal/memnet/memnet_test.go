package memnet

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const address = "server:80"

// virtual runs a test in a bubble of its own time, in which a wait that the
// bubble does not see would be a deadlock.
func virtual(t *testing.T, do func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, do)
}

// pair is a connection from both ends.
func pair(t *testing.T) (host *Host, near, far net.Conn) {
	t.Helper()
	world := New()
	listener, err := world.Listen(address)
	must(t, err)
	accepted := make(chan net.Conn)
	go func() {
		conn, _ := listener.Accept()
		accepted <- conn
	}()
	host = world.Host("client")
	near, err = host.Dial(t.Context(), "tcp", address)
	must(t, err)
	far = <-accepted
	t.Cleanup(func() { _, _, _ = near.Close(), far.Close(), listener.Close() })
	return host, near, far
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, to net.Conn, text string) {
	t.Helper()
	_, err := io.WriteString(to, text)
	must(t, err)
}

func wantRead(t *testing.T, from net.Conn, text string) {
	t.Helper()
	got := make([]byte, len(text))
	if _, err := io.ReadFull(from, got); err != nil || string(got) != text {
		t.Errorf("read %q, %v; want %q", got, err, text)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestAConnectionCarriesBothWays(t *testing.T) {
	virtual(t, func(t *testing.T) {
		_, near, far := pair(t)
		if far.RemoteAddr().String() != "client" || near.RemoteAddr().String() != address {
			t.Errorf("from %v to %v", far.RemoteAddr(), near.RemoteAddr())
		}
		write(t, near, "question")
		wantRead(t, far, "question")
		write(t, far, "ans")
		write(t, far, "wer")
		wantRead(t, near, "answer")
	})
}

// TestAnOrderlyEndLosesNothing: what was written before the end is read
// before it, and who writes to the one who has gone hears of it.
func TestAnOrderlyEndLosesNothing(t *testing.T) {
	virtual(t, func(t *testing.T) {
		_, near, far := pair(t)
		write(t, near, "last words")
		must(t, near.Close())
		wantRead(t, far, "last words")
		_, err := far.Read(make([]byte, 1))
		wantError(t, "after the last word", err, io.EOF)
		_, err = far.Write([]byte("x"))
		wantError(t, "writing to who has gone", err, syscall.EPIPE)
		_, err = near.Read(make([]byte, 1))
		wantError(t, "reading what one has closed", err, net.ErrClosed)
		_, err = near.Write([]byte("x"))
		wantError(t, "writing to what one has closed", err, net.ErrClosed)
	})
}

func TestAResetLosesWhatWasNotRead(t *testing.T) {
	virtual(t, func(t *testing.T) {
		_, near, far := pair(t)
		write(t, near, "never read")
		must(t, near.(interface{ SetLinger(int) error }).SetLinger(0))
		_, err := far.Read(make([]byte, 1))
		wantError(t, "after a reset", err, syscall.ECONNRESET)
		_, err = far.Write([]byte("x"))
		wantError(t, "writing after a reset", err, syscall.ECONNRESET)
	})
}

func TestAFullBufferMakesTheWriterWait(t *testing.T) {
	virtual(t, func(t *testing.T) {
		_, near, far := pair(t)
		const size = 300 << 10
		written := false
		go func() {
			_, _ = near.Write(make([]byte, size))
			written = true
		}()
		synctest.Wait()
		if written {
			t.Error("a writer did not wait for a reader who reads nothing")
		}
		got, err := io.CopyN(io.Discard, far, size)
		synctest.Wait()
		if err != nil || got != size || !written {
			t.Errorf("read %d, %v, written %v", got, err, written)
		}
	})
}

func TestDeadlines(t *testing.T) {
	virtual(t, func(t *testing.T) {
		_, near, far := pair(t)
		began := time.Now()
		must(t, near.SetReadDeadline(began.Add(time.Minute)))
		_, err := near.Read(make([]byte, 1))
		wantError(t, "read", err, os.ErrDeadlineExceeded)
		if waited := time.Since(began); waited != time.Minute {
			t.Errorf("waited %v", waited)
		}
		must(t, near.SetReadDeadline(time.Time{}))
		write(t, far, "x")
		wantRead(t, near, "x")

		// One in the past wakes up who reads already: so net/http ends the
		// reading behind a handler's back.
		go func() {
			time.Sleep(time.Second)
			_ = near.SetReadDeadline(time.Unix(1, 0))
		}()
		_, err = near.Read(make([]byte, 1))
		wantError(t, "read", err, os.ErrDeadlineExceeded)

		must(t, near.SetDeadline(time.Now().Add(time.Hour)))
		_, err = near.Write(make([]byte, 1<<20))
		wantError(t, "write", err, os.ErrDeadlineExceeded)
	})
}

// TestADeadlineThatWasMovedNeverPasses: its timer may have fired already.
func TestADeadlineThatWasMovedNeverPasses(t *testing.T) {
	virtual(t, func(t *testing.T) {
		_, near, far := pair(t)
		must(t, near.SetReadDeadline(time.Now().Add(time.Second)))
		must(t, near.SetReadDeadline(time.Now().Add(time.Hour)))
		time.Sleep(time.Minute)
		write(t, far, "x")
		wantRead(t, near, "x")
	})
}

func TestNobodyListens(t *testing.T) {
	virtual(t, func(t *testing.T) {
		world := New()
		host := world.Host("client")
		dial := func(ctx context.Context) error {
			conn, err := host.Dial(ctx, "tcp", address)
			if err == nil {
				_ = conn.Close()
			}
			return err
		}
		wantError(t, "nobody there", dial(t.Context()), syscall.ECONNREFUSED)
		listener, err := world.Listen(address)
		must(t, err)
		_, err = world.Listen(address)
		wantError(t, "listening twice", err, syscall.EADDRINUSE)

		listener.Refuse(true)
		wantError(t, "refused", dial(t.Context()), syscall.ECONNREFUSED)
		listener.Refuse(false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, "nobody accepts", dial(ctx), context.DeadlineExceeded)
		must(t, listener.Close())
		wantError(t, "closed", dial(t.Context()), syscall.ECONNREFUSED)
		_, err = listener.Accept()
		wantError(t, "accepting after the end", err, net.ErrClosed)
	})
}

func TestACutHost(t *testing.T) {
	for name, loss := range map[string]Loss{"arrives": Arrives, "is lost": Lost} {
		t.Run("what was on the wire "+name, func(t *testing.T) {
			virtual(t, func(t *testing.T) {
				host, near, far := pair(t)
				write(t, near, "on the wire")
				host.Cut(loss)
				if loss == Arrives {
					wantRead(t, far, "on the wire")
				}
				want := map[Loss]error{Arrives: io.EOF, Lost: syscall.ECONNRESET}[loss]
				_, err := far.Read(make([]byte, 1))
				wantError(t, "reading from the dead", err, want)
				if n, err := near.Write([]byte("x")); err == nil || n > 0 {
					t.Error("a dead host has written")
				}
				if _, err := host.Dial(t.Context(), "tcp", address); !errors.Is(err, syscall.ENETDOWN) {
					t.Errorf("a dead host dials: %v", err)
				}
				if host.Dialed() != 1 {
					t.Errorf("dialed %d times", host.Dialed())
				}
			})
		})
	}
}

// TestHTTP: the standard library's server and client work over it, with many
// requests on few connections, in virtual time.
func TestHTTP(t *testing.T) {
	virtual(t, func(t *testing.T) {
		client, stop := serve(t)
		defer stop()
		var clients sync.WaitGroup
		for range 8 {
			clients.Go(func() {
				for range 50 {
					if got := ask(client, "ping"); got != "ping" {
						t.Errorf("got %q", got)
					}
				}
			})
		}
		clients.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address, strings.NewReader("silence"))
		must(t, err)
		_, err = client.Do(request)
		wantError(t, "a server that says nothing", err, context.DeadlineExceeded)
	})
}

// serve is a server that repeats what it is told, and its client.
func serve(t testing.TB) (client *http.Client, stop func()) {
	world := New()
	listener, err := world.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) == "silence" {
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(body)
	})}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	transport := &http.Transport{DialContext: world.Host("client").Dial, MaxIdleConnsPerHost: 100}
	return &http.Client{Transport: transport}, func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		serving.Wait()
	}
}

func ask(client *http.Client, what string) string {
	response, err := client.Post("http://"+address, "text/plain", strings.NewReader(what))
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return string(body)
}

func BenchmarkHTTP(b *testing.B) {
	client, stop := serve(b)
	defer stop()
	for b.Loop() {
		if ask(client, "ping") != "ping" {
			b.Fatal("no answer")
		}
	}
}
