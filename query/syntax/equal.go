package syntax

import "reflect"

// EqualTrees reports whether two trees mean the same to the letter: same nodes, same
// values, same column names. Spans and comments do not count.
func EqualTrees(a, b Node) bool {
	return equalValues(reflect.ValueOf(a), reflect.ValueOf(b))
}

// Equal reports whether two statements are equal trees; see [EqualTrees].
func (q *Query) Equal(other *Query) bool { return EqualTrees(q, other) }

var (
	placeType    = reflect.TypeFor[place]()
	commentsType = reflect.TypeFor[[]*Comment]()
	itemType     = reflect.TypeFor[ReturnItem]()
)

// equalValues compares by reflection, so that a new field of a node cannot be
// forgotten here.
func equalValues(a, b reflect.Value) bool {
	if a.IsValid() != b.IsValid() {
		return false
	}
	if !a.IsValid() {
		return true
	}
	if a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return equalValues(a.Elem(), b.Elem())
	case reflect.Slice:
		return equalSlices(a, b)
	case reflect.Struct:
		return equalStructs(a, b)
	default:
		return a.Equal(b)
	}
}

// equalSlices treats nil as empty: a built tree may have either.
func equalSlices(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !equalValues(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

// equalStructs compares exported fields, and of return items the column name that the
// unexported text makes.
func equalStructs(a, b reflect.Value) bool {
	for i := range a.NumField() {
		field := a.Type().Field(i)
		if field.Type == placeType || field.Type == commentsType || !field.IsExported() {
			continue // the unexported text of an item is compared as column name below
		}
		if !equalValues(a.Field(i), b.Field(i)) {
			return false
		}
	}
	if a.Type() == itemType && a.CanAddr() && b.CanAddr() {
		return a.Addr().Interface().(*ReturnItem).Column() == b.Addr().Interface().(*ReturnItem).Column()
	}
	return true
}
