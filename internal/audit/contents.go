package audit

import "strings"

// Shorter values occur by chance.
const (
	shortestAccount  = 8
	shortestPersonal = 5
)

// lookAtEvent looks for what must not be kept of an answer.
func (a *auditor) lookAtEvent(p *payout, e *event) {
	what := "payout " + p.number + " event " + itoa(e.seq)
	for _, text := range [...]string{e.message, e.code, e.reason} {
		if text != "" {
			a.lookFor(p, what, text)
		}
	}
	if len(e.evidence) > 0 {
		a.lookFor(p, what+" evidence", string(e.evidence))
	}
}

// lookFor looks in a text about a payout for its payee, for anybody's account,
// and for the secret.
func (a *auditor) lookFor(p *payout, what, text string) {
	for _, value := range p.personal {
		if len(value) >= shortestPersonal && strings.Contains(text, value) {
			a.find(what, "holds a value of the payee's")
			return
		}
	}
	a.lookForAnybody(what, text)
}

// lookForAnybody looks for every account that was given, and for the secret:
// each run of letters and digits long enough to be an account is looked up.
func (a *auditor) lookForAnybody(what, text string) {
	begin := -1
	for i := 0; i <= len(text); i++ {
		if i < len(text) && alphanumeric(text[i]) {
			if begin < 0 {
				begin = i
			}
			continue
		}
		if begin >= 0 && i-begin >= shortestAccount {
			if _, found := a.accounts[text[begin:i]]; found {
				a.find(what, "holds an account that was given")
			}
		}
		begin = -1
	}
	a.lookForSecret(what, text)
}

func (a *auditor) lookForSecret(what string, texts ...string) {
	if a.Secret == "" {
		return
	}
	for _, text := range texts {
		if strings.Contains(text, a.Secret) {
			a.find(what, "holds the merchant's secret")
		}
	}
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
