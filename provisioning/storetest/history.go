package storetest

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func historyCases() []testCase {
	return []testCase{
		{name: "version", clause: "Versions returns a worker's history by Seq", check: versionKept},
		{name: "version_append", clause: "the pair of worker and Seq is unique: history is appended to", check: versionAppend},
		{name: "version_known", clause: "Versions stops at the recorded instant, which belongs to it", check: versionKnown},
	}
}

func version(id string, seq int64, recorded int) state.Version {
	return state.Version{Source: "hr", ID: id, Seq: seq, RecordedAt: day(recorded), Run: "r", Digest: []byte{byte(seq)}, Body: []byte("{}")}
}

func (f *fixture) addVersions(versions ...state.Version) {
	f.update(func(tx state.Tx) {
		for _, v := range versions {
			ok(tx.AddVersion(v))
		}
	})
}

func versionKept(f *fixture) {
	f.addVersions(version("1", 2, 2), version("2", 1, 1), version("1", 10, 3), version("1", 1, 1))
	f.view(func(tx state.Tx) {
		same("versions", must(tx.Versions("hr", "1", time.Time{})), []state.Version{version("1", 1, 1), version("1", 2, 2), version("1", 10, 3)})
		same("versions of an unknown worker", must(tx.Versions("hr", "3", time.Time{})), []state.Version{})
		same("versions of another source", must(tx.Versions("hr2", "1", time.Time{})), []state.Version{})
	})
}

func versionAppend(f *fixture) {
	f.addVersions(version("1", 1, 1))
	refused("another version with the same number", f.try(func(tx state.Tx) { ok(tx.AddVersion(version("1", 1, 5))) }))
	f.view(func(tx state.Tx) {
		same("versions", must(tx.Versions("hr", "1", time.Time{})), []state.Version{version("1", 1, 1)})
	})
}

func versionKnown(f *fixture) {
	f.addVersions(version("1", 1, 1), version("1", 2, 2), version("1", 3, 3))
	f.view(func(tx state.Tx) {
		for days, want := range map[time.Duration]int{-1: 0, 0: 1, 1: 1} {
			same("versions around the first", len(must(tx.Versions("hr", "1", day(1).Add(days*time.Microsecond)))), want)
		}
		same("versions known on the second day", must(tx.Versions("hr", "1", day(2))), []state.Version{version("1", 1, 1), version("1", 2, 2)})
	})
}
