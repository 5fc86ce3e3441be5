package gpu

import (
	"slices"
	"time"

	"ssmc/runtime/gpu/driver"
)

// launches measures what it costs to have a kernel run: by itself, as one of many in a
// graph, and from the host's call to the end of its waiting.
func (g *gauge) launches() error {
	list, err := g.load("scan", "nothing")
	if err != nil {
		return err
	}
	args := driver.NewArgs()
	launch := func() error {
		return g.ctx.Launch(list[0], driver.Grid{1, 1, 1}, driver.Block{warp, 1, 1}, 0, args, driver.Plain)
	}
	s, err := g.time(g.work.Launches, launch)
	if err != nil {
		return err
	}
	g.tell(s, "launch of an empty kernel")
	return g.graph(launch)
}

// graph measures a graph of such launches.
func (g *gauge) graph(launch func() error) error {
	graph, err := g.ctx.Capture(func() error {
		for range g.work.Nodes {
			if err := launch(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer graph.Close()
	s, err := g.time(max(1, g.work.Launches/g.work.Nodes), graph.Launch)
	if err != nil {
		return err
	}
	g.tell(s/float64(g.work.Nodes), "node of a graph of %d empty kernels", g.work.Nodes)
	if err := g.ctx.Sync(); err != nil {
		return err
	}
	begin := time.Now()
	if err := graph.Launch(); err != nil {
		return err
	}
	if err := g.ctx.Sync(); err != nil {
		return err
	}
	g.tell(time.Since(begin).Seconds(), "that graph, from the call to the end of waiting for it")
	return nil
}

// waits measures barriers: of all blocks, of some, and of clusters.
func (g *gauge) waits() error {
	list, err := g.load("scan", "barriers")
	if err != nil {
		return err
	}
	count, err := g.alloc(1, 0)
	if err != nil {
		return err
	}
	sms := g.device.info.SMs
	for _, blocks := range slices.Compact([]int{sms, min(64, sms), min(32, sms)}) {
		s, err := g.wait(list[0], blocks, driver.Cooperative, func(a *driver.Args, n int) { a.Int(n).Pointer(count) })
		if err != nil {
			return err
		}
		if blocks == sms {
			g.waiting = s
		}
		g.tell(s, "barrier of %d blocks", blocks)
	}
	g.guessed("gridWait", gridWait, g.waiting)
	return g.clusterWaits()
}

// clusterBlocks is how many blocks a cluster of cluster.cu has.
const clusterBlocks = 8

func (g *gauge) clusterWaits() error {
	if g.device.info.Capability[0] < 9 {
		return nil
	}
	list, err := g.load("cluster", "cluster_barriers")
	if err != nil {
		return err
	}
	blocks := clusterBlocks * max(1, g.device.info.SMs/clusterBlocks/2)
	g.gathered, err = g.wait(list[0], blocks, driver.Plain, func(a *driver.Args, n int) { a.Int(n) })
	if err != nil {
		return err
	}
	g.tell(g.gathered, "barrier of clusters of %d blocks, %d clusters", clusterBlocks, blocks/clusterBlocks)
	g.guessed("clusterWait", clusterWait, g.gathered)
	return nil
}

// wait is the seconds of one wait: a launch with many, less one with none.
func (g *gauge) wait(f driver.Function, blocks int, mode driver.Mode, fill func(a *driver.Args, n int)) (float64, error) {
	var took [2]float64
	for i, n := range []int{0, g.work.Waits} {
		args := driver.NewArgs()
		fill(args, n)
		s, err := g.time(2, func() error {
			return g.ctx.Launch(f, driver.Grid{blocks, 1, 1}, driver.Block{threads, 1, 1}, 0, args, mode)
		})
		if err != nil {
			return 0, err
		}
		took[i] = s
	}
	return (took[1] - took[0]) / float64(g.work.Waits), nil
}

func (g *gauge) guessed(name string, guess, measured float64) {
	g.Constants = append(g.Constants, Constant{name, guess, measured})
}

// copies measures how long a batch takes to be told.
func (g *gauge) copies() error {
	const many = 16 << 20
	var s sheet
	steps, sequences := g.work.Loop[0], g.work.Loop[1]
	small := s.layOut(room{1, steps, sequences, steps * sequences}, 3)
	host, err := g.ctx.Host(many)
	if err != nil {
		return err
	}
	g.pinned = append(g.pinned, host)
	p, err := g.alloc(many/4, 0)
	if err != nil {
		return err
	}
	took, err := g.time(min(20, g.work.Launches), func() error { return g.ctx.UploadAsync(p, host[:small]) })
	if err != nil {
		return err
	}
	g.tell(took, "copy of a batch's sheet to the device, %d bytes", small)
	if took, err = g.time(1, func() error { return g.ctx.UploadAsync(p, host) }); err != nil {
		return err
	}
	back, err := g.time(1, func() error { return g.ctx.DownloadAsync(host, p) })
	g.Timings = append(g.Timings, Timing{"copies of 16 MiB to the device", many / took / 1e9, "GB/s"},
		Timing{"copies of 16 MiB from the device", many / back / 1e9, "GB/s"})
	return err
}
