package filter

import (
	"cmp"
	"strconv"
	"strings"
)

// decimal is a number of any size and precision: 0.digits times ten to the power
// of point. Comparing two costs no more than reading them, whatever the exponent.
type decimal struct {
	sign   int    // -1, 0 or 1
	digits string // without zeros at either end
	point  int
}

// maxExponent keeps sums of exponents and lengths far from overflow.
const maxExponent = 1_000_000_000

// parseDecimal reads a JSON number. It reports false if the exponent is out of
// any reason.
func parseDecimal(s string) (decimal, bool) {
	mantissa, exponent, scientific := cutExponent(s)
	d := decimal{sign: 1}
	if scientific {
		n, err := strconv.Atoi(exponent)
		if err != nil || n > maxExponent || n < -maxExponent {
			return decimal{}, false
		}
		d.point = n
	}
	if rest, negative := strings.CutPrefix(mantissa, "-"); negative {
		mantissa, d.sign = rest, -1
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return decimal{}, false
	}
	significant := strings.TrimLeft(digits, "0")
	d.point += len(whole) - (len(digits) - len(significant))
	if d.digits = strings.TrimRight(significant, "0"); d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

func cutExponent(s string) (string, string, bool) {
	at := strings.IndexAny(s, "eE")
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+1:], true
}

func (d decimal) compare(other decimal) int {
	if d.sign != other.sign || d.sign == 0 {
		return cmp.Compare(d.sign, other.sign)
	}
	order := cmp.Compare(d.point, other.point)
	if order == 0 {
		order = strings.Compare(d.digits, other.digits)
	}
	return order * d.sign
}
