//go:build !race

package storetest

// raced is set where everything takes ten times as long.
const raced = false
