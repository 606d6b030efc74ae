package filter

import "iter"

// Rewrite returns e with each path replaced by what resolve returns for it, and
// stops at the first error. Paths inside a value filter are relative to the
// attribute before the bracket and are left to resolve as part of that path.
func Rewrite(e Expr, resolve func(Path) (Path, error)) (Expr, error) {
	switch e := e.(type) {
	case And:
		left, right, err := rewriteBoth(e.Left, e.Right, resolve)
		return And{left, right}, err
	case Or:
		left, right, err := rewriteBoth(e.Left, e.Right, resolve)
		return Or{left, right}, err
	case Not:
		operand, err := Rewrite(e.Operand, resolve)
		return Not{operand}, err
	case Compare:
		path, err := resolve(e.Path)
		return Compare{path, e.Op, e.Value}, err
	case Has:
		path, err := resolve(e.Path)
		return Has{path}, err
	default:
		return e, nil
	}
}

func rewriteBoth(left, right Expr, resolve func(Path) (Path, error)) (Expr, Expr, error) {
	l, err := Rewrite(left, resolve)
	if err != nil {
		return nil, nil, err
	}
	r, err := Rewrite(right, resolve)
	return l, r, err
}

// Comparisons yields the comparisons in e, those inside value filters too, in
// the order of the text. The path of such an inner one is made whole: in
// emails[type eq "work"] it is emails.type.
func Comparisons(e Expr) iter.Seq[Compare] {
	return func(yield func(Compare) bool) { comparisons(e, nil, yield) }
}

func comparisons(e Expr, within *Path, yield func(Compare) bool) bool {
	switch e := e.(type) {
	case And:
		return comparisons(e.Left, within, yield) && comparisons(e.Right, within, yield)
	case Or:
		return comparisons(e.Left, within, yield) && comparisons(e.Right, within, yield)
	case Not:
		return comparisons(e.Operand, within, yield)
	case Has:
		return e.Path.Filter == nil || comparisons(e.Path.Filter, &e.Path, yield)
	case Compare:
		if e.Path.Filter != nil && !comparisons(e.Path.Filter, &e.Path, yield) {
			return false
		}
		e.Path.Filter = nil
		if within != nil {
			e.Path = Path{Schema: within.Schema, Attr: within.Attr, Sub: e.Path.Attr}
		}
		return yield(e)
	default:
		return true
	}
}
