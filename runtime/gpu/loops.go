package gpu

import (
	"fmt"

	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
)

// lowerLoop is the launch of a loop over time.
func (b *build) lowerLoop(s step) (*launch, error) {
	l := s.loop
	plan, clusters := b.planLoop(l)
	ops := make([]kernels.Op, 0, len(l.body))
	deal := plan.Deals
	for _, in := range l.body {
		o := b.image.op(&b.atlas, in)
		if in.code == kernels.Affine {
			deal[0].Put(&o)
			deal = deal[1:]
		}
		ops = append(ops, o)
	}
	sync := make([]int, len(l.sync))
	for i, v := range l.sync {
		sync[i] = flag(v)
	}
	scan := kernels.Scan{Ops: int32(len(ops)), Rev: int32(flag(l.rev)), Axis: axisOf(l.frames), Shared: int32(plan.Weights(len(ops)))}
	scan.Op, scan.Sync = uint64(b.image.ops(ops)), uint64(b.image.ints(sync))
	barrier, err := b.barrier(l)
	if err != nil {
		return nil, err
	}
	scan.Barrier = uint64(barrier)
	out := &launch{step: s, grid: driver.Grid{plan.Blocks, 1, 1}, threads: plan.Threads, shared: plan.Shared, mode: driver.Cooperative}
	if clusters {
		out.mode = driver.Plain
	}
	if out.function, err = b.functions.scan(clusters); err != nil {
		return nil, err
	}
	out.scan = b.image.scan(scan)
	if err := b.functions.share(out.function, plan.Shared); err != nil {
		return nil, fmt.Errorf("%d bytes of shared memory for a loop: %w", plan.Shared, err)
	}
	return out, nil
}

// barrier is the count of arrivals of a loop, zero to begin with.
func (b *build) barrier(l *loop) (driver.Pointer, error) {
	if p, ok := b.barriers[l]; ok {
		return p, nil
	}
	p, err := b.alloc(4)
	b.barriers[l] = p
	return p, err
}

// What plans are compared by, in seconds, as measured on an H100 (ssmc devices --bench).
const (
	unitTime    = 65e-9 // of kernels.Plan.Work
	gridWait    = 1.05e-6
	clusterWait = 0.65e-6
)

// planLoop decides how a loop is shared out: among all blocks, or, where the weights
// stay in the shared memory of a cluster of blocks and that is faster, among clusters
// that have some sequences each.
func (b *build) planLoop(l *loop) (kernels.Plan, bool) {
	info := b.x.device.info
	card := kernels.Card{Blocks: info.SMs, Shared: info.SharedPerBlock}
	k := kernels.Loop{Ops: len(l.body), Sequences: b.sequences, Samples: 1}
	if l.frames.Sampled {
		k.Samples = b.k
	}
	waits := 1
	for i, in := range l.body {
		if l.sync[i] {
			waits++
		}
		if in.code == kernels.Affine {
			k.Products = append(k.Products, kernels.Product{K: in.n[0], D: in.n[1]})
			continue
		}
		k.Elements = max(k.Elements, b.sequences*k.Samples*b.widthOf(in))
	}
	grid := k.Grid(card)
	if info.Capability[0] < 9 {
		return grid, false
	}
	cluster, ok := k.Cluster(card)
	time := func(p kernels.Plan, wait float64) float64 { return float64(p.Work)*unitTime + float64(waits)*wait }
	if rounds := up(cluster.Blocks, info.SMs); !ok || float64(rounds)*time(cluster, clusterWait) > time(grid, gridWait) {
		return grid, false
	}
	return cluster, true
}

// widthOf is the columns that an instr computes.
func (b *build) widthOf(in instr) int {
	if in.code == kernels.Map {
		return b.x.program.programs.list[in.n[0]].Width
	}
	return max(1, in.n[0])
}
