/* What the functions of the vDSO answer, called as libc calls them: through their
 * addresses, which it looked up before any hook was there.
 */
#include "check.h"
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/time.h>

/* A function of the vDSO, by name. */
static void *vdso(const char *name) {
  const char *base = (const char *)getauxval(AT_SYSINFO_EHDR);
  CHECK(base);
  const ElfW(Ehdr) *header = (const void *)base;
  const ElfW(Phdr) *part = (const void *)(base + header->e_phoff);
  const ElfW(Dyn) *dynamic = 0;
  for (int i = 0; i < header->e_phnum; i++)
    if (part[i].p_type == PT_DYNAMIC)
      dynamic = (const void *)(base + part[i].p_offset);
  const ElfW(Sym) *symbols = 0;
  const char *strings = 0;
  for (; dynamic->d_tag; dynamic++) {
    if (dynamic->d_tag == DT_SYMTAB)
      symbols = (const void *)(base + dynamic->d_un.d_ptr);
    if (dynamic->d_tag == DT_STRTAB)
      strings = base + dynamic->d_un.d_ptr;
  }
  for (const ElfW(Sym) *s = symbols; (const char *)s < strings; s++)
    if (!strcmp(strings + s->st_name, name))
      return (void *)(base + s->st_value);
  return 0;
}

int main(void) {
  struct timespec spec;
  struct timeval val;
  unsigned cpu;
  int result = clock_gettime(CLOCK_REALTIME, &spec);
  printf("clock_gettime: %d %s\n", result, result ? strerror(errno) : "");
  result = clock_getres(CLOCK_REALTIME, &spec);
  printf("clock_getres: %d %s\n", result, result ? strerror(errno) : "");
  printf("gettimeofday: %d\n", gettimeofday(&val, 0));
  printf("time: %d\n", time(0) > 1000000000 ? 0 : (int)time(0));
  result = getcpu(&cpu, 0);
  printf("getcpu: %d %s\n", result, result ? strerror(errno) : "");
  char byte;
  result = getrandom(&byte, 1, 0) == 1 ? 0 : -1;
  printf("getrandom: %d %s\n", result, result ? strerror(errno) : "");
  /* By the vDSO's own convention, where it has one. */
  long (*random)(void *, size_t, unsigned, void *, size_t) = (long (*)(void *, size_t, unsigned, void *, size_t))vdso("__vdso_getrandom");
  char state[512];
  if (random && random(0, 0, 0, state, (size_t)-1) != 0)
    puts("the vDSO's getrandom gives itself up");
  int (*now)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))vdso("__vdso_clock_gettime");
  unsigned char *code = (unsigned char *)now;
  /* mov $228,%eax or a jump */
  printf("the vDSO's code is %s\n", (code[0] == 0xb8 && code[1] == 228) || code[0] == 0xff ? "replaced" : "its own");
  return 0;
}
