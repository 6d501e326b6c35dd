/* MXCSR, the x87 control word, and what lies on the x87 stack survive. */
#include "check.h"

int main(void) {
  unsigned modes[] = {0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9fc0, 0x1fbf, 0xffc0};
  unsigned short words[] = {0x37f, 0x27f, 0x7f, 0xf7f, 0xb7f};
  long numbers[] = {SYS_getpid, SYS_close, 500, 4000, 70000, WITNESS_NUMBER};
  for (unsigned n = 0; n < sizeof numbers / sizeof *numbers; n++)
    for (unsigned i = 0; i < 7; i++)
      for (unsigned k = 0; k < 5; k++) {
        unsigned after = 0, usual = 0x1f80;
        unsigned short word = 0, usual_word = 0x37f;
        long double value = 1.5L + n + i * 16, top = 0;
        long rax = numbers[n];
        __asm__ volatile("fldcw %[word_in]\n"
                         "ldmxcsr %[mode_in]\n"
                         "fldt %[value]\n"
                         "syscall\n"
                         "fstpt %[top]\n"
                         "fnstcw %[word]\n"
                         "stmxcsr %[mode]\n"
                         "ldmxcsr %[usual]\n"
                         "fldcw %[usual_word]\n"
                         : "+a"(rax), [word] "=m"(word), [mode] "=m"(after),
                           [top] "=m"(top)
                         : [word_in] "m"(words[k]), [mode_in] "m"(modes[i]),
                           [value] "m"(value), [usual] "m"(usual),
                           [usual_word] "m"(usual_word), "D"(-1L)
                         : "rcx", "r11", "memory");
        if (after != modes[i] || word != words[k] || top != value)
          printf("number %ld: mxcsr %#x became %#x, control word %#x %#x, %Lf %Lf\n",
                 numbers[n], modes[i], after, words[k], word, value, top);
      }
  puts("35 settings compared");
  return 0;
}
