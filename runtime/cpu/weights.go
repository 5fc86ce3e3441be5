package cpu

import (
	"math"

	"ssmc/runtime/op"
)

// weights is what the K samples of each sequence weigh, in blocks of time: from
// one resampling to the next, or, without any, of all frames. Row r is that of a
// frame in the layout of samples.
type weights[F Float] struct {
	*env[F]
	terms []*array[F]
	join  op.Join
	log   []float64 // [N*K] log weights, from the first frame of the block on
	ends  []bool    // [N] at the last frame of a block
	share []float64 // [N*K] weights of whole blocks, over their sum; set by normalise
	bound []float64 // [B] sums of log mean weights; set by normalise
}

// fit makes room for a batch.
func (w *weights[F]) fit() {
	d := w.dims
	w.log, w.ends, w.share = grow(w.log, d.Sampled.N), grow(w.ends, d.Base.N), grow(w.share, d.Sampled.N)
	w.bound = grow(w.bound, d.Base.B)
}

// step weighs the samples of time t, those of earlier times being weighed.
func (w *weights[F]) step(t int) {
	l, k := w.dims.Base, w.dims.K
	lo, hi := k*l.Off[t], k*l.Off[t+1]
	clear(w.log[lo:hi])
	for i, x := range w.terms {
		w.addTerm(x, -w.coef[i], t, lo, hi)
	}
	for b := range l.Size(t) {
		now := w.log[lo+k*b:][:k]
		if t > 0 && !w.ends[l.Off[t-1]+b] {
			for j, v := range w.log[k*(l.Off[t-1]+b):][:k] {
				now[j] += v
			}
		}
		w.ends[l.Off[t]+b] = t == l.Len[b]-1 || w.join == op.Filter && uneven(now)
	}
}

// addTerm adds c times a term to the log weights of time t, in rows [lo,hi).
// What a sequence has once counts at its first frame.
func (w *weights[F]) addTerm(x *array[F], c float64, t, lo, hi int) {
	per := w.dims.K
	if x.shape.Sampled {
		per = 1
	}
	if x.shape.Axis == op.Once || x.shape.Axis == op.Seq && t > 0 {
		return
	}
	for r := lo; r < hi; r++ {
		w.log[r] += c * float64(x.row(r / per)[0])
	}
}

// uneven reports whether weights are worth fewer than half as many samples
// (Kong 1992): (sum w)² / sum w² < K/2.
func uneven(logs []float64) bool {
	top, sum, squares := largest(logs), 0.0, 0.0
	for _, v := range logs {
		e := math.Exp(v - top)
		sum += e
		squares += e * e
	}
	return sum*sum < squares*float64(len(logs))/2
}

func largest(x []float64) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, v)
	}
	return top
}

// normalise takes the log mean weight of each block, and the shares of its
// samples: those at its last frame serve all of its frames.
func (w *weights[F]) normalise() {
	l, k := w.dims.Base, w.dims.K
	clear(w.bound)
	for t := l.T - 1; t >= 0; t-- {
		for b := range l.Size(t) {
			at := l.Off[t] + b
			share := w.share[k*at:][:k]
			if w.ends[at] {
				w.bound[b] += logMean(share, w.log[k*at:][:k])
				continue
			}
			copy(share, w.share[k*(l.Off[t+1]+b):][:k])
		}
	}
}

// logMean is the log of the mean of weights, given by their logs; share is set
// to the weights over their sum.
func logMean(share, logs []float64) float64 {
	top, sum := largest(logs), 0.0
	for j, v := range logs {
		share[j] = math.Exp(v - top)
		sum += share[j]
	}
	for j := range share {
		share[j] /= sum
	}
	return top + math.Log(sum/float64(len(logs)))
}

// of is the share of row r of an array of shape s: what has no samples counts
// in full.
func (w *weights[F]) of(s op.Shape, r int) float64 {
	if !s.Sampled || s.Axis == op.Once {
		return 1
	}
	return w.share[r] // row b*K+k of what a sequence has once is that of its first frame
}
