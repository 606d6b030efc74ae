//go:build race

package storetest

// raced is set where everything takes ten times as long: then only the shorter
// half of the proof is done, which is the one with many goroutines.
const raced = true
