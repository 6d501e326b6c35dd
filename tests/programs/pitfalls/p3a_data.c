/* K23's P3a: data that reads as a syscall instruction is left alone: between
 * functions, inside one, in an operand, in a table of jumps, and in a constant.
 */
#include "check.h"

#define BYTES ".byte 0x0f, 0x05, 0x0f, 0x34, 0x0f, 0x05\n"
__asm__(".text\n"
        ".globl between\n"
        "  ud2\n"
        "between: " BYTES "\n"
        ".type around, @function\n"
        "around:\n"
        ".cfi_startproc\n"
        "  mov $0x050f, %eax\n"
        "  jmp 1f\n"
        ".globl inside\n"
        "inside: " BYTES
        "1: add $0x050f0000, %eax\n"
        "  lea 0x050f(%rax), %rax\n"
        "  xor 2f(%rip), %eax\n"
        "  ret\n"
        "2: " BYTES
        ".cfi_endproc\n"
        ".size around, . - around\n");
extern const unsigned char between[6], inside[6];
unsigned around(void);
static const unsigned char constant[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3};

static void show(const char *what, const volatile unsigned char *bytes, int count) {
  printf("%s:", what);
  for (int i = 0; i < count; i++)
    printf(" %02x", bytes[i]);
  puts("");
}

int main(void) {
  hooked();
  for (int i = 0; i < 3; i++)
    printf("%#x\n", around());
  show("between", between, 6);
  show("inside", inside, 6);
  show("constant", constant, 8);
  show("around", (const unsigned char *)around, 16);
  return 0;
}
