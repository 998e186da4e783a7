// Package memnet is a network that exists in memory only: listeners, dialers
// and connections without sockets, for tests and simulations in which a server
// and its clients live in one process.
//
//	network := memnet.New()
//	listener, err := network.Listen("gateway:80")
//	go server.Serve(listener)
//
//	host := network.Host("client")
//	client := &http.Client{Transport: &http.Transport{DialContext: host.Dial}}
//	…
//	host.Cut(memnet.Lost) // as if its machine were switched off
//
// A connection is two buffers, one each way. What is written can be read at
// once; a full buffer makes the writer wait. Deadlines, half-read answers,
// orderly ends and resets behave as they do with TCP. Nothing in here waits
// in a way that a bubble of testing/synctest would not see, so virtual time
// works; and nothing here is limited by the system, so ten thousand such
// networks can come and go in one process.
//
// A [Host] is where connections come from: one process of a simulation, which
// can die. [Host.Cut] ends all its connections, and it cannot make new ones.
// Whether what was on the wire by then still arrives is the caller's choice.
package memnet
