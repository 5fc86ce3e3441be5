package kernels

import (
	"strings"
	"testing"
)

// A driver takes no module that calls what is elsewhere, nor one that says so of what
// it defines.
func TestLinked(t *testing.T) {
	text := Linked("program", mapStub)
	if strings.Contains(text, ".extern") || strings.Count(text, ".visible .func map_program") != 2 {
		t.Error("the module does not declare and then define map_program")
	}
}

func TestNoSuchText(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("there is a text called nothing")
		}
	}()
	Text("nothing")
}
