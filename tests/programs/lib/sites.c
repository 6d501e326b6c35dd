/* Many functions that make one syscall each, at all positions relative to cache
 * lines and pages, with room for a jump before the instruction, behind it, or
 * nowhere: what pitfalls/p5_* execute for the first time. The first three of eight
 * make the call 184, the others the one that they are given; the last has no room.
 */
#define COUNT "384"

__asm__(".section .data.rel.ro, \"aw\"\n"
        ".balign 8\n"
        ".globl sites\n"
        "sites:\n"
        ".text\n"
        ".balign 64\n"
        ".set i, 0\n"
        ".rept " COUNT "\n"
        ".skip (i % 7) * 11 + 1, 0x90\n"
        "1:\n"
        ".cfi_startproc\n"
        ".if i % 8 < 3\n"
        "  mov $184, %eax\n"
        "  syscall\n"
        "  ret\n"
        ".elseif i % 8 == 4\n" /* room before, over more than one instruction */
        "  mov %rdi, %rdx\n"
        "  mov %edi, %eax\n"
        "  syscall\n"
        "  ret\n"
        ".elseif i % 8 == 6\n" /* room before, over one that reads what a call loses */
        "  mov %edi, %ecx\n"
        "  .byte 0x48, 0x8d, 0x81, 0, 0, 0, 0\n" /* lea 0(%rcx), %rax */
        "  syscall\n"
        "  ret\n"
        ".elseif i % 8 < 7\n"
        "  mov %edi, %eax\n"
        "  syscall\n"
        "  cmp $-4095, %rax\n"
        "  ret\n"
        ".else\n"
        "  mov %edi, %eax\n"
        "  syscall\n"
        "  ret\n"
        ".endif\n"
        ".cfi_endproc\n"
        ".pushsection .data.rel.ro\n"
        ".quad 1b\n"
        ".popsection\n"
        ".set i, i + 1\n"
        ".endr\n"
        ".section .rodata\n"
        ".balign 4\n"
        ".globl site_count\n"
        "site_count: .long " COUNT "\n"
        ".text\n");
