/*
 * The process that the stepper steps: empty but for this page, which holds the one system-call instruction that the
 * stepper borrows to map memory. Everything else comes from the test.
 */
        .globl _start
_start: int $0x80
        nop
        .section .note.GNU-stack, "", @progbits
