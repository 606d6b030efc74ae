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
