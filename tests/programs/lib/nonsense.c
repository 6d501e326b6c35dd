/* Makes calls that a hook answers after calling imports with arguments that mean
 * nothing, and looks after what the hook must not touch: `nonsense SEED CALLS`.
 *
 * Among the addresses that the hook is given are those of the loader's own memory
 * and of its code. */
#include "check.h"

#define ASK 183 /* afs_syscall, which no kernel has */
#define MARK 185 /* nor security */
#define FIRST 236 /* nor vserver */
#define ANSWER 42
#define EACH 8
#define PAGE 4096
#define RANGES 512

static unsigned long seed;

static unsigned long next(void) {
  seed ^= seed >> 12;
  seed ^= seed << 25;
  seed ^= seed >> 27;
  return seed * 0x2545f4914f6cdd1dul;
}

static unsigned long ranges[RANGES][2];
static unsigned count;

/* What is mapped of the loader's file, and its zeros: the first page behind. */
static void read_maps(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps);
  char line[512];
  unsigned long behind = 0;
  while (fgets(line, sizeof line, maps) && count < RANGES) {
    unsigned long start, end;
    int name = 0;
    CHECK(sscanf(line, "%lx-%lx %*s %*s %*s %*s %n", &start, &end, &name) == 2);
    int file = strstr(line, "libzpoline_loader") != 0;
    if (!file && start != behind)
      continue;
    ranges[count][0] = start;
    ranges[count++][1] = file ? end : start + PAGE;
    behind = file ? end : 0;
  }
  fclose(maps);
}

/* One site, which is known to the loader once it has run. */
__attribute__((noinline)) static long call(long n, long a, long b, long c,
                                           long d, long e) {
  return raw6(n, a, b, c, d, e, 0);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  seed = strtoul(argv[1], 0, 0) | 1;
  long calls = strtol(argv[2], 0, 0);
  read_maps();
  CHECK(count > 2);
  char *pages = mmap(0, 5 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(pages != MAP_FAILED);
  char *writable = pages + PAGE, *constant = pages + 3 * PAGE;
  CHECK(mprotect(writable, PAGE, PROT_READ | PROT_WRITE) == 0);
  CHECK(mprotect(constant, PAGE, PROT_READ | PROT_WRITE) == 0);
  memset(constant, 0x5a, PAGE);
  CHECK(mprotect(constant, PAGE, PROT_READ) == 0);
  /* What lies about. */
  unsigned char *canaries = malloc(1 << 16), on_stack[4096];
  for (unsigned i = 0; i < 1 << 16; i++)
    canaries[i] = i * 7;
  for (unsigned i = 0; i < sizeof on_stack; i++)
    on_stack[i] = i * 11;
  for (int i = 0; i < 3; i++)
    call(FIRST, 0, 0, 0, 0, 0);
  call(MARK, 0, 0, 0, 0, 0);
  for (long i = 0; i < calls; i += EACH) {
    unsigned long random = next(), *own = ranges[random % count];
    unsigned long two = (unsigned long)constant + next() % PAGE;
    if (random >> 60 & 1)
      two = own[0] + next() % (own[1] - own[0]);
    /* An allocator that behaves, and one that does not; never an answer of
     * any kind. */
    long got = call(ASK, next(), EACH, (long)writable + next() % PAGE, two,
                    random >> 62 & 1);
    CHECK(got == ANSWER || got == -ENOSYS);
  }
  call(MARK, 0, 0, 0, 0, 0);
  for (unsigned i = 0; i < 1 << 16; i++)
    CHECK(canaries[i] == (unsigned char)(i * 7));
  for (unsigned i = 0; i < sizeof on_stack; i++)
    CHECK(on_stack[i] == (unsigned char)(i * 11));
  for (unsigned i = 0; i < PAGE; i++)
    CHECK(constant[i] == 0x5a);
  puts("untouched");
  return 0;
}
