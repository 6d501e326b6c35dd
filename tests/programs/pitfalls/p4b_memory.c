/* K23's P4b: what the loader keeps does not grow with the address space, nor with
 * the number of calls: less than 1 GiB of addresses and 32 MiB of memory in all,
 * and nothing more after 100000 calls and 2000 mappings.
 */
#include "check.h"

static long status(const char *field) {
  char line[256];
  long kib = -1;
  FILE *file = fopen("/proc/self/status", "r");
  CHECK(file);
  while (fgets(line, sizeof line, file))
    if (strncmp(line, field, strlen(field)) == 0)
      kib = strtol(line + strlen(field) + 1, 0, 10);
  fclose(file);
  CHECK(kib >= 0);
  return kib;
}

static void work(int count) {
  for (int i = 0; i < count; i++)
    raw0(SYS_getpid), syscall(SYS_getppid);
}

int main(void) {
  work(100);
  long size = status("VmSize"), resident = status("VmRSS");
  printf("addresses %s\n", size < 1 << 20 ? "bounded" : "beyond 1 GiB");
  printf("memory %s\n", resident < 32 << 10 ? "bounded" : "beyond 32 MiB");
  work(50000);
  for (int i = 0; i < 2000; i++) {
    void *at = mmap((void *)(0x100000000000 + (long)i * 0x1000000000), 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(at != MAP_FAILED && munmap(at, 4096) == 0);
  }
  long more = status("VmRSS") - resident, wider = status("VmSize") - size;
  printf("then %s\n", more < 1 << 10 && wider < 4 << 10 ? "no more" : "more");
  return 0;
}
