package driver

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ssmc/runtime/gpu/fakecuda"
)

// plan is the structure that the kernel add takes by value.
type plan struct {
	Out   Pointer
	Scale float64
	N     int32
	Step  int16
	_     [2]byte
}

// kernel loads the kernels; the module is unloaded when the test ends its work.
func kernel(t *testing.T, c *Context, name string) (Function, *Module) {
	t.Helper()
	m, err := c.Load(kernels)
	ok(t, err)
	f, err := m.Function(name)
	ok(t, err)
	return f, m
}

func TestLaunchOfAKernel(t *testing.T) {
	within(t, fake(t), func(c *Context) error {
		f, m := kernel(t, c, "add")
		const n = 100
		in, out := make([]float32, n+3), make([]float32, 2*n)
		for i := range in {
			in[i] = float32(i)
		}
		pin, err := c.Alloc(4 * len(in))
		ok(t, err)
		pout, err := c.Alloc(4 * len(out))
		ok(t, err)
		ok(t, c.Upload(pin, floatBytes(in)), c.Fill(pout, 0, len(out)))
		a := NewArgs()
		for range 2 {
			Struct(a.Reset(), &plan{Out: pout, Scale: 0.5, N: n, Step: 2}).Pointer(pin).Float(1.5).Long(3)
			ok(t, c.Launch(f, Grid{4, 1, 1}, Block{32, 1, 1}, 0, a, Plain))
		}
		ok(t, c.Download(floatBytes(out), pout))
		for i, got := range out {
			want := float32(0)
			if i%2 == 0 {
				want = float32(i/2+3) + 1.5
			}
			if got != want {
				t.Fatalf("out[%d] is %v, want %v", i, got, want)
			}
		}
		return errors.Join(c.Free(pin), c.Free(pout), m.Unload())
	})
}

// An Args that has been used once is filled and launched without allocation.
func TestLaunchesAllocateNothing(t *testing.T) {
	within(t, fake(t), func(c *Context) error {
		f, m := kernel(t, c, "add")
		a, p := NewArgs(), &plan{}
		n := testing.AllocsPerRun(20, func() {
			Struct(a.Reset(), p).Pointer(0).Float(1).Long(0)
			ok(t, c.Launch(f, Grid{1, 1, 1}, Block{32, 1, 1}, 0, a, Plain))
		})
		if n > 1 { // purego keeps what a call is made of in a pool, which is sometimes empty
			t.Errorf("%v allocations a launch", n)
		}
		return errors.Join(c.Sync(), m.Unload())
	})
}

func TestCooperativeLaunchAndSharedMemory(t *testing.T) {
	within(t, fake(t), func(c *Context) error {
		f, m := kernel(t, c, "meet")
		const blocks, shared = 2, 200 << 10
		count, err := c.Alloc(4)
		ok(t, err)
		seen, err := c.Alloc(4 * blocks)
		ok(t, err)
		ok(t, c.Fill(count, 0, 1))
		a := NewArgs().Pointer(count).Pointer(seen).Int(shared / 4)
		holds(t, c.Launch(f, Grid{blocks, 1, 1}, Block{64, 1, 1}, shared, a, Cooperative), nil,
			"meet with [2 1 1] blocks of [64 1 1] threads and 204800 bytes: cuLaunchCooperativeKernel: CUDA_ERROR_INVALID_VALUE")
		holds(t, c.SetShared(f, 300<<10), nil, "meet needs 307200 bytes of shared memory a block; Pretend GPU has 232448")
		ok(t, c.SetShared(f, shared))
		n, err := c.Occupancy(f, Block{64, 1, 1}, shared)
		ok(t, err)
		if n != 1 {
			t.Errorf("%d blocks run at once on a multiprocessor", n)
		}
		holds(t, c.Launch(f, Grid{3, 1, 1}, Block{64, 1, 1}, shared, a, Cooperative), nil, "TOO_LARGE", "; 2 run at once")
		ok(t, c.Launch(f, Grid{blocks, 1, 1}, Block{64, 1, 1}, shared, a, Cooperative))
		out := make([]byte, 4*blocks)
		ok(t, c.Download(out, seen))
		if string(out) != "\x02\x00\x00\x00\x02\x00\x00\x00" {
			t.Errorf("%v", out)
		}
		return errors.Join(c.Free(count), c.Free(seen), m.Unload())
	})
}

func TestGraphs(t *testing.T) {
	within(t, fake(t), func(c *Context) error {
		f, m := kernel(t, c, "add")
		p, err := c.Alloc(8)
		ok(t, err)
		host, err := c.Host(8)
		ok(t, err)
		a := NewArgs()
		g, err := c.Capture(func() error {
			ok(t, c.UploadAsync(p, host[:4]))
			Struct(a.Reset(), &plan{Out: p, Scale: 2, N: 1, Step: 1}).Pointer(p).Float(1).Long(0)
			ok(t, c.Launch(f, Grid{1, 1, 1}, Block{32, 1, 1}, 0, a, Plain))
			holds(t, c.Sync(), nil, "Sync waits for the GPU, and a capture only records")
			holds(t, c.Upload(p, host), nil, "Upload")
			holds(t, c.Download(host, p), nil, "Download")
			_, err := c.Alloc(4)
			holds(t, err, nil, "Alloc")
			_, err = c.Capture(func() error { return nil })
			holds(t, err, nil, "another")
			return c.DownloadAsync(host[4:], p)
		})
		ok(t, err)
		a.Reset() // the graph has its own copy
		for _, x := range []float32{1, 5} {
			copy(host, floatBytes([]float32{x}))
			ok(t, g.Launch(), c.Sync())
			if want := string(floatBytes([]float32{x + 2*(x+1)})); string(host[4:]) != want {
				t.Errorf("%x, want %x", host[4:], want)
			}
		}
		failed := errors.New("no more")
		if _, err := c.Capture(func() error { return failed }); !errors.Is(err, failed) {
			t.Errorf("%v", err)
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = c.Capture(func() error { panic("midway") })
		}()
		ok(t, c.Sync())
		return errors.Join(g.Close(), g.Close(), c.FreeHost(host), c.Free(p), m.Unload())
	})
}

func TestEvents(t *testing.T) {
	within(t, fake(t), func(c *Context) error {
		from, err := c.NewEvent()
		ok(t, err)
		to, err := c.NewEvent()
		ok(t, err)
		_, err = from.Elapsed(to)
		holds(t, err, nil, "cuEventElapsedTime")
		ok(t, from.Mark(), to.Mark())
		s, err := from.Elapsed(to)
		ok(t, err)
		if math.IsNaN(s) || s < 0 || s > 1 {
			t.Errorf("%v seconds", s)
		}
		return errors.Join(from.Close(), to.Close())
	})
}

// What a kernel did is told by the Sync after it, with what the interpreter says.
func TestFaultsOfKernels(t *testing.T) {
	d := fake(t)
	c, err := d.Context(0)
	ok(t, err)
	err = c.Do(func() error {
		f, _ := kernel(t, c, "add")
		p, err := c.Alloc(4)
		ok(t, err)
		a := Struct(NewArgs(), &plan{Out: p, Scale: 1, N: 2, Step: 1}).Pointer(p).Float(1).Long(0)
		ok(t, c.Launch(f, Grid{1, 1, 1}, Block{32, 1, 1}, 0, a, Plain))
		holds(t, c.Sync(), nil, "CUDA_ERROR_ILLEGAL_ADDRESS", "add: line ", "thread (1,0,0)")
		_, err = c.Alloc(4)
		holds(t, err, nil, "CUDA_ERROR_ILLEGAL_ADDRESS") // nothing goes on after that
		return nil
	})
	ok(t, err)
	holds(t, c.Close(), nil, "ILLEGAL_ADDRESS")

	d = fake(t, "FAIL_LAUNCH", "2")
	c, err = d.Context(0)
	ok(t, err)
	ok(t, c.Do(func() error {
		f, _ := kernel(t, c, "nothing_given")
		a := NewArgs()
		ok(t, c.Launch(f, Grid{1, 1, 1}, Block{1, 1, 1}, 0, a, Plain), c.Sync())
		ok(t, c.Launch(f, Grid{1, 1, 1}, Block{1, 1, 1}, 0, a, Plain))
		holds(t, c.Sync(), nil, "CUDA_ERROR_LAUNCH_FAILED: the launch was told to fail")
		return nil
	}))
	holds(t, c.Close(), nil, "LAUNCH_FAILED")
}

// Outside of Do no device is current: the driver refuses.
func TestOutsideOfDo(t *testing.T) {
	d := fake(t)
	c, err := d.Context(0)
	ok(t, err)
	_, err = c.Alloc(4)
	holds(t, err, nil, "CUDA_ERROR_INVALID_CONTEXT")
	ok(t, c.Do(func() error { return c.Do(func() error { return c.Sync() }) }))
	ok(t, c.Close(), c.Close())
}

func TestLog(t *testing.T) {
	log := filepath.Join(t.TempDir(), "calls")
	within(t, fake(t, "LOG", log), func(c *Context) error {
		f, m := kernel(t, c, "nothing_given")
		ok(t, c.Launch(f, Grid{3, 2, 1}, Block{8, 1, 1}, 0, NewArgs(), Plain), c.Sync())
		return m.Unload()
	})
	b, err := os.ReadFile(log)
	ok(t, err)
	if want := "cuLaunchKernel nothing_given <<<(3,2,1), (8,1,1), 0>>>\n"; !strings.Contains(string(b), want) {
		t.Errorf("%s\nhas no line %s", b, want)
	}
}

func TestInstallBuildsOnce(t *testing.T) {
	dir := t.TempDir()
	first, err := fakecuda.Build(dir)
	if errors.Is(err, fakecuda.ErrNoCompiler) {
		t.Skip(err)
	}
	ok(t, err)
	before, err := os.Stat(first)
	ok(t, err)
	second, err := fakecuda.Build(dir)
	ok(t, err)
	after, err := os.Stat(second)
	ok(t, err)
	if first != second || !os.SameFile(before, after) {
		t.Errorf("built twice: %s, %s", first, second)
	}
}
