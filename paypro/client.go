package paypro

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Limits of a request. The gateway documents none; these are ours.
const (
	// DialTimeout bounds finding and reaching the gateway.
	DialTimeout = 10 * time.Second
	// TLSTimeout bounds agreeing on encryption.
	TLSTimeout = 10 * time.Second
	// RequestTimeout bounds one request from start to the last byte of the
	// answer. What takes longer is in doubt.
	RequestTimeout = 30 * time.Second
	// MaxAnswerBytes bounds an answer; documented ones have some hundred.
	MaxAnswerBytes = 64 << 10
	// IdleTimeout is how long an unused connection is kept: shorter than the
	// minute after which common gateways and proxies drop one silently.
	IdleTimeout = 45 * time.Second
	// MaxConnections bounds open connections, and so workers that can send
	// at once. Idle ones are all kept: the standard library's two would
	// make every request of a busy run dial anew.
	MaxConnections = 256
)

// Config is all a client needs to know.
type Config struct {
	Area           *Area
	BaseURL        string // https, unless it is loopback; the area's paths are appended
	MerchantNo     string
	Secret         Secret
	SecretPosition SecretPosition    // "": SecretLast
	SignPlace      SignPlace         // one of the area's, "": its first
	Wire           map[string]string // choices among a field's wire names, by field name, or among a choice's by field=choice
	Timeout        time.Duration     // 0: RequestTimeout
	Now            func() time.Time  // nil: time.Now

	// Dial opens connections instead of the network, for tests and
	// simulations; no proxy is used then. nil: the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// UnknownWords are the words, in any case, by which the answer to a query
	// says that the number is not known. The documents are silent.
	// nil: DefaultUnknownWords.
	UnknownWords []string
}

// DefaultUnknownWords are what gateways commonly say of a number they do not
// know.
var DefaultUnknownWords = []string{
	"not exist", "not found", "no such order", "unknown order", "does not exist", "no record", "不存在", "no existe",
}

// duplicateWords are what gateways commonly say of a number they know. One
// word too many costs a query, one too few may cost a second payout.
var duplicateWords = []string{
	"duplicat", "duplicad", "already", "repeat", "repetid", "been used", "ya existe", "重复", "已存在",
}

// pendingWords are what gateways commonly say of what is not over. The same
// holds for them.
var pendingWords = []string{
	"timeout", "timed out", "time out", "time-out", "processing", "in progress", "in process", "inprogress", "pending",
	"procesando", "en proceso", "pendiente", "tiempo de espera", "超时", "处理中", "进行中",
}

// Client speaks to the gateway for one merchant. It is safe for concurrent
// use. Close it when done.
type Client struct {
	area       *Area
	base       string
	merchantNo string
	secret     Secret
	position   SecretPosition
	signIn     SignPlace
	wire       map[string]string
	now        func() time.Time
	unknown    []string
	http       *http.Client
	redact     func(string) string // takes the secret out of a text
}

// NewClient checks the configuration and makes a client. Nothing is sent.
func NewClient(c Config) (*Client, error) {
	if c.Area == nil {
		return nil, errors.New("paypro: no area")
	}
	if err := CheckBaseURL(c.BaseURL); err != nil {
		return nil, err
	}
	if c.MerchantNo == "" || strings.ContainsFunc(c.MerchantNo, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("paypro: the merchant number is empty or has characters that a header cannot carry")
	}
	if c.Secret.reveal() == "" {
		return nil, errors.New("paypro: no secret")
	}
	if c.SecretPosition == "" {
		c.SecretPosition = SecretLast
	}
	if !c.SecretPosition.Valid() {
		return nil, fmt.Errorf("paypro: secret position %q is neither suffix nor prefix", c.SecretPosition)
	}
	if err := c.Area.checkWire(c.Wire); err != nil {
		return nil, err
	}
	signIn, err := c.Area.signIn(c.SignPlace)
	if err != nil {
		return nil, err
	}
	if c.Timeout <= 0 {
		c.Timeout = RequestTimeout
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	unknown, err := unknownWords(c.UnknownWords)
	if err != nil {
		return nil, err
	}
	return &Client{
		area: c.Area, base: strings.TrimRight(c.BaseURL, "/"), merchantNo: c.MerchantNo, secret: c.Secret,
		position: c.SecretPosition, signIn: signIn, wire: maps.Clone(c.Wire), now: c.Now, unknown: unknown, http: newHTTPClient(c.Timeout, c.Dial),
		redact: redactor(c.Secret),
	}, nil
}

// unknownWords brings the words into the form in which they are looked for.
// An empty one would be found in every message, and every refused query would
// then say that the gateway does not know the number.
func unknownWords(words []string) ([]string, error) {
	if words == nil {
		words = DefaultUnknownWords
	}
	lower := make([]string, len(words))
	for i, word := range words {
		lower[i] = strings.ToLower(strings.TrimSpace(word))
		if lower[i] == "" {
			return nil, errors.New("paypro: one of the words for an unknown number is empty")
		}
	}
	return lower, nil
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Area is the area the client speaks to.
func (c *Client) Area() *Area { return c.area }

// CheckBaseURL accepts https anywhere and http on this machine only: a
// request carries names and account numbers.
func CheckBaseURL(base string) error {
	parsed, err := url.Parse(base)
	if err != nil || parsed.Hostname() == "" {
		return errors.New("paypro: the base URL is not an address such as https://host/path")
	}
	switch {
	case parsed.User != nil:
		return errors.New("paypro: the base URL holds a user or password")
	case strings.ContainsAny(base, "?#"): // also empty ones: the paths would become part of them
		return errors.New("paypro: the base URL must end with its path")
	case parsed.Scheme == "https", parsed.Scheme == "http" && IsLoopback(parsed.Hostname()):
		return nil
	}
	return errors.New("paypro: the base URL must start with https:// (http only for 127.0.0.1 and localhost)")
}

// IsLoopback tells whether a host name is this machine without asking DNS.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func (a *Area) checkWire(chosen map[string]string) error {
	for key, wire := range chosen {
		name, choice, ofChoice := strings.Cut(key, "=")
		field := a.Field(name)
		if field == nil {
			return fmt.Errorf("paypro: %s has no field %s", a.Name, name)
		}
		known := field.Wire
		if ofChoice {
			known = field.WireChoices[choice]
		}
		switch {
		case len(known) == 0:
			return fmt.Errorf("paypro: %s has one name on the wire only", key)
		case !slices.Contains(known, wire):
			return fmt.Errorf("paypro: %s cannot travel as %s: choose one of %s", key, wire, strings.Join(known, ", "))
		}
	}
	return nil
}

// signIn is where the signature goes, given the merchant's choice among the
// documented places.
func (a *Area) signIn(chosen SignPlace) (SignPlace, error) {
	places := a.SignPlaces
	if len(places) == 0 {
		places = []SignPlace{SignInBody}
	}
	switch {
	case chosen == "":
		return places[0], nil
	case slices.Contains(places, chosen):
		return chosen, nil
	case len(places) == 1:
		return "", fmt.Errorf("paypro: %s has the signature in the %s only", a.Name, places[0])
	}
	return "", fmt.Errorf("paypro: the signature can stand in the body or in the header, not in %q", chosen)
}

type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// newHTTPClient makes a client of our own: HTTP/1.1, where one connection
// carries one request, no redirects, and a connection that counts its bytes.
func newHTTPClient(timeout time.Duration, dial dialer) *http.Client {
	proxy := http.ProxyFromEnvironment
	if dial == nil {
		dial = (&net.Dialer{Timeout: DialTimeout, KeepAlive: 15 * time.Second}).DialContext
	} else {
		proxy = nil
	}
	transport := &http.Transport{
		Proxy: proxy,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn}, nil
		},
		TLSHandshakeTimeout:    TLSTimeout,
		MaxIdleConns:           MaxConnections,
		MaxIdleConnsPerHost:    MaxConnections,
		MaxConnsPerHost:        MaxConnections,
		IdleConnTimeout:        IdleTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // nothing to gain, and no bombs
		Protocols:              new(http.Protocols),
	}
	transport.Protocols.SetHTTP1(true)
	return &http.Client{
		Transport: transport,
		Timeout:   timeout,
		// A redirect would repeat the request somewhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// countedConn counts the bytes written, so that "nothing left" can be told
// from "something may have".
type countedConn struct {
	net.Conn
	written atomic.Int64
}

func (c *countedConn) Write(p []byte) (int, error) {
	c.written.Add(int64(len(p))) // before: a failing write may have sent some
	return c.Conn.Write(p)
}

// Place sends a payout once. It never repeats itself.
func (c *Client) Place(ctx context.Context, r Request) Verdict {
	params, err := c.placement(r, c.now())
	if err != nil {
		return Verdict{Kind: NotSent, Reason: ReasonInvalidRequest, Message: err.Error()}
	}
	exchange := c.exchange(ctx, c.area.PayoutPath, params)
	return c.stamp(c.judgePlacement(exchange, r), exchange)
}

// Query asks once what became of a payout.
func (c *Client) Query(ctx context.Context, r Request) Verdict {
	if r.TradeNo == "" {
		return Verdict{Kind: NoAnswer, Reason: ReasonInvalidRequest, Message: "no trade number"}
	}
	exchange := c.exchange(ctx, c.area.QueryPath, c.query(r.TradeNo, c.now()))
	return c.stamp(c.judgeQuery(exchange, r), exchange)
}

// exchange is one request and all that came back.
type exchange struct {
	status     int
	body       []byte
	retryAfter time.Duration
	date       time.Time // by the other side's clock
	elapsed    time.Duration
	err        error
	left       bool // bytes of the request may have left
	stopped    bool // the caller gave up waiting
	invalid    bool // the request could not be written down, and never will
	tooLong    bool
	raw        []byte
}

// stamp adds to a verdict what every exchange knows, and takes the secret out
// of the gateway's words: some echo the text they wanted signed.
func (c *Client) stamp(v Verdict, e exchange) Verdict {
	v.Message = c.redact(v.Message)
	v.HTTPStatus, v.RetryAfter, v.Date, v.Elapsed, v.Raw = e.status, e.retryAfter, e.date, e.elapsed, e.raw
	return v
}

// exchange signs, sends and reads, once.
func (c *Client) exchange(ctx context.Context, path string, params []Param) exchange {
	sign := Sign(params, c.secret, c.position)
	if c.signIn == SignInBody && len(params) > 0 {
		params = append(params, Param{Name: signName, Value: sign})
	}
	var body []byte
	if len(params) > 0 {
		var err error
		if body, err = encode(params); err != nil {
			return exchange{err: err, invalid: true, raw: []byte(err.Error())}
		}
	}
	var wire atomic.Pointer[wireMark]
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { wire.Store(markWire(info.Conn)) },
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return exchange{err: err, invalid: true, raw: []byte("the request could not be built")}
	}
	// Without GetBody the transport cannot rewind the body, and so can never
	// send the request a second time behind our back.
	request.GetBody = nil
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("merchantNo", c.merchantNo)
	if c.signIn == SignInHeader {
		request.Header.Set(signName, sign)
	}
	start := time.Now()
	e := c.receive(request)
	e.elapsed = time.Since(start)
	if mark := wire.Load(); mark != nil {
		e.left = mark.moved()
	}
	// The transport's error may be the cause of the cancellation, which is
	// any error; the context knows.
	e.stopped = errors.Is(ctx.Err(), context.Canceled)
	e.raw = c.evidence(e)
	return e
}

func (c *Client) receive(request *http.Request) exchange {
	response, err := c.http.Do(request)
	if err != nil {
		return exchange{err: err}
	}
	defer response.Body.Close() //nolint:errcheck // it has been read, or given up
	e := exchange{status: response.StatusCode, retryAfter: retryAfter(response.Header)}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		e.date = date
	}
	e.body, e.err = io.ReadAll(io.LimitReader(response.Body, MaxAnswerBytes+1))
	if len(e.body) > MaxAnswerBytes {
		e.body, e.tooLong = e.body[:MaxAnswerBytes], true
	}
	return e
}

// evidence is what the ledger keeps of an exchange. The secret has no
// business in an answer; should the gateway echo it, it is cut out.
func (c *Client) evidence(e exchange) []byte {
	var raw bytes.Buffer
	if e.status != 0 {
		fmt.Fprintf(&raw, "HTTP %d\n\n", e.status)
		raw.Write(e.body)
	}
	if e.err != nil {
		var wrapped *url.Error
		err := e.err
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the address
		}
		fmt.Fprintf(&raw, "error: %v", err)
	}
	return []byte(c.redact(raw.String()))
}

// redactor cuts a secret out of texts, as it is and as JSON writes it. It is
// a function because package fmt prints those as an address.
func redactor(secret Secret) func(string) string {
	text := secret.reveal()
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(fmt.Sprintf("a string cannot be encoded: %v", err)) // no string fails
	}
	plain := appendString(nil, text)
	return strings.NewReplacer(
		string(quoted[1:len(quoted)-1]), secret.String(), string(plain[1:len(plain)-1]), secret.String(), text, secret.String(),
	).Replace
}

// wireMark remembers how much a connection had written when a request got
// it.
type wireMark struct {
	conn *countedConn
	at   int64
}

func markWire(conn net.Conn) *wireMark {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if counted, ok := conn.(*countedConn); ok {
		return &wireMark{counted, counted.written.Load()}
	}
	return &wireMark{} // a connection of unknown make: assume bytes left
}

func (m *wireMark) moved() bool { return m.conn == nil || m.conn.written.Load() != m.at }

// retryAfter reads the header's seconds; the form with a date is rare and
// stands for "later", which backing off gives anyway.
func retryAfter(header http.Header) time.Duration {
	const most = time.Hour
	seconds, err := strconv.ParseUint(header.Get("Retry-After"), 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, most)
}
