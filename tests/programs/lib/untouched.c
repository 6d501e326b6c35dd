/* Fills memory of every kind with a pattern, makes calls in which a hook
 * misbehaves, and looks whether anything has changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIZE = 1 << 20 };
static unsigned char in_data[SIZE] = {1}, in_bss[SIZE];

static void fill(unsigned char *at, size_t size, unsigned seed) {
  for (size_t i = 0; i < size; i++)
    at[i] = (unsigned char)((i * 2654435761u + seed) >> 13);
}

static int differs(const unsigned char *at, size_t size, unsigned seed) {
  for (size_t i = 0; i < size; i++)
    if (at[i] != (unsigned char)((i * 2654435761u + seed) >> 13))
      return 1;
  return 0;
}

/* A call with a known value in each register that it must keep. */
static int changes_registers(long number) {
  long rbx = 0x1b, r12 = 0x12, r13 = 0x13, r14 = 0x14, r15 = 0x15, rdi = 7, rsi = 8, rdx = 9;
  register long r8 __asm__("r8") = 10, r9 __asm__("r9") = 11, r10 __asm__("r10") = 12;
  register long x12 __asm__("r12") = r12, x13 __asm__("r13") = r13;
  register long x14 __asm__("r14") = r14, x15 __asm__("r15") = r15;
  __asm__ volatile("syscall"
                   : "+a"(number), "+b"(rbx), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                     "+r"(x12), "+r"(x13), "+r"(x14), "+r"(x15)
                   :
                   : "rcx", "r11", "memory");
  return rbx != 0x1b || x12 != 0x12 || x13 != 0x13 || x14 != 0x14 || x15 != 0x15 || rdi != 7 || rsi != 8 ||
         rdx != 9 || r8 != 10 || r9 != 11 || r10 != 12;
}

int main(void) {
  unsigned char on_stack[SIZE / 4];
  unsigned char *on_heap = malloc(SIZE);
  unsigned char *mapped = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (!on_heap || mapped == MAP_FAILED)
    return 1;
  unsigned char *places[] = {in_data, in_bss, on_stack, on_heap, mapped};
  size_t sizes[] = {SIZE, SIZE, sizeof on_stack, SIZE, SIZE};
  for (unsigned i = 0; i < 5; i++)
    fill(places[i], sizes[i], i);
  int changed = 0;
  long numbers[] = {SYS_getpid, SYS_getppid, SYS_getuid, SYS_getpid};
  for (unsigned i = 0; i < 4; i++)
    changed |= changes_registers(numbers[i]);
  for (unsigned i = 0; i < 5; i++)
    changed |= differs(places[i], sizes[i], i);
  puts(changed ? "something has changed" : "memory and registers are as they were");
  return changed;
}
