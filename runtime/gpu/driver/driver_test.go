package driver

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"ssmc/runtime/gpu/fakecuda"
)

//go:embed testdata/kernels.ptx
var kernels string

// fake opens a driver that is none, with what a test wants it to pretend.
func fake(t *testing.T, pretend ...string) *Driver {
	t.Helper()
	fakecuda.Install(t)
	for i := 0; i < len(pretend); i += 2 {
		t.Setenv("FAKE_CUDA_"+pretend[i], pretend[i+1])
	}
	d, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// within runs f on the first device, and checks that nothing leaks.
func within(t *testing.T, d *Driver, f func(c *Context) error) {
	t.Helper()
	leaks := fakecuda.Watch()
	c, err := d.Context(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Do(func() error { return f(c) }); err != nil {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if left := leaks(); len(left) > 0 {
		t.Errorf("not given back: %v", left)
	}
}

// ok stops a test at an error; within takes care of the rest.
func ok(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func floatBytes(v []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
}

// holds checks that an error wraps one and says something.
func holds(t *testing.T, err, is error, says ...string) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	if is != nil && !errors.Is(err, is) {
		t.Errorf("%v: it is not %v", err, is)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%v: it does not say %q", err, s)
		}
	}
}

func TestDevices(t *testing.T) {
	d := fake(t, "DEVICES", "2", "NAME", "A card", "SMS", "7", "CAPABILITY", "8.0", "MEMORY", "1000000", "VERSION", "12020")
	got := d.Devices()
	want := Info{Index: 1, Name: "A card", Capability: [2]int{8, 0}, SMs: 7, Memory: 1e6, SharedPerBlock: 166912, Cooperative: true, Version: 12020}
	if len(got) != 2 || got[1] != want {
		t.Errorf("%+v, want two, the second %+v", got, want)
	}
	if s := want.String(); s != "A card, 8.0, 7 SMs, 0 GB, driver 12.2" {
		t.Errorf("%q", s)
	}
}

func TestNoDriver(t *testing.T) {
	t.Setenv("SSMC_LIBCUDA", "/nowhere/libcuda.so.1")
	_, err := Open()
	holds(t, err, ErrNone, "SSMC_LIBCUDA names /nowhere/libcuda.so.1, which cannot be opened")
	other := filepath.Join(t.TempDir(), "libcuda.so")
	ok(t, os.WriteFile(other, []byte("no library"), 0o644))
	t.Setenv("SSMC_LIBCUDA", other)
	_, err = Open()
	holds(t, err, ErrNone, "cannot be opened")
}

// On a machine without a driver the default says so; on one with it, this has
// nothing to find out.
func TestDefaultLibrary(t *testing.T) {
	t.Setenv("SSMC_LIBCUDA", "")
	if _, err := Open(); err != nil {
		holds(t, err, ErrNone)
		if strings.Contains(err.Error(), "cannot be opened") {
			holds(t, err, nil, "NVIDIA's driver is not installed: libcuda.so.1", "SSMC_LIBCUDA may name")
		}
	}
}

func TestDriverThatCannotBeUsed(t *testing.T) {
	fakecuda.Install(t)
	for pretend, says := range map[string]string{
		"VERSION=11020": "the driver is of version 11.2; install 11.4 or newer",
		"DEVICES=0":     "CUDA_ERROR_NO_DEVICE",
	} {
		t.Run(pretend, func(t *testing.T) {
			name, value, _ := strings.Cut(pretend, "=")
			t.Setenv("FAKE_CUDA_"+name, value)
			_, err := Open()
			holds(t, err, ErrNone, says)
		})
	}
	d := fake(t, "BUSY", "1")
	_, err := d.Context(0)
	holds(t, err, ErrNone, "the device is busy", "CUDA_ERROR_DEVICE_UNAVAILABLE")
	_, err = d.Context(3)
	holds(t, err, ErrNone, "no device 3; the driver has 1")
}

func TestMemory(t *testing.T) {
	within(t, fake(t, "MEMORY", "3000000"), func(c *Context) error {
		p, err := c.Alloc(2e6)
		ok(t, err)
		_, err = c.Alloc(2e6)
		holds(t, err, ErrMemory, "2.0 MB asked for, 1.0 MB of 3.0 MB free on Pretend GPU")
		left, total, err := c.MemoryInfo()
		ok(t, err)
		if left != 1e6 || total != 3e6 {
			t.Errorf("%d of %d free", left, total)
		}
		out := make([]byte, 8)
		ok(t, c.Download(out, p))
		if binary.LittleEndian.Uint64(out) != math.MaxUint64 {
			t.Errorf("fresh memory holds %x", out)
		}
		in := []float32{1, 2, 3, 4}
		back := make([]float32, 4)
		ok(t, c.Upload(p, floatBytes(in)), c.Copy(p+8, p, 8), c.Fill(p, math.Float32bits(7), 1), c.Download(floatBytes(back), p))
		if [4]float32(back) != [4]float32{7, 2, 1, 2} {
			t.Errorf("%v", back)
		}
		holds(t, c.Upload(p+2e6-4, make([]byte, 8)), nil, "cuMemcpyHtoDAsync: CUDA_ERROR_INVALID_VALUE")
		_, err = c.Alloc(0)
		holds(t, err, nil, "0 bytes")
		ok(t, c.Free(p), c.Upload(p, nil), c.Download(nil, p))
		holds(t, c.Free(p), nil, "cuMemFree")
		return nil
	})
}

// What is pinned is read and written in its turn: not before Sync.
func TestPinnedMemory(t *testing.T) {
	within(t, fake(t), func(c *Context) error {
		p, err := c.Alloc(16)
		ok(t, err)
		b, err := c.Host(32)
		ok(t, err)
		copy(b, "abcd")
		clear(b[16:])
		ok(t, c.UploadAsync(p, b[:4]), c.DownloadAsync(b[16:20], p))
		copy(b, "efgh")
		if string(b[16:20]) != "\x00\x00\x00\x00" {
			t.Errorf("%q came before it was waited for", b[16:20])
		}
		ok(t, c.Sync())
		if string(b[16:20]) != "efgh" {
			t.Errorf("%q", b[16:20])
		}
		holds(t, c.UploadAsync(p, make([]byte, 4)), nil, "not pinned; take it from Host")
		holds(t, c.DownloadAsync(make([]byte, 4), p), nil, "not pinned")
		holds(t, c.FreeHost(b[1:]), nil, "Host did not give")
		return errors.Join(c.FreeHost(b), c.Free(p))
	})
}

func TestModules(t *testing.T) {
	within(t, fake(t), func(c *Context) error {
		_, err := c.Load("int main() {}")
		holds(t, err, nil, "CUDA_ERROR_INVALID_PTX", "Missing .version")
		_, err = c.Load(".version 7.0\n.target sm_80\n.visible .entry k() { frobnicate; }")
		holds(t, err, nil, "line 3: frobnicate: unknown instruction")
		_, err = c.Load(strings.Replace(kernels, ".version", ".version 99.0 //", 1))
		holds(t, err, nil, "driver 12.4 is too old for the kernels' version of PTX")
		m, err := c.Load(kernels)
		ok(t, err)
		_, err = m.Function("nothing")
		holds(t, err, nil, "the kernel nothing", "CUDA_ERROR_NOT_FOUND")
		return m.Unload()
	})
	within(t, fake(t, "CAPABILITY", "7.5"), func(c *Context) error {
		_, err := c.Load(kernels)
		holds(t, err, nil, "not for devices of capability 7.5")
		return nil
	})
}
