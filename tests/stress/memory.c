/* Mappings that come and go, objects loaded and unloaded, code made at run time,
 * bad addresses: in many threads at once.
 *
 * needs: -pthread -ldl
 * with: dlopened
 */
#include "stress.h"
#include <dlfcn.h>

enum { THREADS = 6, PAGES = 16 };

/* Memory keeps what was written to it through every change of it. */
static void mappings(uint64_t r) {
  size_t size = PAGES * 4096;
  unsigned char *at = mmap(0, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  for (int page = 0; page < PAGES; page++)
    at[page * 4096] = (unsigned char)(r + page);
  CHECK(mprotect(at, size, PROT_READ) == 0);
  int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  CHECK(zero >= 0);
  CHECK(read(zero, at + 4096, 1) == -1 && errno == EFAULT);
  at = mremap(at, size, 2 * size, MREMAP_MAYMOVE);
  CHECK(at != MAP_FAILED);
  CHECK(mprotect(at, 2 * size, PROT_READ | PROT_WRITE) == 0);
  for (int page = 0; page < PAGES; page++)
    CHECK(at[page * 4096] == (unsigned char)(r + page));
  CHECK(madvise(at, size, MADV_DONTNEED) == 0);
  CHECK(at[0] == 0 && at[size] == 0);
  CHECK(read(zero, at, 2 * size) == (ssize_t)(2 * size));
  CHECK(munmap(at, 2 * size) == 0);
  CHECK(close(zero) == 0);
}

static void made_code(void) {
  static const unsigned char code[] = {0xb8, SYS_getpid, 0, 0, 0, /* mov eax */
                                       0x0f, 0x05,                /* syscall */
                                       0xc3};
  unsigned char *at = mmap(0, 4096, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  memcpy(at, code, sizeof code);
  CHECK(mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0);
  long (*get)(void) = (long (*)(void))at;
  for (int i = 0; i < 3; i++)
    CHECK(get() == getpid());
  CHECK(munmap(at, 4096) == 0);
}

/* An object with syscall instructions of its own. */
static void loaded_code(void) {
  static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
  CHECK(pthread_mutex_lock(&one) == 0);
  void *object = dlopen(OWN_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  CHECK(object);
  long (*get)(void) = (long (*)(void))dlsym(object, "own_pid");
  CHECK(get);
  CHECK(get() == getpid());
  CHECK(dlclose(object) == 0);
  CHECK(pthread_mutex_unlock(&one) == 0);
}

static void bad_addresses(uint64_t r) {
  void *bad = (void *)(r | 1UL << 63);
  CHECK(open(bad, O_RDONLY) == -1 && errno == EFAULT);
  CHECK(access(bad, F_OK) == -1 && errno == EFAULT);
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  CHECK(write(ends[1], bad, 10) == -1 && errno == EFAULT);
  close(ends[0]);
  close(ends[1]);
}

static void *work(void *arg) {
  uint64_t random = 123456789 + (long)arg;
  do {
    uint64_t r = next_random(&random);
    switch (r >> 8 & 3) {
    case 0:
      made_code();
      break;
    case 1:
      loaded_code();
      break;
    case 2:
      bad_addresses(r);
      break;
    default:
      mappings(r);
    }
  } while (running());
  return 0;
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS];
  start_clock(argc, argv);
  for (long id = 0; id < THREADS; id++)
    CHECK(pthread_create(&threads[id], 0, work, (void *)id) == 0);
  for (int id = 0; id < THREADS; id++)
    CHECK(pthread_join(threads[id], 0) == 0);
  printf("memory held what was written to it\n");
}
