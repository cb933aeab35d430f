package main_test

import (
	"slices"
	"strings"
	"testing"

	dev "github.com/j1db/j1db/cmd/dev"
)

// tables are what benchstat -format csv prints.
const tables = `goos: linux
,old,,new,,,
,sec/op,CI,sec/op,CI,vs base,P
Q1/n=1000-2,1.03e-07,2%,1.53e-07,2%,+48.31%,p=0.002 n=6
Q2/n=1000-2,1.03e-07,2%,1.13e-07,2%,+9.70%,p=0.002 n=6
Q3/n=1000-2,1.03e-07,2%,0.53e-07,2%,-48.50%,p=0.002 n=6
Q4/n=1000-2,1.03e-07,90%,1.93e-07,80%,~,p=0.180 n=6
Load/n=1000-2,,,1.51e-07,∞
geomean,1.03e-07,,1.22e-07,,+48.31%,

,old,,new,,,
,B/op,CI,B/op,CI,vs base,P
Q1/n=1000-2,5,0%,50,0%,+900.00%,p=0.002 n=6
`

func TestSlowdowns(t *testing.T) {
	for _, test := range []struct {
		name    string
		percent float64
		want    []string
	}{
		{"ten percent", 10, []string{"Q1/n=1000-2 +48.31%"}},
		{"five percent", 5, []string{"Q1/n=1000-2 +48.31%", "Q2/n=1000-2 +9.70%"}},
		{"half", 50, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := dev.Slowdowns(strings.NewReader(tables), test.percent)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("slower are %q (%v), want %q", got, err, test.want)
			}
		})
	}
}
