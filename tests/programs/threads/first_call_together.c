/* Several threads make the first call of one syscall instruction at the same time,
 * and sit in it while the loader gets to know it.
 *
 * needs: -pthread
 */
#include "check.h"
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>

enum { SITES = 64, THREADS = 6, BYTES = 32 };

/* Sites of their own, each reached by a jump to the instruction itself, so that a
 * jump can only be put over what follows it. */
extern char sites[];
__asm__(".text\n"
        ".balign 32\n"
        ".type sites, @function\n"
        "sites:\n"
        ".rept 64\n"
        ".cfi_startproc\n"
        "  mov %edi, %eax\n"
        "  mov %rsi, %rdi\n"
        "  mov %rdx, %rsi\n"
        "  xor %edx, %edx\n"
        "  jmp 1f\n"
        "1: syscall\n"
        "  cmp $-4096, %rax\n"
        "  ret\n"
        ".cfi_endproc\n"
        ".balign 32\n"
        ".endr\n"
        ".size sites, . - sites\n");

static atomic_int word, tids[THREADS];
static pthread_barrier_t start, end;

static void *sit(void *arg) {
  int id = (int)(long)arg;
  for (int round = 0; round < SITES; round++) {
    tids[id] = syscall(SYS_gettid);
    pthread_barrier_wait(&start);
    long (*call)(long, void *, long) =
        (long (*)(long, void *, long))(sites + round * BYTES);
    long result = call(SYS_futex, &word, FUTEX_WAIT_PRIVATE);
    CHECK(result == 0 || result == -EAGAIN);
    pthread_barrier_wait(&end);
  }
  return 0;
}

int main(void) {
  pthread_t threads[THREADS];
  CHECK(pthread_barrier_init(&start, 0, THREADS + 1) == 0);
  CHECK(pthread_barrier_init(&end, 0, THREADS + 1) == 0);
  for (long id = 0; id < THREADS; id++)
    CHECK(pthread_create(&threads[id], 0, sit, (void *)id) == 0);
  for (int site = 0; site < SITES; site++) {
    word = 0;
    pthread_barrier_wait(&start);
    for (int id = 0; id < THREADS; id++)
      wait_until_in(getpid(), tids[id], SYS_futex);
    word = 1;
    CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, THREADS) >= 0);
    pthread_barrier_wait(&end);
  }
  for (int id = 0; id < THREADS; id++)
    CHECK(pthread_join(threads[id], 0) == 0);
  printf("all came back\n");
}
