package main

import (
	"fmt"
	"io"
	"strings"

	"ssmc/lang/diag"
)

// listCodesMarkdown writes the table of all codes as Markdown: what is wrong, and
// what to do.
func listCodesMarkdown(w io.Writer) error {
	_, err := io.WriteString(w, codesMarkdown())
	return err
}

func codesMarkdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What is refused, and what to write instead\n\n"+
		"Every finding has a code, in brackets after error or warning; `ssmc explain CODE` shows an example and what is\n"+
		"said of it. This table is written by `ssmc explain --markdown`.\n\n| code | what is wrong | why, and what to do |\n|---|---|---|\n")
	for _, d := range diag.Docs {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", d.Code, tableCell(d.Summary), tableCell(d.Explanation))
	}
	return b.String()
}

// tableCell is a text on one line, in which nothing is taken for markup.
func tableCell(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`).Replace(text)
}
