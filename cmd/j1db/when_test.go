package main

import (
	"testing"
	"time"
)

func TestParseWhen(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]when{
		"":                     {},
		"latest":               {},
		"12":                   {version: 12},
		"2026-03-01":           {time: time.Date(2026, 3, 1, 23, 59, 59, 999e6, time.UTC)},
		"2026-03-01T06:00:00Z": {time: time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)},
		"-7d":                  {time: now.AddDate(0, 0, -7)},
		"-12h":                 {time: now.Add(-12 * time.Hour)},
		"-2w":                  {time: now.AddDate(0, 0, -14)},
	} {
		got, err := parseWhen(text, now)
		if err != nil || got.version != want.version || !got.time.Equal(want.time) {
			t.Errorf("parseWhen(%q) = %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "yesterday", "-7y", "2026-13-01", "7d", "-", "-99999999999999999999d", "-999999999d"} {
		if got, err := parseWhen(text, now); err == nil {
			t.Errorf("parseWhen(%q) = %+v, want an error", text, got)
		}
	}
}
