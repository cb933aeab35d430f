package j1files_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/j1db/j1db/ingest/j1files"
)

// seeds are objects as files hold them, and as they should not.
var seeds = []string{
	`{"_key":"user:1","_type":"acme_user","_class":["User"],"displayName":"Ada","active":true,"n":-12,"f":1.5e3,"none":null,"tags":["a","b"],"empty":[]}`,
	`{"_key":"r","_type":"t","_class":"HAS","_fromEntityKey":"a","_toEntityKey":"b","_fromEntityScope":"other","_fromEntityId":"x"}`,
	`{"_key":"m","_type":"t","_class":"is","_mapping":{"sourceEntityKey":"a","targetFilterKeys":[["_class","email"]],"targetEntity":{"_class":"Person","email":"a@orchard.example","tag.x":"true"}}}`,
	`{"_key":"m","_type":"t","_class":"IS","_mapping":{"relationshipDirection":"REVERSE","sourceEntityKey":"a","targetEntity":{"_key":"k","_type":"y"},"skipTargetCreation":true}}`,
	`{"_key":"k","_type":"t","_class":["A","B"],"_rawData":[{"name":"default","rawData":{"a":[1,2,{"b":"\u00e9"}]}}]}`,
	"{ \"_key\" : \"k\" ,\t\"_type\":\"t\", \"_class\" : [ \"A\" ] , \"_rawData\" : { \"a\" : 1 } ,\n\"x\" : [ 1 , 2 ] }\r",
	`{"_key":"k","_type":"t","_class":"A","esc":"a\"b\\c\/d\b\f\n\r\té😀","tag.Prod":"True","tag.Not":"truely","tag.F":"FALSE"}`,
	`{"_key":"k","_type":"t","_class":"A","nested":{"a":{"b":[]}},"list":[1,[2]],"objects":[{}],"mixed":[1,"a",null,true,2.5]}`,
	`{"_key":"k","_type":"t","_class":"A","x":1,"x":2}`,
	`{"_key":"k","_type":"t","_class":"A","big":9223372036854775807,"bigger":9223372036854775808,"least":-9223372036854775808,"zero":-0,"third":0.1}`,
	`{"_key":"k","_type":"t","_class":"A","_id":"i","_version":3,"_createdOn":1,"_unknown":"kept","_accountId":{"a":1}}`,
	`{"_key":"k","_type":"t","_class":"A","x":1e999}`,
	`{"_key":"k","_type":"t","_class":"A","x":[1e999]}`,
	`{"_key":"k","_type":"t","_class":"A","x":"\ud800"}`,
	`{"_key":"k","_type":"t","_class":"A","x":"\ud83d\ude00"}`,
	"{\"_key\":\"k\",\"_type\":\"t\",\"_class\":\"A\",\"x\":\"\xff\"}",
	"{\"_key\":\"k\",\"_type\":\"t\",\"_class\":\"A\",\"x\":\"é中😀\"}",
	"{\"_key\":\"k\",\"_type\":\"t\",\"_class\":\"A\",\"x\":\"a\tb\"}",
	`{"_key":"k","_type":"t","_class":"A","x":NaN}`,
	`{"_key":"k","_type":"t","_class":"A","x":01}`,
	`{"_key":"k","_type":"t","_class":"A","x":+1}`,
	`{"_key":"k","_type":"t","_class":"A","x":1.}`,
	`{"_key":"k","_type":"t","_class":"A","x":[1,]}`,
	`{"_key":"k","_type":"t","_class":"A","x":[,1]}`,
	`{"_key":"k","_type":"t","_class":"A","x":tru}`,
	`{"_key":"k","_type":"t","_class":"A",}`,
	`{"_key":"k","_type":"t","_class":"A"} x`,
	`{"_key":"k","_type":"t","_class":"A"`,
	`{"_key":"","_type":"t","_class":"A"}`,
	`{"_key":"k\u0000","_type":"t","_class":"A"}`,
	`{"_key":"k","_type":"","_class":"A"}`,
	`{"_key":"k","_type":"t","_class":["A",1]}`,
	`{"_key":"k","_type":"t","_class":[]}`,
	`{"_key":"k","_type":"t","_class":[],"_fromEntityKey":"a","_toEntityKey":"b"}`,
	`{"_key":"k","_type":"t","_class":"A","":1}`,
	`{"_key":"k","_type":"t","_class":"A","a\u0062":1,"ab":2}`,
	`{"_key":"k","_type":"t","_class":"HAS","_fromEntityKey":"a"}`,
	`{"_key":"k","_type":"t","_class":"HAS","_fromEntityKey":null,"_toEntityKey":null}`,
	`{"_key":"k","_type":"t","_class":"HAS","_fromEntityId":"a","_toEntityId":"b"}`,
	`{"_key":"k","_type":"t","_class":"A","x":` + strings.Repeat("[", 498) + strings.Repeat("]", 498) + `}`,
	`{"_key":"k","_type":"t","_class":"A","x":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`,
	`{}`, `[]`, `"x"`, `{"a"}`, `{"a":}`, `{"a" 1}`, ``, ` `, `null`,
}

func TestDecodersAgree(t *testing.T) {
	d := j1files.NewDecoders()
	for _, text := range seeds {
		checkDecoders(t, d, text)
	}
}

// The scanner has to take what files usually hold: otherwise it is right, and slow.
func TestScannerTakesTheUsual(t *testing.T) {
	d := j1files.NewDecoders()
	for i, text := range seeds {
		_, took := d.Scan(text, "")
		usual := i == 0 || i == 1 || i >= 4 && i <= 7 || i == 9 || i == 10 || i == 14 || i == 16
		if usual && !took {
			t.Errorf("the scanner does not take %s", text)
		}
	}
}

func FuzzDecoders(f *testing.F) {
	for _, text := range seeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkDecoders(t, j1files.NewDecoders(), text)
	})
}

// checkDecoders holds the scanner against encoding/json: whatever it takes it
// must read alike, whatever follows in memory and whether it knows the shape.
func checkDecoders(t *testing.T, d *j1files.Decoders, text string) {
	t.Helper()
	want, err := d.Decode(text)
	_, first := d.Scan(text, "")
	for _, behind := range []string{"", "\n", "\n{\"a\":1}\n", "}", "]}\"", `","x":1}`} {
		got, took := d.Scan(text, behind)
		switch {
		case took != first:
			t.Errorf("%q: the scanner takes it %t at first and %t before %q", text, first, took, behind)
		case took && err != nil:
			t.Errorf("%q: the scanner takes what encoding/json refuses: %v", text, err)
		case took && got != want:
			t.Errorf("%q: the scanner reads\n%s\nencoding/json\n%s", text, got, want)
		}
	}
}

// tokens are pieces of objects. Strings of them are nearly JSON more often than
// strings of bytes are.
var tokens = []string{
	`{`, `}`, `[`, `]`, `,`, `:`, `"`, ` `, "\n", `\`, `{"_key":"k","_type":"t","_class":"C",`, `{"_key":"k","_type":"t","_class":["C"],"_fromEntityKey":"a","_toEntityKey":"b",`,
	`"_key":`, `"_type":`, `"_class":`, `"_fromEntityKey":`, `"_toEntityKey":`, `"_fromEntityScope":`, `"_toEntityId":`, `"_rawData":`, `"_mapping":`, `"_version":`,
	`"a":`, `"b":`, `"tag.x":`, `"\u0061":`, `"é":`, `"x"`, `"true"`, `"\n\"\\"`, `"\ud83d\ude00"`, `"\ud83d"`, "\"\xff\"", `"a`, `null`, `true`, `false`, `nul`,
	`0`, `-1`, `12345678901234567890`, `1.5`, `1e5`, `1E+400`, `-0`, `00`, `[]`, `{}`, `["A","B"]`, `[1,"a",null]`, `[[1]]`, `{"a":[{}]}`, `[{"n":1}]`,
}

func TestDecodersAgreeOnTokens(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	took := 0
	for range 20000 {
		text := tokens[10+r.IntN(2)]
		for range 1 + r.IntN(8) {
			switch r.IntN(3) {
			case 0:
				text += tokens[r.IntN(len(tokens))]
			default: // a member, more or less
				text += tokens[12+r.IntN(15)] + tokens[27+r.IntN(len(tokens)-27)] + ","
			}
		}
		text = strings.TrimSuffix(text, ",") + "}"
		d := j1files.NewDecoders()
		checkDecoders(t, d, text)
		if _, ok := d.Scan(text, ""); ok {
			took++
		}
		if t.Failed() {
			return
		}
	}
	if took < 500 {
		t.Errorf("only %d of the objects were read by both decoders", took)
	}
}
