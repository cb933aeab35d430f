package j1files

import "github.com/j1db/j1db/store/graph"

// Properties that formats without deletions of their own add to changes: what
// happened ("create", "update", "delete"), and which properties an update changed.
// Properties of the objects' own that are called so give way.
const (
	PropChange  = "_change"
	PropChanged = "_changed"
)

// changedImages gives each change as an image: as the object is afterwards, or was
// before its deletion.
func changedImages(changes Changes) Images {
	return func(yield func(*graph.Image, error) bool) {
		for c, err := range changes {
			if err != nil {
				yield(nil, err)
				return
			}
			im := *c.Image()
			im.Props = im.Props.Clone()
			im.Props.Set(PropChange, graph.StringValue(c.Op().String()))
			if c.Op() == graph.Update {
				im.Props.Set(PropChanged, graph.StringsValue(c.Changed()))
			}
			if !yield(&im, nil) {
				return
			}
		}
	}
}

// ends tells which ends of relationships are among the objects that are written.
type ends struct {
	suppliers map[string]bool   // of whole instances, those that have entities here
	among     map[graph.ID]bool // of parts of instances, the entities; else nil
}

// add notes an entity.
func (e *ends) add(im *graph.Image) {
	if e.among != nil {
		e.among[im.Identity().ID()] = true
	} else {
		e.suppliers[im.Instance] = true
	}
}

func (e *ends) here(end graph.End) bool {
	if e.among != nil {
		return e.among[endID(end)]
	}
	return e.suppliers[end.Instance]
}
