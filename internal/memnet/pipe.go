package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// capacity is how much one direction holds that was not read yet: as much as
// a socket's buffer does, so that a reader who stopped makes the writer wait.
const capacity = 64 << 10

// pipe is one direction of a connection: one end writes, the other reads.
type pipe struct {
	mu      sync.Mutex
	changed sync.Cond // for readers and writers alike: there is one of each

	buffer []byte
	read   int // how much of the buffer has been read

	ended  error // set by the writing end: io.EOF, or a reset
	refuse error // set by the reading end: writes fail

	reading, writing deadline
}

func newPipe() *pipe {
	p := &pipe{}
	p.changed.L = &p.mu
	return p
}

// Read gives what is there, and waits only if there is nothing.
func (p *pipe) Read(into []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.reading.passed:
			return 0, os.ErrDeadlineExceeded
		case p.refuse != nil:
			return 0, net.ErrClosed // this end was closed by its owner, or reset
		case p.ended != nil && p.ended != io.EOF: //nolint:errorlint // set in here, never wrapped
			return 0, p.ended // a reset overtakes what is in the buffer
		case len(into) == 0:
			return 0, nil
		case p.read < len(p.buffer):
			n := copy(into, p.buffer[p.read:])
			if p.read += n; p.read == len(p.buffer) {
				p.buffer, p.read = p.buffer[:0], 0
			}
			p.changed.Broadcast()
			return n, nil
		case p.ended != nil:
			return 0, p.ended
		}
		p.changed.Wait()
	}
}

// Write puts everything into the buffer, and waits while it is full.
func (p *pipe) Write(from []byte) (written int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.ended != nil:
			return written, net.ErrClosed
		case p.writing.passed:
			return written, os.ErrDeadlineExceeded
		case p.refuse != nil:
			return written, p.refuse
		case len(from) == 0:
			return written, nil
		}
		if room := capacity - (len(p.buffer) - p.read); room > 0 {
			p.compact()
			n := min(room, len(from))
			p.buffer = append(p.buffer, from[:n]...)
			from, written = from[n:], written+n
			p.changed.Broadcast()
			continue
		}
		p.changed.Wait()
	}
}

// compact gives back the part of the buffer that was read.
func (p *pipe) compact() {
	if p.read > 0 {
		p.buffer = p.buffer[:copy(p.buffer, p.buffer[p.read:])]
		p.read = 0
	}
}

// endWriting is the writing end's farewell: io.EOF, after which what is in the
// buffer can still be read, or a reset, after which it cannot.
func (p *pipe) endWriting(with error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended == nil {
		p.ended = with
	}
	p.writing.stop()
	p.changed.Broadcast()
}

// endReading makes every further write fail.
func (p *pipe) endReading(with error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse == nil {
		p.refuse = with
	}
	p.buffer, p.read = nil, 0
	p.reading.stop()
	p.changed.Broadcast()
}

// lose throws away what was written and not read yet.
func (p *pipe) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buffer, p.read = nil, 0
}

// deadline is a moment after which an operation fails. The pipe's mutex
// guards it.
type deadline struct {
	passed bool
	timer  *time.Timer
	set    int // tells a timer that was too late to be stopped from the present one
}

func (d *deadline) stop() {
	d.set++
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

// setDeadline sets one of the pipe's two deadlines; the zero time is none.
func (p *pipe) setDeadline(d *deadline, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.stop()
	d.passed = false
	if at.IsZero() {
		return
	}
	wait := time.Until(at)
	if wait <= 0 {
		d.passed = true
		p.changed.Broadcast()
		return
	}
	set := d.set
	d.timer = time.AfterFunc(wait, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if d.set == set {
			d.passed = true
			p.changed.Broadcast()
		}
	})
}

// The errors of a connection that did not end in good order.
var (
	errReset  = &net.OpError{Op: "read", Net: network, Err: syscall.ECONNRESET}
	errBroken = &net.OpError{Op: "write", Net: network, Err: syscall.EPIPE}
)
