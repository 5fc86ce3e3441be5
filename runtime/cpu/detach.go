package cpu

// detachOp shows its input, and takes no gradient back.
type detachOp[F Float] struct{ links[F] }

func (d *detachOp[F]) forward(_, _ int) {}
