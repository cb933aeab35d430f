package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/j1db/j1db/ingest/datamodel"
)

// fileConfig is what a configuration file may hold.
type fileConfig struct {
	DB         string            `yaml:"db"`
	DataModel  string            `yaml:"dataModel"`
	Instances  []instanceConfig  `yaml:"instances"`
	Mapper     mapperConfig      `yaml:"mapper"`
	Network    networkConfig     `yaml:"network"`
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
	// Rules is a file of rules that are added to the built-in ones.
	Rules string `yaml:"rules"`
	// Export says whether what the mapper made goes to JupiterOne.
	Export *bool `yaml:"export"`
}

// networkConfig says how to reach the outside.
type networkConfig struct {
	Proxy  string `yaml:"proxy"`  // a URL, or where it is
	CAFile string `yaml:"caFile"` // PEM

	origin string // the file
}

type jupiterOneConfig struct {
	Account     string   `yaml:"account"`
	APIKey      string   `yaml:"apiKey"`
	Region      string   `yaml:"region"`
	BaseURL     string   `yaml:"baseUrl"`
	DeleteGuard *float64 `yaml:"deleteGuard"` // percent

	origin string // the file
}

// config is the configuration of one command, merged from all of its sources.
type config struct {
	db        setting
	dataModel setting // a version that datamodel.Load knows
	instances []instanceConfig
	persons   bool
	// personsFrom is the file that says so, "" for the default.
	personsFrom string
	rules       setting // a file, "" for the built-in rules alone
	// mapperExport is nil where nothing is said of it.
	mapperExport     *bool
	mapperExportFrom string
	// network is empty where nothing is configured.
	network networkConfig
	// jupiterOne is empty where nothing is configured.
	jupiterOne jupiterOneConfig
	files      []string // that were read, the strongest first
	warnings   []string
}

// setting is a value and where it came from.
type setting struct{ value, origin string }

// settle gives s a value unless a stronger source did.
func (s *setting) settle(value, origin string) {
	if value != "" && s.value == "" {
		*s = setting{value, origin}
	}
}

// beside returns a path of a configuration file, relative to the file's folder.
func beside(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

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
	c.dataModel.settle(datamodel.Default, "default")
	return c, nil
}

func (c *config) setDB(value, origin, folder string) {
	if folder != "" {
		value = beside(folder, value)
	}
	c.db.settle(value, origin)
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
	folder := filepath.Dir(path)
	c.setDB(f.DB, path, folder)
	c.dataModel.settle(f.DataModel, path)
	c.rules.settle(beside(folder, f.Mapper.Rules), path)
	if c.network == (networkConfig{}) && f.Network != c.network {
		c.network = networkConfig{f.Network.Proxy, beside(folder, f.Network.CAFile), path}
	}
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
	if p := f.Mapper.Persons; p != nil && c.personsFrom == "" {
		c.persons, c.personsFrom = *p, path
	}
	if c.mapperExport == nil && f.Mapper.Export != nil {
		c.mapperExport, c.mapperExportFrom = f.Mapper.Export, path
	}
}

func (c *config) instance(name string) *instanceConfig {
	i := slices.IndexFunc(c.instances, func(in instanceConfig) bool { return in.Name == name })
	if i < 0 {
		return nil
	}
	return &c.instances[i]
}
