package intake

import (
	"context"
	"regexp"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// suggest puts the account last paid to the payee beside a damaged one, for a
// person to look at. It is proposed only where it can be what stood there: all
// that was paid to that name went to it, the rules of the area accept it in
// this row, and it agrees with what is left of the value.
func (r *reading) suggest(ctx context.Context, j *judged) error {
	field := r.area.FieldFor(paypro.RoleAccount)
	if field == nil || !r.past.there {
		return nil
	}
	at := -1
	for i := range j.Problems {
		if j.Problems[i].Field == field.Name {
			at = i
			break
		}
	}
	name := j.Name()
	if at < 0 || name == "" || j.Problems[at].Suggest != "" {
		return nil
	}
	last, ok, err := r.past.ever.LastPaid(ctx, name)
	if err != nil || !ok || !mayHaveBeen(j.Values[field.Name], last.Account) {
		return err
	}
	if !accepts(r.area, j.Values, field.Name, last.Account) {
		return nil
	}
	j.Problems[at].Suggest = last.Account
	return nil
}

// accepts tells whether the area takes a row with this value in the field.
func accepts(area *paypro.Area, row paypro.Values, field, value string) bool {
	with := paypro.Values{}
	for name, was := range row {
		with[name] = was
	}
	with[field] = value
	for _, fault := range area.Check(with) {
		if fault.Field == field {
			return false
		}
	}
	return true
}

var (
	// rounded is a number as a spreadsheet shows it: 6.4618E+17.
	rounded = regexp.MustCompile(`^([0-9]+)(?:[.,]([0-9]+))?[eE]\+?[0-9]+$`)
	// swallowed is a value nothing of which is left: a date, a truth value, an
	// error of the spreadsheet.
	swallowed = regexp.MustCompile(`^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}|TRUE|FALSE|#.*)$`)
)

// mayHaveBeen tells whether a spreadsheet can have made the damaged value of
// an account: nothing is left of it, or the digits that are left, without the
// zeros that are lost in front and added behind, are the account's first ones.
func mayHaveBeen(damaged, account string) bool {
	damaged = strings.Join(strings.Fields(damaged), "")
	if damaged == account {
		return false
	}
	if damaged == "" || swallowed.MatchString(damaged) {
		return true
	}
	if parts := rounded.FindStringSubmatch(damaged); parts != nil {
		damaged = parts[1] + parts[2]
	}
	if strings.Trim(damaged, "0123456789") != "" {
		return false
	}
	left := strings.TrimRight(strings.TrimLeft(damaged, "0"), "0")
	return left != "" && strings.HasPrefix(strings.TrimLeft(account, "0"), left)
}
