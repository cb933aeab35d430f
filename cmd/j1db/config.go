package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/j1db/j1db/ingest"
	"github.com/j1db/j1db/store/graph"
)

// fileConfig is what a configuration file may hold.
type fileConfig struct {
	DB         string            `yaml:"db"`
	Instances  []instanceConfig  `yaml:"instances"`
	Mapper     mapperConfig      `yaml:"mapper"`
	JupiterOne *jupiterOneConfig `yaml:"jupiterone"`
}

type instanceConfig struct {
	Name     string            `yaml:"name"`
	Provider string            `yaml:"provider"`
	KeepRaw  *bool             `yaml:"keepRaw"`
	Disabled []string          `yaml:"disabled"` // steps that never run
	Config   map[string]string `yaml:"config"`
	// JupiterOne says where an export puts the instance.
	JupiterOne jupiterOneTarget `yaml:"jupiterone"`

	origin string // the file, or "environment"
}

// jupiterOneTarget is a scope, or the instance of an integration.
type jupiterOneTarget struct {
	Source     string `yaml:"source"`
	Scope      string `yaml:"scope"`
	InstanceID string `yaml:"integrationInstanceId"`
}

type mapperConfig struct {
	Persons *bool `yaml:"persons"`
}

type jupiterOneConfig struct {
	Account     string  `yaml:"account"`
	APIKey      string  `yaml:"apiKey"`
	Region      string  `yaml:"region"`
	BaseURL     string  `yaml:"baseUrl"`
	DeleteGuard float64 `yaml:"deleteGuard"`

	origin string // the file
}

// config is the configuration of one command, merged from all of its sources.
type config struct {
	db        setting
	instances []instanceConfig
	persons   bool
	// jupiterOne is empty where nothing is configured.
	jupiterOne jupiterOneConfig
	files      []string // that were read, the strongest first
	warnings   []string
}

// setting is a value and where it came from.
type setting struct{ value, origin string }

// configError is an error of a configuration file.
type configError struct {
	file string
	err  error
	hint string
}

func (e *configError) Error() string { return fmt.Sprintf("read configuration %s: %v", e.file, e.err) }
func (e *configError) Unwrap() error { return e.err }

// loadConfig merges flag, environment, project file, user file and defaults, in
// that order of strength. Missing files are no error, unless they were named.
func (a *app) loadConfig() (*config, error) {
	c := &config{persons: true}
	files, err := a.configFiles()
	if err != nil {
		return nil, err
	}
	c.setDB(a.flags.db, "flag --db", "")
	c.setDB(a.getenv("J1DB_DB"), "J1DB_DB", "")
	for _, f := range files {
		if err := a.mergeFile(c, f); err != nil {
			return nil, err
		}
	}
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	c.setDB(filepath.Join(dir, "graph.db"), "default", "")
	return c, nil
}

func (c *config) setDB(value, origin, folder string) {
	if value == "" || c.db.value != "" {
		return
	}
	if folder != "" && !filepath.IsAbs(value) {
		value = filepath.Join(folder, value)
	}
	c.db = setting{value, origin}
}

// configFile is a file to read, and how far to believe it.
type configFile struct {
	path    string
	named   bool // by flag or environment: it must exist, and is trusted by that
	project bool // found in the working folder: restricted until it is trusted
}

func (a *app) configFiles() ([]configFile, error) {
	if named := cmpOr(a.flags.config, a.getenv("J1DB_CONFIG")); named != "" {
		return []configFile{{path: named, named: true}}, nil
	}
	dir, err := a.configDir()
	if err != nil {
		return nil, err
	}
	return []configFile{
		{path: filepath.Join(a.workDir, "j1db.yaml"), project: true},
		{path: filepath.Join(dir, "config.yaml")},
	}, nil
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// mergeFile adds what a file says to what stronger sources left open.
func (a *app) mergeFile(c *config, f configFile) error {
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) && !f.named {
		return nil
	}
	if err != nil {
		return &configError{f.path, err, "check --config and J1DB_CONFIG"}
	}
	parsed, err := parseConfig(f.path, text)
	if err != nil {
		return err
	}
	if f.project {
		if err := a.checkTrust(f.path, text, parsed); err != nil {
			return err
		}
	}
	c.files = append(c.files, f.path)
	c.warnings = append(c.warnings, fileWarnings(f.path, parsed)...)
	c.merge(f.path, parsed)
	return nil
}

func (c *config) merge(path string, f *fileConfig) {
	c.setDB(f.DB, path, filepath.Dir(path))
	for _, in := range f.Instances {
		if c.instance(in.Name) == nil {
			in.origin = path
			c.instances = append(c.instances, in)
		}
	}
	if f.JupiterOne != nil && c.jupiterOne == (jupiterOneConfig{}) {
		c.jupiterOne = *f.JupiterOne
		c.jupiterOne.origin = path
	}
	if f.Mapper.Persons != nil {
		c.persons = c.persons && *f.Mapper.Persons
	}
}

func (c *config) instance(name string) *instanceConfig {
	i := slices.IndexFunc(c.instances, func(in instanceConfig) bool { return in.Name == name })
	if i < 0 {
		return nil
	}
	return &c.instances[i]
}

// parseConfig reads a file strictly: an unknown field is an error that names the
// nearest known one.
func parseConfig(path string, text []byte) (*fileConfig, error) {
	var f fileConfig
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return nil, explainYAML(path, err)
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
var unknownField = regexp.MustCompile(`line (\d+): field (\S+) not found in type`)

// goType is how the YAML library names what it wanted.
var goType = regexp.MustCompile(`(\[\]|\*)*main\.\w+|map\[string\]string`)

var configFields = []string{"db", "instances", "mapper", "jupiterone", "name", "provider", "keepRaw", "disabled",
	"config", "persons", "account", "apiKey", "region", "baseUrl", "deleteGuard",
	"source", "scope", "integrationInstanceId"}

func explainYAML(path string, err error) error {
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		return &configError{file: path, err: fmt.Errorf("line %s: unknown field %q%s", m[1], m[2], didYouMean(m[2], configFields))}
	}
	text := goType.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "what the configuration has there")
	text = strings.Join(strings.Fields(strings.TrimPrefix(text, "unmarshal errors:")), " ")
	return &configError{file: path, err: errors.New(text), hint: "docs/configuration.md shows every field"}
}

// fileWarnings lists what is legal but unwise in a file.
func fileWarnings(path string, f *fileConfig) []string {
	var warnings []string
	if info, err := os.Stat(path); err == nil && readableByOthers(info) {
		warnings = append(warnings, fmt.Sprintf("%s can be read by others; chmod 600 it", path))
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
