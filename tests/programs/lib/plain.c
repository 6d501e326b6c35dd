/* Compiled with -static: what cannot be hooked. */
#include <stdio.h>
int main(void) {
  puts("plain runs");
  return 0;
}
