package cpu

import (
	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// joint is what the shards of a batch make together, in the layout of the batch.
type joint[F Float] struct {
	results[F]
	cost     float64
	gradient []F
	norm     norm[F]
	shards   []*shard[F] // that are added up
	sum      func(w, lo, hi int)
}

// init makes room for what the machines of s give.
func (j *joint[F]) init(s *Shards[F], pool *kernel.Pool) {
	j.env = newEnv[F](pool)
	for _, a := range s.first.values {
		j.values = append(j.values, j.env.array(a.shape))
	}
	for _, a := range s.first.samples {
		j.samples = append(j.samples, j.env.array(a.shape))
	}
	for _, a := range j.env.arrays { // which are all there at the same time
		j.env.memory.blocks = append(j.env.memory.blocks, newBlock(a, 0, 0))
	}
	j.dst, j.wide = make([][]float64, len(j.values)), make([][]float64, len(j.samples))
	if s.first.joined() {
		j.env.weights = &weights[F]{env: j.env}
	}
	j.gradient = make([]F, len(s.first.gradient))
	j.norm.init(j.env, j.gradient)
	j.sum = j.addSlabs
}

// begin lays a batch out.
func (j *joint[F]) begin(b *runtime.Batch, r runtime.Run) {
	j.env.coef = r.Coef
	j.env.dims.Set(b.Lens, r.K)
	j.env.memory.fit(j.env.dims)
	j.env.fit()
	if j.joined() {
		w := j.env.weights
		w.bound, w.share = grow(w.bound, len(b.Lens)), grow(w.share, j.env.dims.Sampled.N)
	}
}

// gather takes up what a machine has made of a shard.
func (j *joint[F]) gather(h *shard[F], m *Machine[F]) {
	own := m.env.dims
	for i, a := range m.values {
		gather(&h.portion, own, j.values[i], a)
	}
	for i, a := range m.samples {
		gather(&h.portion, own, j.samples[i], a)
	}
	if !j.joined() {
		return
	}
	all, of := j.env.weights, m.env.weights
	copy(all.bound[h.lo:], of.bound)
	h.each(own, op.Shape{Axis: op.Frame, Sampled: true}, func(at, from, n int) { copy(all.share[from:], of.share[at:][:n]) })
}

// add adds up the shards. Where the cost or the gradient is not finite then, the
// error is a *NotFinite.
func (j *joint[F]) add(shards []*shard[F], grad bool) error {
	j.cost, j.shards = 0, shards
	for _, h := range shards {
		j.cost += h.cost
	}
	if grad {
		n := len(j.gradient)
		j.env.split(0, (n+slab-1)/slab, n*len(shards), j.sum)
		j.norm.measure()
	}
	return finite(j.cost, j.norm.value, grad)
}

// slab is the numbers of the gradient that a thread adds up at least.
const slab = 1 << 10

// addSlabs adds up slabs [lo,hi) of the gradient.
func (j *joint[F]) addSlabs(_, lo, hi int) {
	lo, hi = lo*slab, min(hi*slab, len(j.gradient))
	sum := j.gradient[lo:hi]
	copy(sum, j.shards[0].gradient[lo:hi])
	for _, h := range j.shards[1:] {
		addTo(sum, h.gradient[lo:hi])
	}
}
