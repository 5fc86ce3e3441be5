package driver

import (
	"fmt"
	"os"
)

// oldest is the first version of the driver that has all that is called here:
// 11.4 brought cuGraphInstantiateWithFlags.
const oldest = 11040

// Driver is NVIDIA's driver, ready for use.
type Driver struct {
	l       library
	version int
	infos   []Info
}

// Info is what is known of a device before it is used.
type Info struct {
	// Index is the number of the device, from zero.
	Index int
	// Name is what its maker calls it.
	Name string
	// Capability is its version of hardware, such as 9.0.
	Capability [2]int
	// SMs is the number of its multiprocessors.
	SMs int
	// Memory is its memory in bytes.
	Memory int64
	// SharedPerBlock is the most shared memory of a block in bytes, where the
	// kernel asks for it (SetShared).
	SharedPerBlock int
	// Cooperative says that all blocks of a launch can be made to run at once.
	Cooperative bool
	// Version is that of the driver: 12040 for 12.4.
	Version int
}

func (i Info) String() string {
	return fmt.Sprintf("%s, %d.%d, %d SMs, %.0f GB, driver %s", i.Name, i.Capability[0], i.Capability[1], i.SMs,
		float64(i.Memory)/1e9, versionText(i.Version))
}

func versionText(v int) string { return fmt.Sprintf("%d.%d", v/1000, v%1000/10) }

// Open opens the driver: libcuda.so.1, or the file that SSMC_LIBCUDA names. The
// error wraps ErrNone and says what is missing.
func Open() (*Driver, error) {
	l, err := open(os.Getenv("SSMC_LIBCUDA"))
	if err != nil {
		return nil, err
	}
	d := &Driver{l: l}
	var c code
	if d.version, c = l.version(); c != success {
		return nil, none(l, "cuDriverGetVersion", c)
	}
	if d.version < oldest {
		return nil, tooOld(d.version)
	}
	if c := l.init(); c != success {
		return nil, none(l, "cuInit", c)
	}
	n, c := l.devices()
	if c != success || n == 0 {
		return nil, none(l, "cuDeviceGetCount", max(c, noDevice))
	}
	for i := range n {
		info, err := d.info(i)
		if err != nil {
			return nil, err
		}
		d.infos = append(d.infos, info)
	}
	return d, nil
}

func tooOld(version int) error {
	return fmt.Errorf("%w: the driver is of version %s; install %s or newer", ErrNone, versionText(version), versionText(oldest))
}

// Devices tells what is known of all devices.
func (d *Driver) Devices() []Info { return append([]Info(nil), d.infos...) }

func (d *Driver) info(i int) (Info, error) {
	name, c := d.l.name(i)
	if c != success {
		return Info{}, none(d.l, "cuDeviceGetName", c)
	}
	total, c := d.l.memory(i)
	if c != success {
		return Info{}, none(d.l, "cuDeviceTotalMem", c)
	}
	info := Info{Index: i, Name: name, Memory: int64(total), Version: d.version}
	cooperative := 0
	for which, to := range map[int]*int{deviceMajor: &info.Capability[0], deviceMinor: &info.Capability[1], deviceSMs: &info.SMs,
		deviceShared: &info.SharedPerBlock, deviceCooperative: &cooperative} {
		if *to, c = d.l.attribute(i, which); c != success {
			return Info{}, none(d.l, "cuDeviceGetAttribute", c)
		}
	}
	info.Cooperative = cooperative != 0
	return info, nil
}
