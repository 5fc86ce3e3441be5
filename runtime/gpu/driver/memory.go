package driver

import (
	"fmt"
	"unsafe"
)

// Pointer is an address in the device's memory. Its numbers may be added to.
type Pointer uint64

// Alloc takes n bytes of the device's memory, at an address that is a multiple
// of 256. The error wraps ErrMemory where there are not as many.
func (c *Context) Alloc(n int) (Pointer, error) {
	if err := c.outside("Alloc"); err != nil {
		return 0, err
	}
	if n <= 0 {
		return 0, fmt.Errorf("%d bytes of GPU memory were asked for", n)
	}
	p, r := c.l.alloc(n)
	if r == outOfMemory {
		return 0, c.short(n, r)
	}
	return Pointer(p), c.failure("cuMemAlloc", r)
}

// short says how much memory was asked for and how much there is.
func (c *Context) short(n int, r code) error {
	err := c.failure("cuMemAlloc", r)
	left, total, r := c.l.memoryInfo()
	if r != success {
		return fmt.Errorf("%w: %s asked for: %w", ErrMemory, bytes(uint64(n)), err)
	}
	return fmt.Errorf("%w: %s asked for, %s of %s free on %s: %w", ErrMemory, bytes(uint64(n)), bytes(left), bytes(total), c.info.Name, err)
}

func bytes(n uint64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d bytes", n)
}

// Free gives memory back. It waits for work that may use it.
func (c *Context) Free(p Pointer) error {
	if err := c.outside("Free"); err != nil {
		return err
	}
	return c.failure("cuMemFree", c.l.free(uint64(p)))
}

// MemoryInfo tells how many bytes of the device are free, and how many it has.
func (c *Context) MemoryInfo() (left, total int64, err error) {
	l, t, r := c.l.memoryInfo()
	return int64(l), int64(t), c.failure("cuMemGetInfo", r)
}

// Host takes n bytes of the host's memory that the device can read and write by
// itself. It is no memory of Go's: after FreeHost it must not be touched.
func (c *Context) Host(n int) ([]byte, error) {
	if err := c.outside("Host"); err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, fmt.Errorf("%d bytes of pinned memory were asked for", n)
	}
	p, r := c.l.allocHost(n)
	if r != success {
		return nil, fmt.Errorf("%s of pinned memory: %w", bytes(uint64(n)), c.failure("cuMemAllocHost", r))
	}
	c.pinned[uintptr(p)] = n
	return unsafe.Slice((*byte)(p), n), nil
}

// FreeHost gives back what Host gave: the whole of it.
func (c *Context) FreeHost(b []byte) error {
	if err := c.outside("FreeHost"); err != nil {
		return err
	}
	p := unsafe.Pointer(unsafe.SliceData(b))
	if _, ok := c.pinned[uintptr(p)]; !ok {
		return fmt.Errorf("FreeHost of memory that Host did not give")
	}
	delete(c.pinned, uintptr(p))
	return c.failure("cuMemFreeHost", c.l.freeHost(p))
}

// isPinned reports whether all of b lies in memory that Host gave.
func (c *Context) isPinned(b []byte) bool {
	p := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	for at, n := range c.pinned {
		if p >= at && p+uintptr(len(b)) <= at+uintptr(n) {
			return true
		}
	}
	return false
}

// Upload copies bytes to the device and waits until they are there.
func (c *Context) Upload(to Pointer, from []byte) error {
	if err := c.outside("Upload"); err != nil || len(from) == 0 {
		return err
	}
	r := c.l.upload(uint64(to), unsafe.Pointer(unsafe.SliceData(from)), len(from), c.stream)
	if err := c.failure("cuMemcpyHtoDAsync", r); err != nil {
		return err
	}
	return c.Sync()
}

// Download copies bytes from the device and waits until they are here.
func (c *Context) Download(to []byte, from Pointer) error {
	if err := c.outside("Download"); err != nil || len(to) == 0 {
		return err
	}
	r := c.l.download(unsafe.Pointer(unsafe.SliceData(to)), uint64(from), len(to), c.stream)
	if err := c.failure("cuMemcpyDtoHAsync", r); err != nil {
		return err
	}
	return c.Sync()
}

// UploadAsync has bytes copied to the device, in their turn. from must lie in
// memory that Host gave and stay as it is until Sync. Captures may hold it.
func (c *Context) UploadAsync(to Pointer, from []byte) error {
	if len(from) == 0 {
		return nil
	}
	if !c.isPinned(from) {
		return fmt.Errorf("UploadAsync of memory that is not pinned; take it from Host")
	}
	r := c.l.upload(uint64(to), unsafe.Pointer(unsafe.SliceData(from)), len(from), c.stream)
	return c.failure("cuMemcpyHtoDAsync", r)
}

// DownloadAsync has bytes copied from the device, in their turn: they are here
// after Sync. to must lie in memory that Host gave. Captures may hold it.
func (c *Context) DownloadAsync(to []byte, from Pointer) error {
	if len(to) == 0 {
		return nil
	}
	if !c.isPinned(to) {
		return fmt.Errorf("DownloadAsync to memory that is not pinned; take it from Host")
	}
	r := c.l.download(unsafe.Pointer(unsafe.SliceData(to)), uint64(from), len(to), c.stream)
	return c.failure("cuMemcpyDtoHAsync", r)
}

// Copy has n bytes copied within the device, in their turn.
func (c *Context) Copy(to, from Pointer, n int) error {
	if n == 0 {
		return nil
	}
	return c.failure("cuMemcpyDtoDAsync", c.l.copy(uint64(to), uint64(from), n, c.stream))
}

// Fill has n words written to the device, in their turn.
func (c *Context) Fill(to Pointer, word uint32, n int) error {
	if n == 0 {
		return nil
	}
	return c.failure("cuMemsetD32Async", c.l.fill(uint64(to), word, n, c.stream))
}
