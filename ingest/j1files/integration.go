package j1files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Names in a folder that JupiterOne's integrations write.
const (
	// IntegrationFolder is how the folder is usually called.
	IntegrationFolder = ".j1-integration"
	graphFolder       = "graph"
	summaryFile       = "summary.json"
)

// Bounds on a folder. An integration's own are three levels deep and hold a file
// for every 500 objects.
const (
	maxFolderDepth = 16
	maxFolderFiles = 1 << 20
)

// ErrNotIntegration says that a folder is none of JupiterOne's integrations.
var ErrNotIntegration = errors.New("no folder graph in it: not a .j1-integration folder")

// ReadIntegration reads the folder that a JupiterOne integration left behind:
// every JSON file under graph, in the order of their paths, and summary.json,
// which says what is partial. root is that folder or the one that holds it under
// its usual name. Nothing outside of root is read, symbolic links are not followed
// (index holds nothing else and is left out), and what is compressed with Brotli
// is expanded by opt.Brotli.
//
// Report and errors are those of Read. Without a summary the run that wrote the
// folder did not end, and Report.Incomplete says so.
func ReadIntegration(ctx context.Context, root *os.Root, sink Sink, opt Options) (*Report, error) {
	opt.setDefaults()
	dir, err := findGraph(root)
	if err != nil {
		return &Report{}, err
	}
	if dir != "." {
		sub, err := root.OpenRoot(dir)
		if err != nil {
			return &Report{}, fmt.Errorf("open folder: %w", err)
		}
		defer sub.Close()
		root = sub
	}
	t := &tree{root: root}
	if err := t.walk(ctx, graphFolder, 0); err != nil {
		return &Report{}, err
	}
	slices.Sort(t.files)
	inputs := make([]Input, len(t.files))
	for i, name := range t.files {
		inputs[i] = Input{Name: name, document: true, Open: func() (io.ReadCloser, error) { return openExpanded(root, name, &opt) }}
	}
	s, err := readSummary(root, &opt)
	if err != nil {
		return &Report{}, err
	}
	r, err := Read(ctx, inputs, sink, opt)
	r.Links = t.links
	s.mark(r)
	return r, err
}

// findGraph returns where in root the folder is.
func findGraph(root *os.Root) (string, error) {
	for _, dir := range []string{".", IntegrationFolder} {
		info, err := root.Lstat(path.Join(dir, graphFolder))
		if err == nil && info.IsDir() {
			if dir == "." {
				return dir, nil
			}
			if info, err := root.Lstat(dir); err == nil && info.IsDir() {
				return dir, nil
			}
		}
	}
	return "", ErrNotIntegration
}

// tree is what a folder holds.
type tree struct {
	root  *os.Root
	files []string
	links int
}

// walk finds the JSON files under dir, none of them through a link.
func (t *tree) walk(ctx context.Context, dir string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > maxFolderDepth {
		return fmt.Errorf("read folder: %s is nested deeper than %d folders", dir, maxFolderDepth)
	}
	entries, err := fs.ReadDir(t.root.FS(), dir)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if err := t.walk(ctx, name, depth+1); err != nil {
				return err
			}
		case !e.Type().IsRegular(): // a link, whatever it leads to, or a device
			t.links++
		case strings.EqualFold(path.Ext(name), ".json"):
			if t.files = append(t.files, name); len(t.files) > maxFolderFiles {
				return fmt.Errorf("read folder: there are more than %d files", maxFolderFiles)
			}
		}
	}
	return nil
}
