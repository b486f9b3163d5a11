/*
 * enter_snippet: load the whole user state from `in` and jump to the snippet; leave_snippet, which every snippet
 * ends with a jump to, stores it into `out`. Stores go through SS: a snippet may have emptied DS, but never SS.
 * Field offsets are those of struct state in snippets.c.
 */
#include "layout.h"

        .globl enter_snippet, leave_snippet, abandon_snippet, signal_entry
        .text

enter_snippet:
        push %ebp
        push %ebx
        push %esi
        push %edi
        mov %esp, server_esp
        mov $SELECTOR_FS, %eax
        mov %eax, %fs
        mov $SELECTOR_GS, %eax
        mov %eax, %gs
        fxrstor in_fx
        mov in+0, %eax
        mov in+4, %ecx
        mov in+8, %edx
        mov in+12, %ebx
        mov in+20, %ebp
        mov in+24, %esi
        mov in+28, %edi
        push in+36
        popf
        mov in+16, %esp
        ljmp *in_far

leave_snippet:
        mov %eax, %ss:out+0
        mov %ecx, %ss:out+4
        mov %edx, %ss:out+8
        mov %ebx, %ss:out+12
        mov %esp, %ss:out+16
        mov %ebp, %ss:out+20
        mov %esi, %ss:out+24
        mov %edi, %ss:out+28
        mov %ss:server_esp, %esp
        pushf
        pop %ss:out+36
        push $2
        popf
        mov %ds, %eax
        mov %eax, %ss:out+40
        mov %es, %eax
        mov %eax, %ss:out+44
        mov %fs, %eax
        mov %eax, %ss:out+48
        mov %gs, %eax
        mov %eax, %ss:out+52
        mov $SELECTOR_DATA, %eax
        mov %eax, %ds
        mov %eax, %es
        fxsave out_fx
abandon_snippet:
        mov server_esp, %esp
        fninit
        pop %edi
        pop %esi
        pop %ebx
        pop %ebp
        ret

/*
 * The kernel keeps AC of the interrupted program: clear it before C code touches unaligned data. A tick of the timer
 * counts only against a snippet that has seen two already.
 */
signal_entry:
        push $2
        popf
        cmpl $26, 4(%esp)
        jne stop
        cmpl $0, running
        je resume
        incl ticks
        cmpl $3, ticks
        jb resume
stop:
        mov 12(%esp), %eax
        mov 4(%esp), %edx
        push %eax
        push %edx
        call on_signal
        add $8, %esp
        test %eax, %eax
        je abandon_snippet
resume:
        ret

restore_signal:
        mov $173, %eax
        int $0x80

        .globl _start, restore_signal
_start:
        mov $stack_top, %esp
        call serve

        .bss
        .balign 16
        .space 65536
stack_top:

        .section .note.GNU-stack, "", @progbits
