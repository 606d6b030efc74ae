package audittest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
)

// memory is a sink without a fault; the faulty ones change one of its steps.
type memory struct {
	kept  []audit.Sealed
	name  func() string
	write func(ctx context.Context, m *memory, tenant string, entries []audit.Sealed) error
}

func (m *memory) Name() string {
	if m.name != nil {
		return m.name()
	}
	return "memory"
}

func (m *memory) Write(ctx context.Context, tenant string, entries []audit.Sealed) error {
	if m.write != nil {
		return m.write(ctx, m, tenant, entries)
	}
	m.kept = append(m.kept, entries...)
	return nil
}

func TestRunSinkAcceptsAGoodSink(t *testing.T) {
	t.Parallel()
	RunSink(t,
		func(*testing.T) audit.Sink { return &memory{} },
		func(_ *testing.T, s audit.Sink) []audit.Sealed { return s.(*memory).kept },
	)
}

func TestRunSinkAcceptsASinkThatFailsAndRepeats(t *testing.T) {
	t.Parallel()
	calls := 0
	RunSink(t,
		func(*testing.T) audit.Sink {
			return &memory{write: func(_ context.Context, m *memory, _ string, entries []audit.Sealed) error {
				if calls++; calls%2 == 1 {
					m.kept = append(m.kept, entries[:len(entries)/2]...)
					return errors.New("disk full")
				}
				m.kept = append(m.kept, entries...)
				return nil
			}}
		},
		func(_ *testing.T, s audit.Sink) []audit.Sealed { return s.(*memory).kept },
	)
}

// failing runs all clauses and returns those that a sink breaks.
func failing(ctx context.Context, newSink func() (audit.Sink, func() []audit.Sealed)) []string {
	var broken []string
	for _, c := range sinkCases() {
		sink, read := newSink()
		if c.check(ctx, &delivery{sink: sink, read: read}) != nil {
			broken = append(broken, c.clause)
		}
	}
	return broken
}

func TestRunSinkFindsFaultySinks(t *testing.T) {
	t.Parallel()
	type write = func(ctx context.Context, m *memory, tenant string, entries []audit.Sealed) error
	// filter makes a sink that keeps only what the function says, in a new state
	// for each sink.
	filter := func(keep func(entry audit.Sealed, index int) bool) write {
		return func(_ context.Context, m *memory, _ string, entries []audit.Sealed) error {
			for i, e := range entries {
				if keep(e, i) {
					m.kept = append(m.kept, e)
				}
			}
			return nil
		}
	}
	byText := func(x, y audit.Sealed) int {
		return strings.Compare(strconv.FormatInt(x.Leaf, 10), strconv.FormatInt(y.Leaf, 10))
	}
	all := func() []string {
		var names []string
		for _, c := range sinkCases()[1:] {
			names = append(names, c.clause)
		}
		return names
	}()

	for fault, c := range map[string]struct {
		write  func() write
		breaks []string
	}{
		"sorts leaf numbers as text": {
			func() write {
				return func(_ context.Context, m *memory, _ string, entries []audit.Sealed) error {
					m.kept = append(m.kept, slices.SortedFunc(slices.Values(entries), byText)...)
					return nil
				}
			},
			[]string{"entries are kept as they came", "large batches are kept whole"},
		},
		"keeps a thousand of a batch": {
			func() write { return filter(func(_ audit.Sealed, i int) bool { return i < 999 }) },
			[]string{"large batches are kept whole"},
		},
		"skips a batch that it has seen begin": {
			func() write {
				seen := map[string]bool{}
				return func(_ context.Context, m *memory, _ string, entries []audit.Sealed) error {
					if !seen[entries[0].ID] {
						m.kept = append(m.kept, entries...)
					}
					for _, e := range entries {
						seen[e.ID] = true
					}
					return nil
				}
			},
			[]string{"a batch that comes again is kept"},
		},
		"moves its cursor before it writes": {
			func() write {
				seen := map[string]bool{}
				return func(ctx context.Context, m *memory, _ string, entries []audit.Sealed) error {
					for _, e := range entries {
						if !seen[e.ID] && ctx.Err() == nil {
							m.kept = append(m.kept, e)
						}
						seen[e.ID] = true
					}
					return ctx.Err()
				}
			},
			[]string{"an error loses nothing"},
		},
		"hides an error": {
			func() write {
				return func(ctx context.Context, m *memory, _ string, entries []audit.Sealed) error {
					if ctx.Err() == nil {
						m.kept = append(m.kept, entries...)
					}
					return nil
				}
			},
			[]string{"an error loses nothing"},
		},
		"passes over erased entries": {
			func() write { return filter(func(e audit.Sealed, _ int) bool { return !e.Erased() }) },
			[]string{"erased entries are kept"},
		},
		"takes leaf numbers for unique": {
			func() write {
				seen := map[int64]bool{}
				return filter(func(e audit.Sealed, _ int) bool {
					again := seen[e.Leaf]
					seen[e.Leaf] = true
					return !again
				})
			},
			[]string{"tenants have their own leaf numbers"},
		},
		"changes bodies": {
			func() write {
				return func(_ context.Context, m *memory, _ string, entries []audit.Sealed) error {
					for _, e := range entries {
						e.Body = append(slices.Clone(e.Body), ' ')
						m.kept = append(m.kept, e)
					}
					return nil
				}
			},
			all,
		},
		"never succeeds": {
			func() write {
				return func(context.Context, *memory, string, []audit.Sealed) error { return errors.New("down") }
			},
			append([]string{"name is constant and not empty"}, all...),
		},
	} {
		got := failing(t.Context(), func() (audit.Sink, func() []audit.Sealed) {
			m := &memory{write: c.write()}
			return m, func() []audit.Sealed { return m.kept }
		})
		require.Equal(t, c.breaks, got, fault)
	}
}

func TestRunSinkFindsBadNames(t *testing.T) {
	t.Parallel()
	calls := 0
	for fault, name := range map[string]func() string{
		"empty":    func() string { return "" },
		"changing": func() string { calls++; return fmt.Sprint(calls) },
	} {
		got := failing(t.Context(), func() (audit.Sink, func() []audit.Sealed) {
			m := &memory{name: name}
			return m, func() []audit.Sealed { return m.kept }
		})
		require.Equal(t, []string{"name is constant and not empty"}, got, fault)
	}
}

// lender keeps the caller's slices.
type lender struct{ pages [][]audit.Sealed }

func (l *lender) Name() string { return "lender" }

func (l *lender) Write(_ context.Context, _ string, entries []audit.Sealed) error {
	l.pages = append(l.pages, entries)
	return nil
}

func TestRunSinkFindsASinkThatKeepsTheSlice(t *testing.T) {
	t.Parallel()
	got := failing(t.Context(), func() (audit.Sink, func() []audit.Sealed) {
		l := &lender{}
		return l, func() []audit.Sealed { return slices.Concat(l.pages...) }
	})
	require.Equal(t, []string{"the slice stays the caller's"}, got)
}

func TestRunSinkFindsASinkThatChangesTheSlice(t *testing.T) {
	t.Parallel()
	got := failing(t.Context(), func() (audit.Sink, func() []audit.Sealed) {
		m := &memory{write: func(_ context.Context, m *memory, _ string, entries []audit.Sealed) error {
			m.kept = append(m.kept, entries...)
			entries[0].Leaf = -1
			return nil
		}}
		return m, func() []audit.Sealed { return m.kept }
	})
	require.Contains(t, got, "the slice stays the caller's")
}
