/* K23's P5: the protection of pages is the same after the sites in them have been
 * executed for the first time; pages that can be executed but not read stay so.
 *
 * with: sites
 */
#include "check.h"
#include <dlfcn.h>

/* The protections of the mapping around an address. */
static void protection(const char *what, const void *address) {
  char line[512], rights[8];
  unsigned long start, end, at = (unsigned long)address;
  FILE *file = fopen("/proc/self/maps", "r");
  CHECK(file);
  int found = 0;
  while (!found && fgets(line, sizeof line, file))
    found = sscanf(line, "%lx-%lx %7s", &start, &end, rights) == 3 && start <= at && at < end;
  fclose(file);
  printf("%s: %s\n", what, found ? rights : "not mapped");
}

int main(void) {
  long wanted = hooked() ? WITNESS_ANSWER : -ENOSYS;
  void *library = dlopen(OWN_LIBRARY, RTLD_NOW);
  CHECK(library);
  long (**functions)(long) = dlsym(library, "sites");
  int count = *(int *)dlsym(library, "site_count");
  CHECK(functions && count > 100);
  protection("before", functions[0]);
  for (int i = 0; i < count / 2; i++)
    if (i % 8 == 7) /* without room for a jump */
      CHECK(functions[i](SYS_getpid) == getpid());
    else
      CHECK(functions[i](WITNESS_NUMBER) == wanted);
  protection("after", functions[0]);
  unsigned long page = (unsigned long)functions[count - 1] & -4096;
  CHECK(mprotect((void *)page, 4096, PROT_EXEC) == 0);
  protection("execute-only", (void *)page);
  CHECK(functions[count - 1](SYS_getpid) == getpid());
  protection("execute-only, after", (void *)page);
  protection("own text", main);
  return 0;
}
