package j1files

import (
	"slices"
	"strings"
)

// pagesBudget bounds the text that is gathered for all files of a folder together.
const pagesBudget = 16 << 20

// pages gathers text for several files at once, so that objects of many types may
// come in any order while few files are open and memory is bounded.
type pages struct {
	folder *Folder
	out    *Written
	files  map[string]*page
	size   int
}

// page is what is gathered for one file.
type page struct {
	name    string
	text    []byte
	begun   bool // part of it is on disk
	objects int  // whatever the writer counts
}

func newPages(folder *Folder, out *Written) *pages {
	return &pages{folder: folder, out: out, files: map[string]*page{}}
}

// page returns the page of that name.
func (ps *pages) page(name string) *page {
	p, ok := ps.files[name]
	if !ok {
		p = &page{name: name}
		ps.files[name] = p
	}
	return p
}

// grown says that p grew by n bytes, and writes out the longest pages when there
// is too much; a page is written in whole only by write.
func (ps *pages) grown(n int) error {
	if ps.size += n; ps.size <= pagesBudget {
		return nil
	}
	// The longest first: that is the fewest files to open for the most memory.
	all := ps.sorted()
	slices.SortStableFunc(all, func(a, b *page) int { return len(b.text) - len(a.text) })
	for _, p := range all {
		if err := ps.write(p); err != nil || ps.size <= pagesBudget/2 {
			return err
		}
	}
	return nil
}

// write appends what p holds to its file.
func (ps *pages) write(p *page) error {
	if len(p.text) == 0 {
		return nil
	}
	if !p.begun {
		ps.out.Files++
	}
	p.begun = true
	ps.out.Bytes += int64(len(p.text))
	ps.size -= len(p.text)
	err := ps.folder.append(p.name, p.text)
	p.text = nil
	return err
}

// finish writes everything that is left.
func (ps *pages) finish() error {
	for _, p := range ps.sorted() {
		if err := ps.write(p); err != nil {
			return err
		}
	}
	return nil
}

func (ps *pages) sorted() []*page {
	all := make([]*page, 0, len(ps.files))
	for _, p := range ps.files {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *page) int { return strings.Compare(a.name, b.name) })
	return all
}
