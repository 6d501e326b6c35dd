/* Vector registers survive calls that signal handlers, which make calls and use
 * vector registers themselves, interrupt.
 */
#include "check.h"
#include <sys/time.h>

static volatile long handled;
static void handler(int sig) {
  unsigned char junk[256];
  memset(junk, 0xdd, sizeof junk);
  __asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                   "movdqu 16*\\n(%0), %%xmm\\n\n"
                   ".endr\n"
                   "mov $39, %%eax\n"
                   "syscall" ::"r"(junk)
                   : "rax", "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3",
                     "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                     "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  handled++;
}

__attribute__((naked)) static void call(const void *in, void *out) {
  __asm__("mov %rdi, %r8\nmov %rsi, %r9\nmov $39, %eax\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "movdqu 16*\\n(%r8), %xmm\\n\n"
          ".endr\n"
          "syscall\n"
          ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
          "movdqu %xmm\\n, 16*\\n(%r9)\n"
          ".endr\n"
          "ret\n");
}

int main(void) {
  on(SIGALRM, handler, SA_RESTART);
  struct itimerval period = {{0, 60}, {0, 60}}, off = {0};
  setitimer(ITIMER_REAL, &period, 0);
  unsigned char in[256], out[256];
  for (int k = 0; k < 256; k++)
    in[k] = k * 5 + 1;
  while (handled < 3000) {
    call(in, out);
    CHECK(memcmp(in, out, sizeof in) == 0);
  }
  setitimer(ITIMER_REAL, &off, 0);
  puts("kept");
  return 0;
}
