package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/provisioning"
)

// answer is what somebody answers to a question that was printed.
type answer struct {
	id     string
	digest string // what the question's digest begins with
	choice string
}

// digestLength is how much of a digest is printed: enough to notice a change.
const digestLength = 8

func parseAnswer(text string) (answer, error) {
	question, choice, ok := strings.Cut(text, "=")
	id, digest, _ := strings.Cut(question, ".")
	if !ok || id == "" || choice == "" {
		return answer{}, errors.New("want QUESTION=CHOICE")
	}
	return answer{id: id, digest: digest, choice: choice}, nil
}

// giveAnswers answers questions. The first answer that is not accepted is the
// error; those before it hold.
func (o options) giveAnswers(ctx context.Context, tenant *provisioning.Tenant, out io.Writer) error {
	for _, a := range o.answers {
		c, err := tenant.Case(ctx, a.id)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(c.Digest, a.digest) {
			return fmt.Errorf("question %s is now another one: %s: %w", a.id, c.Question, provisioning.ErrMoved)
		}
		if err := tenant.Answer(ctx, provisioning.AnswerRequest{
			Case: a.id, Choice: a.choice, Actor: provisioning.Actor(o.actor), Digest: c.Digest,
		}); err != nil {
			return err
		}
		fmt.Fprintf(out, "answered %s with %s, as %s: %s\n", a.id, a.choice, o.actor, c.Question)
	}
	return nil
}

// ask prints a question with the commands that answer it.
func (o options) ask(ctx context.Context, tenant *provisioning.Tenant, c provisioning.Case, out io.Writer) {
	ref := fmt.Sprintf("%s.%.*s", c.ID, digestLength, c.Digest)
	fmt.Fprintf(out, "question %s: %s\n", ref, asFlags.Replace(c.Question))
	for _, choice := range c.Choices {
		fmt.Fprintf(out, "  %s%s\n", o.command("-answer", ref+"="+choice), remark(ctx, tenant, c, choice))
	}
}

// remark says, as a comment of the shell, what is to be known about a choice.
func remark(ctx context.Context, tenant *provisioning.Tenant, c provisioning.Case, choice string) string {
	if choice == c.Default {
		return "   # holds as long as nobody answers"
	}
	id, ok := strings.CutPrefix(choice, "same:")
	if !ok {
		return ""
	}
	person, err := tenant.Person(ctx, id)
	if err != nil {
		return ""
	}
	var keys []string
	for _, w := range person.Relationships {
		keys = append(keys, w.Key.String())
	}
	return fmt.Sprintf("   # %s, %s", printable(person.Name), strings.Join(keys, ", "))
}

// command returns how to run this again, with what is added in place of whatever
// answers, looks or retries.
func (o options) command(added ...string) string {
	words := []string{os.Args[0]}
	if strings.Contains(os.Args[0], "go-build") { // built by go run, and soon gone
		words = []string{"go", "run", "github.com/joinery-iam/joinery/examples/csv-to-scim"}
	}
	for i := 0; i < len(o.args); i++ {
		name, _, joined := strings.Cut(strings.TrimLeft(o.args[i], "-"), "=")
		switch name {
		case "answer", "actor":
			if !joined {
				i++
			}
		case "retry", "plan":
		default:
			words = append(words, o.args[i])
			if !joined && i+1 < len(o.args) {
				i++
				words = append(words, o.args[i])
			}
		}
	}
	words = append(words, added...)
	for i, word := range words {
		words[i] = quote(word)
	}
	return strings.Join(words, " ")
}

// quote writes a word so that a POSIX shell reads it as one.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-+=:,./@%", r)
	}
	if word != "" && !slices.ContainsFunc([]rune(word), func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// retry makes due again what was parked, and sends it to systems in which nothing
// worked.
func (o options) again(ctx context.Context, tenant *provisioning.Tenant, out io.Writer) error {
	s, err := tenant.Status(ctx)
	if err != nil {
		return err
	}
	total := 0
	for name := range s.Systems {
		n, err := tenant.Retry(ctx, name, "")
		if err != nil {
			return err
		}
		total += n
	}
	for _, outage := range s.Outages {
		if err := tenant.ResetSystem(ctx, outage.System, provisioning.Actor(o.actor)); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is tried as if it worked\n", outage.System)
	}
	fmt.Fprintf(out, "%d parked things are due again\n", total)
	return nil
}
