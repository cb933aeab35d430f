package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/ingest/datamodel"
	"github.com/j1db/j1db/store/graph"
)

// parseConfig reads a file strictly: an unknown field is an error that names the
// nearest known one.
func parseConfig(path string, text []byte) (*fileConfig, error) {
	var f fileConfig
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return nil, explainYAML(path, err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &configError{file: path, err: errors.New("the file holds a second document; a configuration is one")}
	}
	if v := f.DataModel; v != "" && !slices.Contains(datamodel.Versions(), v) {
		return nil, &configError{file: path, err: fmt.Errorf("there is no dataModel %q; known are %s", v, strings.Join(datamodel.Versions(), " and "))}
	}
	seen := map[string]bool{}
	for i := range f.Instances {
		if err := checkInstance(&f.Instances[i], seen); err != nil {
			return nil, &configError{file: path, err: err}
		}
	}
	return &f, nil
}

func checkInstance(in *instanceConfig, seen map[string]bool) error {
	if err := graph.CheckInstance(in.Name); err != nil {
		return err
	}
	if seen[in.Name] {
		return fmt.Errorf("two instances are named %q", in.Name)
	}
	seen[in.Name] = true
	p, err := findProvider(in.Provider)
	if err != nil {
		return fmt.Errorf("instance %q: %w", in.Name, err)
	}
	for _, name := range sortedKeys(in.Config) {
		if !slices.ContainsFunc(p.Settings, func(s ingest.Setting) bool { return s.Name == name }) {
			return fmt.Errorf("instance %q: provider %s has no setting %q%s", in.Name, p.Name, name,
				didYouMean(name, settingNames(p)))
		}
	}
	return nil
}

func settingNames(p *ingest.Provider) []string {
	names := make([]string, len(p.Settings))
	for i, s := range p.Settings {
		names[i] = s.Name
	}
	return names
}

// unknownField is how the YAML library reports a field that no struct has.
var unknownField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line (\d+): field (\S+) not found in type`) })

// goType is how the YAML library names what it wanted.
var goType = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\[\]|\*)*main\.\w+|map\[string\]string`) })

var configFields = []string{"db", "dataModel", "instances", "mapper", "network", "jupiterone", "rules", "proxy", "caFile", "name", "provider", "keepRaw", "disabled",
	"config", "persons", "export", "account", "apiKey", "region", "baseUrl", "deleteGuard",
	"source", "scope", "integrationInstanceId"}

func explainYAML(path string, err error) error {
	if m := unknownField().FindStringSubmatch(err.Error()); m != nil {
		return &configError{file: path, err: fmt.Errorf("line %s: unknown field %q%s", m[1], m[2], didYouMean(m[2], configFields))}
	}
	text := goType().ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "what the configuration has there")
	text = strings.Join(strings.Fields(strings.TrimPrefix(text, "unmarshal errors:")), " ")
	return &configError{file: path, err: errors.New(text), hint: "docs/configuration.md shows every field"}
}

// fileWarnings lists what is legal but unwise in a file.
func fileWarnings(path string, f *fileConfig) []string {
	var warnings []string
	if info, err := os.Stat(path); err == nil && readableByOthers(info) {
		warnings = append(warnings, fmt.Sprintf("%s can be read by others; chmod 600 it", path))
	}
	if p := f.Network.Proxy; strings.Contains(p, "@") && !isReference(p) {
		warnings = append(warnings, path+" holds the credential of network.proxy itself; env:NAME, file:PATH or cmd:COMMAND keep it out of the file")
	}
	if f.JupiterOne != nil && f.JupiterOne.APIKey != "" && !isReference(f.JupiterOne.APIKey) {
		warnings = append(warnings, path+" holds the apiKey of jupiterone itself; env:NAME, file:PATH or cmd:COMMAND keep it out of the file")
	}
	for _, in := range f.Instances {
		p, err := findProvider(in.Provider)
		if err != nil {
			continue
		}
		for _, s := range p.Settings {
			if v := in.Config[s.Name]; s.Secret && v != "" && !isReference(v) {
				warnings = append(warnings, fmt.Sprintf("%s holds the %s of instance %s itself; env:NAME, file:PATH or cmd:COMMAND keep it out of the file",
					path, s.Name, in.Name))
			}
		}
	}
	return warnings
}
