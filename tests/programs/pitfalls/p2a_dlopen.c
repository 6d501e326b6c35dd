/* K23's P2a: code of a library that is loaded later is seen at its first call, and
 * again when it is loaded once more.
 *
 * with: dlopened
 */
#include "check.h"
#include <dlfcn.h>

int main(void) {
  long wanted = hooked() ? WITNESS_ANSWER : -ENOSYS;
  int seen = 0;
  for (int round = 0; round < 5; round++) {
    void *library = dlopen(OWN_LIBRARY, RTLD_NOW);
    CHECK(library);
    long (*call)(void) = (long (*)(void))dlsym(library, "witness_call");
    CHECK(call);
    for (int i = 0; i < 3; i++)
      seen += call() == wanted;
    CHECK(dlclose(library) == 0);
  }
  printf("%d of 15 as the program's own\n", seen);
  return 0;
}
