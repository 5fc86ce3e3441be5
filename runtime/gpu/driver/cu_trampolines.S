//go:build cu && (amd64 || arm64)

// Each function of the driver, as a jump to where the loader has found it. With
// them the program links, and starts, without libcuda.
#define ENTRY(name) .globl name; .hidden name; .type name, %function; name: JUMP(slot_##name)
#if defined(__x86_64__)
#define JUMP(slot) jmp *slot(%rip)
#else
#define JUMP(slot) adrp x16, slot; ldr x16, [x16, :lo12:slot]; br x16
#endif
	.text
#include "cu_entries.h"

#undef ENTRY
#define ENTRY(name) slot_##name: .quad 0
	.data
	.balign 8
	.globl ssmc_cu_slots
	.hidden ssmc_cu_slots
ssmc_cu_slots:
#include "cu_entries.h"
	.section .note.GNU-stack, "", %progbits
