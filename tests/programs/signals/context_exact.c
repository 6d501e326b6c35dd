/* Handlers that come at any time during calls see the program at instructions
 * of its own, with registers as the program or the kernel left them: on a syscall
 * instruction with its number, or behind it with its result; in libc's code as
 * well. And what they return to goes on as if they had not been.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>
#include <sys/time.h>
#include <ucontext.h>

extern char first[], first_site[], second[], second_site[], third_site[], begin_loop[], end_loop[];
volatile long total; static volatile long seen[8], wrong[8], own_rip, foreign_rip, stack_wrong;
uint64_t own_stack;

/* Executable ranges of files other than what a tool may have brought in. */
static struct range {
  uint64_t start, end;
} ranges[64];
static int count;
static void note_ranges(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512], rights[8], path[400];
  while (fgets(line, sizeof line, maps)) {
    struct range r;
    path[0] = 0;
    if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %399s", &r.start, &r.end, rights, path) < 3 || rights[2] != 'x')
      continue;
    if (strstr(path, "context_exact") || strstr(path, "context-exact") || strstr(path, "/libc") || strstr(path, "/ld-") || strstr(path, "[vdso]"))
      ranges[count++] = r;
  }
  fclose(maps);
}

static void handler(int sig, siginfo_t *info, void *context) {
  greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
  char *rip = (char *)r[REG_RIP];
  total++;
  int known = 0;
  for (int k = 0; k < count; k++)
    known |= (uint64_t)rip >= ranges[k].start && (uint64_t)rip < ranges[k].end;
  if (known)
    own_rip++;
  else
    foreign_rip++;
  if (rip < begin_loop || rip > end_loop)
    return;
  stack_wrong += (uint64_t)r[REG_RSP] != own_stack;
  if (rip == first_site) {
    seen[0]++;
    wrong[0] += r[REG_RAX] != SYS_getpid;
  } else if (rip == first_site + 2) {
    seen[1]++;
    wrong[1] += r[REG_RAX] != getpid() || r[REG_RCX] != (greg_t)rip || r[REG_RDI] != 0x1234;
  } else if (rip == second_site) {
    seen[2]++;
    wrong[2] += r[REG_RAX] != 500;
  } else if (rip == second_site + 2) {
    seen[3]++;
    wrong[3] += r[REG_RAX] != -ENOSYS || r[REG_RCX] != (greg_t)rip || r[REG_R9] != 0x5678;
  } else if (rip == third_site + 2) {
    seen[4]++;
    wrong[4] += r[REG_RAX] != 0 && r[REG_RAX] != -EINTR;
  }
}


/* getpid, a number that nobody has, and a sleep that signals end. */
__attribute__((noinline)) static void loop(struct timespec *time) {
  __asm__ volatile("mov %%rsp, own_stack(%%rip)\n"
                   "mov %0, %%rbx\n"
                   ".globl begin_loop\nbegin_loop:\n"
                   "mov $0x1234, %%edi\n"
                   ".globl first\nfirst: mov $39, %%eax\n"
                   ".globl first_site\nfirst_site: syscall\n"
                   "mov $0x5678, %%r9d\n"
                   "xor %%edi, %%edi\n"
                   ".globl second\nsecond: mov $500, %%eax\n"
                   ".globl second_site\nsecond_site: syscall\n"
                   "mov %%rbx, %%rdi\n"
                   "xor %%esi, %%esi\n"
                   "mov $35, %%eax\n"
                   ".globl third_site\nthird_site: syscall\n"
                   "cmpq $4000, total(%%rip)\n"
                   "jb begin_loop\n"
                   ".globl end_loop\nend_loop:\n"
                   :
                   : "r"(time)
                   : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
}

int main(void) {
  note_ranges();
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGALRM, &action, 0) == 0);
  struct itimerval period = {{0, 70}, {0, 70}}, off = {0};
  struct timespec sleep = {0, 20000};
  setitimer(ITIMER_REAL, &period, 0);
  loop(&sleep);
  char byte;
  int pipes[2];
  CHECK(pipe(pipes) == 0);
  /* libc's sites: a call that blocks, and one that does not. */
  for (total = 0; total < 1000;) {
    errno = 0;
    CHECK(read(pipes[0], &byte, 1) == -1 && errno == EINTR);
    for (int k = 0; k < 20; k++)
      CHECK(getppid() > 0);
  }
  setitimer(ITIMER_REAL, &off, 0);
  for (int k = 0; k < 5; k++)
    printf("place %d: %ld wrong\n", k, wrong[k]);
  printf("behind the sleep: %s\n", seen[4] > 100 ? "often" : "hardly ever");
  printf("outside of the program and libc: %ld; another stack: %ld\n", foreign_rip, stack_wrong);
  return 0;
}
