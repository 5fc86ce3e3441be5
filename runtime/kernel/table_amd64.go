package kernel

import "golang.org/x/sys/cpu"

// vectorTables returns the tables that the CPU has instructions for, best first.
func vectorTables() (tables []*table[float32]) {
	x := &cpu.X86
	avx2 := x.HasAVX2 && x.HasFMA && x.HasBMI2
	if avx2 && x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW {
		tables = append(tables, vectorTable("avx512", fillAVX512))
	}
	if avx2 {
		tables = append(tables, vectorTable("avx2", fillAVX2))
	}
	return tables
}

// vectorTable returns the table of plain Go with what fill has replaced.
func vectorTable(name string, fill func(*table[float32])) *table[float32] {
	t := plain[float32]()
	t.name = name
	fill(t)
	return t
}
