/* void leave_first_stage(image, protected): the last that the first stage does. The NAPOT region
   `protected` can't be read, written or run by anybody until the machine is reset (RISC-V Privileged
   Architecture, Physical Memory Protection: a locked entry binds machine mode too). All memory that
   the first stage used, but for what it hands over, is wiped; then the image starts. */
    .section .text.leave, "ax"
    .globl leave_first_stage
leave_first_stage:
    csrw pmpaddr0, a1
    li   t0, 0x98               /* locked, naturally aligned power of two, no access */
    csrw pmpcfg0, t0
    la   t1, zeroed_begin
    la   t2, stack_top
1:  bgeu t1, t2, 2f
    sw   zero, 0(t1)
    addi t1, t1, 4
    j    1b
    .option push
    .option arch, +zifencei
2:  fence.i
    .option pop
    mv   t0, a0
    li   a0, 0
    li   a1, 0
    jr   t0
