package cpu

// reweighOp shows its input; its gradient is weighed by the samples' shares.
type reweighOp[F Float] struct{ links[F] }

func (w *reweighOp[F]) forward(_, _ int) {}

func (w *reweighOp[F]) backward(lo, hi int) {
	if !w.wants(0) {
		return
	}
	d := w.din[0]
	for r := lo; r < hi; r++ {
		share := F(w.env.weights.of(w.out.shape, r))
		row := d.row(r)
		if !d.add {
			clear(row)
		}
		for j, v := range w.dout.row(r) {
			row[j] += share * v
		}
	}
}
