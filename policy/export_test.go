package policy

// Plain returns the same policy without its index: the oracle of the tests.
func (p *Policy) Plain() (*Policy, error) {
	plain, err := Compile(p.Document())
	if err == nil {
		plain.index = nil
	}
	return plain, err
}

// SpendIndex leaves the index room for so many words.
func (p *Policy) SpendIndex(words int) { p.index.left.words.Store(int64(words)) }

// Remembered returns how many texts the index remembers.
func (p *Policy) Remembered() (n int) {
	for _, t := range p.index.tables {
		n += len(t.memo.fresh)
	}
	return n
}
