package connector

import "context"

type urgencyKey struct{}

// WithUrgency returns a context whose operations are urgent: somebody is to be locked
// out now.
func WithUrgency(ctx context.Context) context.Context {
	return context.WithValue(ctx, urgencyKey{}, true)
}

// Urgent reports whether an operation is urgent. A connector that lets requests wait
// for their turn, because the system takes only so many, sends those of urgent
// operations before the others that wait.
func Urgent(ctx context.Context) bool {
	urgent, _ := ctx.Value(urgencyKey{}).(bool)
	return urgent
}
