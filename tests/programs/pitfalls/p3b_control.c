/* K23's P3b: whoever sends control to data that reads as a syscall instruction gets
 * the call, or the fault, that it is natively; and the data stays what it is: in
 * the program's text, in constants that were made executable, in writable pages,
 * in pages that cannot be executed.
 */
#include "check.h"
#include <setjmp.h>

__asm__(".text\n"
        "  ud2\n"
        ".globl in_text\n"
        "in_text: .byte 0x0f, 0x05, 0xc3\n");
extern const unsigned char in_text[3];
__attribute__((aligned(4096))) static const unsigned char constant[4096] = {0x0f, 0x05, 0xc3};
__attribute__((aligned(4096))) static unsigned char writable[4096] = {0x0f, 0x05, 0xc3};
static unsigned char plain[4096] = {0x0f, 0x05, 0xc3};
static const unsigned char kept[3] = {0x0f, 0x05, 0xc3};

static sigjmp_buf back;
static volatile const void *fault_at;

static void on_fault(int sig, siginfo_t *info, void *context) {
  fault_at = info->si_addr;
  siglongjmp(back, sig);
}

__attribute__((noinline)) static long enter(const unsigned char *code) {
  long result;
  __asm__ volatile("call *%1" : "=a"(result) : "r"(code), "a"(500) : "rcx", "r11", "memory");
  return result;
}

static void look(const char *what, const unsigned char *code) {
  for (int i = 0; i < 3; i++) {
    int sig = sigsetjmp(back, 1);
    if (sig)
      printf("%s: signal %d, there: %d\n", what, sig, fault_at == code);
    else
      printf("%s: %ld\n", what, enter(code));
  }
  printf("%s: %s\n", what, memcmp(code, kept, 3) ? "changed" : "unchanged");
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &action, 0);
  sigaction(SIGILL, &action, 0);
  look("in text", in_text);
  look("constant, not executable", constant);
  CHECK(mprotect((void *)constant, 4096, PROT_READ | PROT_EXEC) == 0);
  look("constant, executable", constant);
  CHECK(mprotect(writable, 4096, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
  look("writable, executable", writable);
  CHECK(mprotect(writable, 4096, PROT_READ | PROT_EXEC) == 0);
  look("was writable, executable", writable);
  look("writable, not executable", plain);
  return 0;
}
