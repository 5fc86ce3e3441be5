package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/inference"
	"ssmc/lang/diag"
)

// phaseLegend stands below the tables of phases.
const phaseLegend = "Statements that are computed together are shown as one of them: a recurrence as the one with its largest " +
	"product, log densities as one with a distribution. Operations are those of matrix products, two for each " +
	"multiplication, and one for each instruction of a formula and element; padding there is none."

// printPhases writes what the updates of one measurement took, phase by phase.
func printPhases(w io.Writer, b *benched, sources map[string]*diag.Source) {
	section(w, "Time of an update on "+count(b.threads, "thread")+", mean")
	t := newTable(w, "", "ms", "forwards", "back", "%", "GFLOP/s")
	for _, p := range byLine(b.Phases) {
		t.AppendRow(b.phaseRow(p, sources))
	}
	t.AppendRow(table.Row{"all", b.mean(b.Total()), "", "", "100.0", b.counted(b.Rate() / 1e9)})
	t.Render()
}

func (b *benched) phaseRow(p inference.Phase, sources map[string]*diag.Source) table.Row {
	row := table.Row{phaseText(p, sources), b.mean(p.Time()), "", "", b.share(p), ""}
	if p.Back > 0 {
		row[2], row[3] = b.mean(p.Forward), b.mean(p.Back)
	}
	if p.Flops.Total() > 0 && p.Time() > 0 {
		row[5] = significant(p.Flops.Total() / p.Time().Seconds() / 1e9)
	}
	return row
}

// mean is the time of an update, in ms, when d is that of all.
func (b *benched) mean(d time.Duration) string {
	return fmt.Sprintf("%.3f", 1e3*d.Seconds()/float64(len(b.Each)))
}

// share is a phase in percent of all.
func (b *benched) share(p inference.Phase) string {
	return fmt.Sprintf("%.1f", 100*p.Time().Seconds()/b.Total().Seconds())
}

// byLine adds up the phases that come from one line of the program.
func byLine(phases []inference.Phase) (lines []inference.Phase) {
	known := map[string]int{}
	for _, p := range phases {
		if file, line, ok := placeOf(p.Pos); ok {
			p.Pos = fmt.Sprintf("%s:%d", file, line)
		}
		i, ok := known[p.Name+p.Pos]
		if !ok {
			known[p.Name+p.Pos] = len(lines)
			lines = append(lines, p)
			continue
		}
		l := &lines[i]
		l.Forward, l.Back = l.Forward+p.Forward, l.Back+p.Back
		l.Flops.Add(p.Flops)
	}
	return lines
}

// placeOf takes file:line or file:line:column apart.
func placeOf(pos string) (file string, line int, ok bool) {
	var numbers []int
	for len(numbers) < 2 {
		i := strings.LastIndexByte(pos, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(pos[i+1:])
		if err != nil {
			break
		}
		pos, numbers = pos[:i], append(numbers, n)
	}
	if len(numbers) == 0 {
		return pos, 0, false
	}
	return pos, numbers[len(numbers)-1], true
}

// phaseText is a phase's name, or the line that it comes from with its text.
func phaseText(p inference.Phase, sources map[string]*diag.Source) string {
	if p.Name != "" {
		return p.Name
	}
	file, line, ok := placeOf(p.Pos)
	src := sources[file]
	if !ok || src == nil {
		return p.Pos
	}
	return clipped(p.Pos+"  "+lineText(src.Text, line), 60)
}

// lineText is a line of a text, counted from 1, without what is around it.
func lineText(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	code, _, _ := strings.Cut(lines[line-1], "//")
	return strings.TrimSpace(code)
}

// clipped is a text of at most n characters.
func clipped(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
