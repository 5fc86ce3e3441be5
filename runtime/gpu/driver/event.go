package driver

// Event is a point in the work of a context.
type Event struct {
	c *Context
	h handle
}

// NewEvent makes an event, to be marked as often as one likes.
func (c *Context) NewEvent() (*Event, error) {
	h, r := c.l.newEvent()
	if r != success {
		return nil, c.failure("cuEventCreate", r)
	}
	return &Event{c, h}, nil
}

// Mark makes the event the point that the work has come to so far.
func (e *Event) Mark() error { return e.c.failure("cuEventRecord", e.c.l.record(e.h, e.c.stream)) }

// Elapsed waits for both events and gives the seconds from e to the later one.
func (e *Event) Elapsed(later *Event) (float64, error) {
	if err := e.c.outside("Elapsed"); err != nil {
		return 0, err
	}
	for _, one := range []*Event{e, later} {
		if r := e.c.l.waitEvent(one.h); r != success {
			return 0, e.c.failure("cuEventSynchronize", r)
		}
	}
	ms, r := e.c.l.elapsed(e.h, later.h)
	return float64(ms) / 1e3, e.c.failure("cuEventElapsedTime", r)
}

// Close frees the event.
func (e *Event) Close() error {
	if e.h == 0 {
		return nil
	}
	r := e.c.l.freeEvent(e.h)
	e.h = 0
	return e.c.failure("cuEventDestroy", r)
}
