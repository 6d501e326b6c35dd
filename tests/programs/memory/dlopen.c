/* A library that is loaded after the start works, also when it makes calls,
 * is unloaded, and loaded again.
 *
 * with: dlopened
 */
#include "check.h"
#include <dlfcn.h>

int main(int argc, char **argv) {
  for (int round = 0; round < 20; round++) {
    void *library = dlopen(OWN_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
      fprintf(stderr, "%s\n", dlerror());
    CHECK(library);
    long (*own_pid)(void) = (long (*)(void))dlsym(library, "own_pid");
    long (*libc_pid)(void) = (long (*)(void))dlsym(library, "libc_pid");
    CHECK(own_pid && libc_pid);
    for (int i = 0; i < 100; i++)
      CHECK(own_pid() == getpid() && libc_pid() == getpid());
    CHECK(dlclose(library) == 0);
  }
  void *math = dlopen("libm.so.6", RTLD_NOW);
  double (*root)(double) = (double (*)(double))dlsym(math, "sqrt");
  printf("sqrt(2) = %.15f\n", root(2));
  return 0;
}
