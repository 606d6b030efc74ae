package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// lease is how long an account stays with a process that was killed while it worked on
// it. Another one waits for that long.
const lease = 6 * time.Second

// before lets a process of its own play the scenario until it is killed. What is played
// here begins where that ended.
func (o *office) before(scenario string) {
	self, err := os.Executable()
	if err != nil {
		o.err = err
		return
	}
	if o.err = o.stop(); o.err != nil { // nobody else uses the database meanwhile
		return
	}
	var said, wrong bytes.Buffer
	//nolint:gosec // it is this program, with files and servers of its own
	cmd := exec.CommandContext(o.ctx, self, "-only", scenario, "-dies", "-db", o.db, "-directory", o.directory, "-code", o.code)
	cmd.Env = append(os.Environ(), "LIFECYCLE=1") // for the test, whose binary is another program otherwise
	cmd.Stdout, cmd.Stderr = io.MultiWriter(o.out, &said), &wrong
	err = cmd.Run()
	if _, died := errors.AsType[*exec.ExitError](err); !died || !strings.HasSuffix(said.String(), andAnother+"\n") {
		o.err = fmt.Errorf("the first process was not killed where it should be: %w: %s", err, wrong.Bytes())
		return
	}
	o.wrong += strings.Count(said.String(), notSo)
	o.asleep, o.err = true, o.start()
}

// andAnother is the end of the last line that a process prints which is killed.
const andAnother = "another one goes on)"

// restart kills this process, at rest.
func (o *office) restart() {
	o.say("   (the process is killed, and " + andAnother)
	switch {
	case o.err != nil:
	case o.dies:
		o.err = kill()
	default:
		o.asleep = false
	}
}

// killedBy does what is due, and lets this process be killed when a system has carried out
// a request, before the engine hears of it.
func (o *office) killedBy(method, system string) {
	o.say("   (the process is killed when %s has done a %s, before it hears of that, and "+andAnother, system, method)
	switch {
	case o.err != nil:
	case o.dies:
		o.fatal.Store(method + " " + system)
		o.drain()
		if o.err == nil {
			o.err = errors.New("there was no such request")
		}
	default:
		o.asleep = false
	}
}

// deadly sends requests to a system, and kills this process when it has got the answer to
// the fatal one.
type deadly struct {
	office *office
	system string
}

// RoundTrip sends a request.
func (d *deadly) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && d.office.fatal.Load() == r.Method+" "+d.system {
		err = kill()
	}
	return answer, err
}

// kill ends this process as kill -9 does: nothing is tidied up.
func kill() error {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	if err := self.Kill(); err != nil {
		return err
	}
	select {} // until it comes
}
