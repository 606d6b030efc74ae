// Package crashtest kills an engine wherever it hurts, again and again, and
// looks whether anything was lost, done twice or given without reason.
//
// The engine runs in a child process, the SCIM server in the test. The child is
// killed with SIGKILL at a journal write before or after its transaction commits,
// between the server's commit and its reply, and at random moments. Then it is
// started again on the same database, until it is done. What came of it is judged
// by an oracle that knows nothing of the engine.
package crashtest
