package j1files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// Folder is a new folder that files are written into, and nowhere else: whatever
// a name says, it cannot leave it. Files are for their owner alone (0600), folders
// too (0700).
type Folder struct{ root *os.Root }

// CreateFolder makes the folder that path names, which must not be there yet or be
// empty: files of different exports do not mix. Close it in the end.
func CreateFolder(path string) (*Folder, error) {
	// Not MkdirAll: a misspelt path should not come into being.
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create folder: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("folder %s is not empty", path)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &Folder{root}, nil
}

// Close gives the folder back. What was written stays.
func (f *Folder) Close() error { return f.root.Close() }

// append adds data to the file of that name, which it makes with the folders above
// it if need be. Names are slash-separated; their parts are made by fileName.
func (f *Folder) append(name string, data []byte) error {
	if err := f.mkdir(path.Dir(name)); err != nil {
		return err
	}
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

// mkdir makes a folder and those above it.
func (f *Folder) mkdir(name string) error {
	if err := f.root.MkdirAll(name, 0o700); err != nil {
		return fmt.Errorf("create folder: %w", err)
	}
	return nil
}
