package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"time"

	"github.com/j1db/j1db/cmd/j1db/internal/estate"
	"github.com/j1db/j1db/store"
)

// coldOf measures whole processes, if --cold asks for them: j1db query with JSON
// Lines as its output, from start to end, with the file in the page cache.
func (b *bencher) coldOf(ctx context.Context, db *store.DB, questions []estate.Question) error {
	if !b.cold {
		return nil
	}
	if _, err := b.process(ctx, "ColdVersion", "version"); err != nil {
		return err
	}
	for i := range questions {
		q := &questions[i]
		if !b.asked(q) {
			continue
		}
		out, err := b.process(ctx, "Cold"+capitalized(q.Name), "--db", db.Path(), "query", q.Text, "-o", "jsonl")
		if err == nil {
			err = q.Want.Check(jsonRows(out))
		}
		if err != nil {
			return fmt.Errorf("cold %s: %w", q.Name, err)
		}
	}
	return nil
}

// process runs this program with arguments again and again, prints how long it
// takes, and returns what it printed.
func (b *bencher) process(ctx context.Context, name string, args ...string) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	var out, problem bytes.Buffer
	t, err := b.repeat(b.rounds, func() error {
		out.Reset()
		problem.Reset()
		c := exec.CommandContext(ctx, self, args...)
		c.Args[0] = os.Args[0] // what the program was called as
		c.Stdout, c.Stderr, c.WaitDelay = &out, &problem, time.Second
		if err := c.Run(); err != nil {
			return errors.Join(err, errors.New(problem.String()))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	b.line(name, t.runs, metric{float64(t.median.Nanoseconds()), "ns/op"})
	return out.Bytes(), nil
}

// jsonRows are the rows of an answer in JSON Lines: of a table its values in
// order, of a list the keys.
func jsonRows(text []byte) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for lines := bufio.NewReader(bytes.NewReader(text)); ; {
			line, err := lines.ReadBytes('\n')
			if errors.Is(err, io.EOF) && len(line) == 0 {
				return
			}
			row, err := jsonRow(line)
			if !yield(row, err) {
				return
			}
		}
	}
}

func jsonRow(line []byte) ([]string, error) {
	var item struct {
		Entity *struct {
			Key string `json:"_key"`
		} `json:"entity"`
	}
	if err := json.Unmarshal(line, &item); err == nil && item.Entity != nil {
		return []string{item.Entity.Key}, nil
	}
	tokens := json.NewDecoder(bytes.NewReader(line))
	tokens.UseNumber()
	var row []string
	for i := -1; ; i++ { // the brace comes first, then names and values take turns
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			return row, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read answer: %w", err)
		}
		if i%2 == 1 {
			row = append(row, fmt.Sprint(token))
		}
	}
}
