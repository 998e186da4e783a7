package xlsx

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// significant is how many digits Excel knows of a number.
const significant = 15

var errNumber = damage("has a number that is none")

// parseNumber reads a number as the format has it: what XML Schema calls a
// double, without infinities.
func parseNumber(text []byte) (float64, error) {
	for _, c := range text {
		if (c < '0' || c > '9') && strings.IndexByte("+-.eE", c) < 0 {
			return 0, errNumber
		}
	}
	value, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(value, 0) {
		return 0, errNumber
	}
	return value, nil
}

// appendNumber appends a number as Excel shows it where there is room: rounded
// to 15 significant digits, without an exponent. It tells whether that made it
// another number.
func appendNumber(dst, text []byte) (out []byte, rounded bool, err error) {
	if isPlain(text) {
		return append(dst, text...), false, nil
	}
	value, err := parseNumber(text)
	if err != nil {
		return nil, false, err
	}
	if value == 0 {
		return append(dst, '0'), false, nil
	}
	// The shortest way to write 15 digits is the number with its zeros cut.
	var buf [32]byte
	shown := strconv.AppendFloat(buf[:0], value, 'e', significant-1, 64)
	again, err := strconv.ParseFloat(string(shown), 64)
	if err != nil {
		panic("xlsx: a formatted number: " + err.Error())
	}
	mantissa, exponent, _ := bytes.Cut(shown, []byte("e"))
	if mantissa[0] == '-' {
		dst = append(dst, '-')
		mantissa = mantissa[1:]
	}
	digits := append(mantissa[:1:1], mantissa[2:]...)
	digits = bytes.TrimRight(digits, "0")
	point, err := strconv.Atoi(string(exponent))
	if err != nil {
		panic("xlsx: exponent of a formatted number: " + err.Error())
	}
	return appendPlain(dst, digits, point+1), again != value, nil
}

// appendPlain appends digits with the decimal point behind the first so many.
func appendPlain(dst, digits []byte, point int) []byte {
	if point <= 0 {
		dst = append(dst, "0."...)
		dst = append(dst, strings.Repeat("0", -point)...)
		return append(dst, digits...)
	}
	if point >= len(digits) {
		dst = append(dst, digits...)
		return append(dst, strings.Repeat("0", point-len(digits))...)
	}
	dst = append(dst, digits[:point]...)
	dst = append(dst, '.')
	return append(dst, digits[point:]...)
}

// isPlain tells whether a number stands in the file as Excel shows it, as
// nearly all do: so it need not be computed.
func isPlain(text []byte) bool {
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
		if len(text) == 1 && text[0] == '0' {
			return false
		}
	}
	if len(text) == 0 || len(text) > significant+1 {
		return false
	}
	point := -1
	for i, c := range text {
		switch {
		case c == '.' && point < 0:
			point = i
		case c < '0' || c > '9':
			return false
		}
	}
	switch {
	case point < 0:
		return len(text) <= significant && (len(text) == 1 || text[0] != '0')
	case point == 0 || text[len(text)-1] == '0' || point == len(text)-1:
		return false
	}
	return text[0] != '0' || point == 1
}
