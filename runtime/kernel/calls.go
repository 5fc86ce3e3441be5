package kernel

// calls is the arguments of loops that a pool runs, and the loops' bodies: they are
// kept with the pool because a closure would be allocated at each call.
type calls[F Float] struct {
	sum  call[summing[F], *summing[F]]
	draw call[drawing[F], *drawing[F]]
}

// A call is one loop: its arguments A, and its body, which reads them.
type call[A any, P loop[A]] struct {
	args A
	body func(lo, hi int)
}

// A loop can do a part of itself.
type loop[A any] interface {
	*A
	part(lo, hi int)
}

// callsOf returns the calls of a pool that is held.
func callsOf[F Float](p *Pool) *calls[F] {
	if c, ok := any(&p.single).(*calls[F]); ok {
		return c
	}
	return any(&p.double).(*calls[F])
}

// over runs the loop from 0 to n in so many parts, on a pool that is held.
func (c *call[A, P]) over(p *Pool, args A, n, parts int) {
	if c.args = args; c.body == nil {
		c.body = func(lo, hi int) { P(&c.args).part(lo, hi) }
	}
	p.share(job{c.body, n, 1, parts})
	var none A // what was computed on is not to be kept alive
	c.args = none
}

// hold takes the pool for parts of a loop, if there are several and it is not busy.
func (p *Pool) hold(parts int) bool { return parts > 1 && p != nil && p.mu.TryLock() }
