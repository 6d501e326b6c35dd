/* Loads a library after the start, twice, and lets it make the witness's call. */
#include "check.h"
#include <dlfcn.h>

int main(int argc, char **argv) {
  for (int round = 0; round < 2; round++) {
    void *library = dlopen(argv[1], RTLD_NOW);
    CHECK(library);
    long (*witness)(void) = (long (*)(void))dlsym(library, "witness_call");
    CHECK(witness);
    printf("%#lx\n", witness());
    CHECK(dlclose(library) == 0);
  }
  return 0;
}
