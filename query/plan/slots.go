package plan

// slotSet is a set of slots, one bool a slot of the plan.
type slotSet []bool

func (s slotSet) add(slot Slot) {
	if slot != None {
		s[slot] = true
	}
}

func (s slotSet) has(slot Slot) bool { return slot != None && s[slot] }

func (s slotSet) addAll(other slotSet) {
	for i, in := range other {
		s[i] = s[i] || in
	}
}

func (s slotSet) clone() slotSet { return append(slotSet(nil), s...) }

// within reports whether every slot of s is in other.
func (s slotSet) within(other slotSet) bool {
	for i, in := range s {
		if in && !other[i] {
			return false
		}
	}
	return true
}

// any reports whether some slot in [from, to) is in the set.
func (s slotSet) any(from, to Slot) bool {
	for i := from; i < to; i++ {
		if s[i] {
			return true
		}
	}
	return false
}

// list returns the slots in the set, ascending.
func (s slotSet) list() []Slot {
	var out []Slot
	for i, in := range s {
		if in {
			out = append(out, Slot(i))
		}
	}
	return out
}

// last is the greatest slot in the set, None for an empty one.
func (s slotSet) last() Slot {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] {
			return Slot(i)
		}
	}
	return None
}
