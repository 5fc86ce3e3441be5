package driver

import "errors"

// Graph is work that was recorded, to be done again and again at the cost of one
// call.
type Graph struct {
	c *Context
	h handle
}

// Capture records the work that f asks for, instead of doing it. What waits for
// the device or takes memory is refused inside of f.
func (c *Context) Capture(f func() error) (*Graph, error) {
	if c.capturing {
		return nil, errors.New("a capture cannot hold another")
	}
	if r := c.l.beginCapture(c.stream); r != success {
		return nil, c.failure("cuStreamBeginCapture", r)
	}
	c.capturing = true
	graph, err := c.record(f)
	if graph != 0 {
		defer c.l.freeGraph(graph)
	}
	if err != nil {
		return nil, err
	}
	h, r := c.l.instantiate(graph)
	if r != success {
		return nil, c.failure("cuGraphInstantiate", r)
	}
	return &Graph{c, h}, nil
}

// record runs f and ends the recording, also where f panics: the stream must not
// go on recording.
func (c *Context) record(f func() error) (graph handle, err error) {
	failed := errors.New("the capture was left by a panic")
	defer func() {
		var r code
		c.capturing = false
		graph, r = c.l.endCapture(c.stream)
		err = errors.Join(failed, c.failure("cuStreamEndCapture", r))
		if failed != nil && graph != 0 {
			c.l.freeGraph(graph)
			graph = 0
		}
	}()
	failed = f()
	return 0, failed
}

// Launch has the recorded work done, in its turn.
func (g *Graph) Launch() error {
	return g.c.failure("cuGraphLaunch", g.c.l.launchGraph(g.h, g.c.stream))
}

// Close frees the graph.
func (g *Graph) Close() error {
	if g.h == 0 {
		return nil
	}
	r := g.c.l.freeExecutable(g.h)
	g.h = 0
	return g.c.failure("cuGraphExecDestroy", r)
}
