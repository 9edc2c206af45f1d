/* From reset to main: stack, small data, zeroed memory. The stack is painted, so that its deepest
   use can be read off a running image. A trap has no handler on purpose: it ends in a reset. */
    .section .text.start, "ax"
    .globl _start
_start:
    csrw mie, zero
    .option push
    .option norelax
    la   gp, __global_pointer$
    .option pop
    la   t0, trapped
    csrw mtvec, t0
    la   sp, stack_top
    la   a0, zeroed_begin
    la   a1, zeroed_end
1:  bgeu a0, a1, 2f
    sw   zero, 0(a0)
    addi a0, a0, 4
    j    1b
2:  la   a0, stack_bottom
    li   t0, 0x5AFE57AC         /* painted_word in firmware/stack.h */
3:  bgeu a0, sp, 4f
    sw   t0, 0(a0)
    addi a0, a0, 4
    j    3b
4:  call firmware_main

/* void enable_interrupts(unsigned long): which interrupts may end a sleep. Here, because the compiler
   of the whole program knows no such instruction. */
    .globl enable_interrupts
enable_interrupts:
    csrs mie, a0
    ret

    .align 2
trapped:
    li   t0, 0x100000           /* the machine's power controller: reset */
    li   t1, 0x7777
    sw   t1, 0(t0)
5:  wfi
    j    5b
