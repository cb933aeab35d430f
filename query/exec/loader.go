package exec

import (
	"slices"

	"github.com/j1db/j1db/query/plan"
	"github.com/j1db/j1db/store/graph"
)

// loader reads what expressions need of a batch: the properties of each slot in
// one call. Expressions are compiled first, then computed row by row of the batch
// that was loaded last.
type loader struct {
	env     *env
	batch   *batch
	fetches []*fetch
	memos   []*memo
}

// fetch is the properties that are needed of one slot.
type fetch struct {
	slot    plan.Slot
	props   []string
	vectors []*graph.Vector
	into    []graph.Vector
}

// newLoader returns a loader of nothing: compile says what it has to read.
func newLoader(e *env) *loader { return &loader{env: e} }

// property is the vector that will hold a property of a slot.
func (l *loader) property(slot plan.Slot, name string) *graph.Vector {
	at := slices.IndexFunc(l.fetches, func(f *fetch) bool { return f.slot == slot })
	if at < 0 {
		at = len(l.fetches)
		l.fetches = append(l.fetches, &fetch{slot: slot})
	}
	f := l.fetches[at]
	if i := slices.Index(f.props, name); i >= 0 {
		return f.vectors[i]
	}
	v := &graph.Vector{}
	f.props, f.vectors, f.into = append(f.props, name), append(f.vectors, v), append(f.into, graph.Vector{})
	return v
}

// load reads a batch.
func (l *loader) load(b *batch) error {
	l.batch = b
	for _, f := range l.fetches {
		refs := b.at(f.slot)
		if refs == nil { // nothing ever binds it
			refs = make([]graph.Ref, b.n)
		}
		if err := l.env.source.Fetch(l.env.ctx, refs, f.props, f.into); err != nil {
			return err
		}
		// Evaluators hold pointers to vectors, which the source may have replaced.
		for i, v := range f.vectors {
			*v = f.into[i]
		}
	}
	for _, m := range l.memos {
		m.forget()
	}
	return nil
}

// evaluator computes one value of each row of the batch that was loaded.
type evaluator interface {
	value(row int) graph.Value
}

// compile makes the evaluator of an expression. A whole object has no value.
func (l *loader) compile(x plan.Expr) evaluator {
	switch x := x.(type) {
	case plan.Prop:
		return fetched{l.property(x.Slot, x.Name)}
	case plan.Col:
		return computed{l, x.Index}
	case plan.Apply:
		args := make([]evaluator, len(x.Args))
		for i, a := range x.Args {
			args[i] = l.compile(a)
		}
		return &applied{function(x.Func), args, make([]graph.Value, len(args))}
	}
	return fixed{l.env.constant(x)}
}

// fixed is one value for all rows.
type fixed struct{ v graph.Value }

func (f fixed) value(int) graph.Value { return f.v }

// fetched is a property.
type fetched struct{ vector *graph.Vector }

func (f fetched) value(row int) graph.Value { return f.vector.At(row) }

// computed is a column of the batch.
type computed struct {
	loader *loader
	index  int
}

func (c computed) value(row int) graph.Value {
	return c.loader.batch.cols[c.index].value(row)
}

// applied is a function of other values.
type applied struct {
	function func([]graph.Value) graph.Value
	args     []evaluator
	values   []graph.Value
}

func (a *applied) value(row int) graph.Value {
	for i, arg := range a.args {
		a.values[i] = arg.value(row)
	}
	return a.function(a.values)
}

// objects are the handles that an expression stands for in the batch that was
// loaded, when it is a whole object: ok is false when it is a value.
func (l *loader) objects(x plan.Expr) (refs []graph.Ref, ok bool) {
	switch x := x.(type) {
	case plan.Object:
		if refs = l.batch.at(x.Slot); refs == nil {
			refs = make([]graph.Ref, l.batch.n)
		}
		return refs, true
	case plan.Col:
		col := &l.batch.cols[x.Index]
		return col.refs, col.object()
	}
	return nil, false
}
