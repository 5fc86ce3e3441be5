package optim

import "math"

// Overflows reports whether an optimizer of a kind keeps squares of gradients, and 32
// bits do not hold those of a gradient of such a norm, as it is clipped; 0 is not at
// all. Its memory would be infinite for good, and the parameters would stand still.
func Overflows(kind string, norm, clip float64) bool {
	if clip > 0 {
		norm = min(norm, clip)
	}
	return kind != "sgd" && norm*norm > math.MaxFloat32
}

// overflow names the first parameter whose gradient, times scale, is too large for
// the optimizer to square.
func (u *Updater) overflow(scale float64) error {
	if _, plain := u.opt.(*SGD); plain {
		return nil
	}
	for i, s := range u.squares {
		if s*scale*scale > math.MaxFloat32 {
			return &NotFinite{Param: u.params.List[u.pieces[i].param].Name, Updates: u.count, Square: true}
		}
	}
	return nil
}
