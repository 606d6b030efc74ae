package policy

import "slices"

// cycles returns paths that lead back to where they began, each with its first
// name again at the end: one for each edge that closes a circle, in the order of
// names.
func cycles(names []string, edges map[string][]string) [][]string {
	const (
		open = iota + 1
		done
	)
	var found [][]string
	var path []string
	state := map[string]int{}
	var visit func(name string)
	visit = func(name string) {
		state[name] = open
		path = append(path, name)
		for _, next := range edges[name] {
			switch state[next] {
			case open:
				if len(found) >= maxProblems {
					continue
				}
				found = append(found, append(slices.Clone(path[slices.Index(path, next):]), next))
			case done:
			default:
				visit(next)
			}
		}
		path = path[:len(path)-1]
		state[name] = done
	}
	for _, name := range names {
		if state[name] == 0 {
			visit(name)
		}
	}
	return found
}
