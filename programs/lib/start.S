/* Entry of every program, the system-call instruction, and the way back from signal handlers. */

        .section .text.start, "ax"
        .globl  _start
_start:
        xorl    %ebp, %ebp              /* the outermost frame (System V ABI, i386 supplement) */
        movl    (%esp), %eax            /* argc */
        leal    4(%esp), %edx           /* argv */
        leal    8(%esp,%eax,4), %ecx    /* envp follows argv's NULL */
        andl    $-16, %esp
        subl    $4, %esp
        pushl   %ecx
        pushl   %edx
        pushl   %eax
        movl    %ecx, environ
        call    main
        pushl   %eax
        call    exit
        hlt

        .section .text.syscall, "ax"
/* long syscall(long number, ...): up to six arguments; returns what the kernel returned, -errno included. */
        .globl  syscall
syscall:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    20(%esp), %eax
        movl    24(%esp), %ebx
        movl    28(%esp), %ecx
        movl    32(%esp), %edx
        movl    36(%esp), %esi
        movl    40(%esp), %edi
        movl    44(%esp), %ebp
        int     $0x80
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

        .section .text.restorer, "ax"
/* SA_RESTORER of handlers without SA_SIGINFO: the frame's signal number is dropped, then sigreturn. */
        .globl  signal_restorer
signal_restorer:
        popl    %eax
        movl    $119, %eax
        int     $0x80

        .comm   environ, 4, 4

        .section .note.GNU-stack, "", @progbits
