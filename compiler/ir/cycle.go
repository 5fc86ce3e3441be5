package ir

// findCycles numbers the recurrences: the strongly connected cells (Tarjan 1972).
func findCycles(all []*cell) {
	var stack []*cell
	clock, cycles := 0, 0
	var visit func(*cell)
	visit = func(c *cell) {
		clock++
		c.mark, c.low = clock, clock
		stack, c.onStack = append(stack, c), true
		for _, p := range c.in {
			if p.mark == 0 {
				visit(p)
				c.low = min(c.low, p.low)
			} else if p.onStack {
				c.low = min(c.low, p.mark)
			}
		}
		if c.low != c.mark {
			return
		}
		i := len(stack) - 1
		for stack[i] != c {
			i--
		}
		if len(stack)-i > 1 {
			cycles++
		}
		for _, m := range stack[i:] {
			m.onStack = false
			if len(stack)-i > 1 {
				m.cycle = cycles
			}
		}
		stack = stack[:i]
	}
	for _, c := range all {
		if c.mark == 0 {
			visit(c)
		}
	}
}
