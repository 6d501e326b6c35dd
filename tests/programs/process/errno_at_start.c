/* errno is 0 when the program's own code starts. */
#include "check.h"

static int found;

/* Before those without a number, which make calls. */
__attribute__((constructor(101))) static void first(void) { found = errno; }

int main(void) { printf("errno at the start: %d\n", found); }
