package emulator

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// JupiterOneServer serves a JupiterOne account on a loopback port until Close.
type JupiterOneServer struct {
	*JupiterOne
	URL          string // such as http://127.0.0.1:43210, without a trailing slash
	Key, Account string // what it accepts
	http         *http.Server
	running      sync.WaitGroup
}

// StartJupiterOne serves an empty account on a free port of 127.0.0.1. The caller
// closes the server.
func StartJupiterOne(o JupiterOneOptions) (*JupiterOneServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start emulator: %w", err)
	}
	j := NewJupiterOne(o)
	s := &JupiterOneServer{
		JupiterOne: j, URL: "http://" + listener.Addr().String(), Key: j.o.Key, Account: j.o.Account,
		http: &http.Server{Handler: j, ReadHeaderTimeout: 10 * time.Second},
	}
	s.running.Go(func() { _ = s.http.Serve(listener) }) // always ErrServerClosed
	return s, nil
}

// Close stops the server and cuts open connections. It may be called again.
func (s *JupiterOneServer) Close() error {
	err := s.http.Close()
	s.running.Wait()
	return err
}
