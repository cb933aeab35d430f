package emulator

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// ServerOptions says how a Server's two APIs behave.
type ServerOptions struct {
	Heroku    HerokuOptions
	JumpCloud JumpCloudOptions
}

// Server serves both APIs on loopback ports, until Close.
type Server struct {
	State     *State
	Heroku    API
	JumpCloud API
	running   sync.WaitGroup
}

// API is one of a Server's APIs.
type API struct {
	URL    string // such as http://127.0.0.1:43210, without a trailing slash; JumpCloud's routes begin with /api
	Key    string // the key that it accepts
	Faults *Faults
	Log    *Log
	http   *http.Server
}

// Start serves the state on two free ports of 127.0.0.1. The caller closes the
// server.
func Start(state *State, o ServerOptions) (*Server, error) {
	s := &Server{State: state}
	heroku, jumpcloud := Heroku(state, o.Heroku), JumpCloud(state, o.JumpCloud)
	s.Heroku = API{Key: or(o.Heroku.Key, HerokuKey), Faults: heroku.Faults, Log: heroku.Log}
	s.JumpCloud = API{Key: or(o.JumpCloud.Key, JumpCloudKey), Faults: jumpcloud.Faults, Log: jumpcloud.Log}
	err := s.listen(&s.Heroku, heroku)
	if err == nil {
		err = s.listen(&s.JumpCloud, jumpcloud)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start emulator: %w", err), s.Close())
	}
	return s, nil
}

// listen starts one API.
func (s *Server) listen(a *API, h http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	a.URL = "http://" + listener.Addr().String()
	a.http = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.running.Go(func() { _ = a.http.Serve(listener) }) // always ErrServerClosed
	return nil
}

// Close stops both APIs and cuts open connections. It may be called again.
func (s *Server) Close() error {
	var errs []error
	for _, a := range []*API{&s.Heroku, &s.JumpCloud} {
		if a.http != nil {
			errs = append(errs, a.http.Close())
		}
	}
	s.running.Wait()
	return errors.Join(errs...)
}
