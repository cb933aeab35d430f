package plan

// SlotSet is a set of slots, one bool a slot of the plan.
type SlotSet []bool

// Has reports whether a slot is in the set.
func (s SlotSet) Has(slot Slot) bool { return slot != None && s[slot] }

// With returns the set with some slots more.
func (s SlotSet) With(slots ...Slot) SlotSet {
	more := s.clone()
	for _, slot := range slots {
		more.add(slot)
	}
	return more
}

// add puts a slot into the set; None is ignored.
func (s SlotSet) add(slot Slot) {
	if slot != None {
		s[slot] = true
	}
}

// addAll puts the slots of another set into s.
func (s SlotSet) addAll(other SlotSet) {
	for i, in := range other {
		s[i] = s[i] || in
	}
}

// clone is a set of the same slots.
func (s SlotSet) clone() SlotSet { return append(SlotSet(nil), s...) }

// within reports whether every slot of s is in other.
func (s SlotSet) within(other SlotSet) bool {
	for i, in := range s {
		if in && !other[i] {
			return false
		}
	}
	return true
}

// any reports whether some slot in [from, to) is in the set.
func (s SlotSet) any(from, to Slot) bool {
	for i := from; i < to; i++ {
		if s[i] {
			return true
		}
	}
	return false
}

// list returns the slots in the set, ascending.
func (s SlotSet) list() []Slot {
	var out []Slot
	for i, in := range s {
		if in {
			out = append(out, Slot(i))
		}
	}
	return out
}

// last is the greatest slot in the set, None for an empty one.
func (s SlotSet) last() Slot {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] {
			return Slot(i)
		}
	}
	return None
}
