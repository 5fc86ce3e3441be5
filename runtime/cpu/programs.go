package cpu

import "ssmc/runtime/scalar"

// Programs is the element-wise programs of the machine's formulas and of their
// derivatives, those inside scans included, in the order in which they run.
func (x *Machine[F]) Programs() []*scalar.Program[F] {
	var list []*scalar.Program[F]
	for _, t := range x.forward {
		for _, o := range operationsOf[F](t.stage) {
			m, ok := o.(*mapOp[F])
			if !ok {
				continue
			}
			list = append(list, m.fwd.prog)
			if m.bwd != nil {
				list = append(list, m.bwd.prog)
			}
		}
	}
	return list
}
