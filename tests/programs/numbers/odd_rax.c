/* The kernel looks at the lower half of rax and answers ENOSYS to what it does
 * not know; the upper half may be anything. (code_address is the one exception.)
 */
#include "check.h"

static char data[64];

static void show(const char *what, long number) {
  long result = raw0(number);
  if (result == getpid())
    printf("%s: the pid\n", what);
  else
    printf("%s: %ld\n", what, result);
}

int main(void) {
  for (int round = 0; round < 3; round++) {
    show("-1", -1);
    show("0xffffffff", 0xffffffff);
    show("-38", -38);
    show("512", 512);
    show("546", 546);
    show("600", 600);
    show("1000", 1000);
    show("4094", 4094);
    show("4095", 4095);
    show("4096", 4096);
    show("4097", 4097);
    show("8191", 8191);
    show("65536", 65536);
    show("0x6767676c, inside the sled's landing", 0x6767676c);
    show("0x67676000", 0x67676000);
    show("0x67677fff", 0x67677fff);
    show("0x7fffffff", 0x7fffffff);
    show("0x80000027", 0x80000027);
    show("0x40000027, an x32 number", 0x40000027);
    show("0x100000027", 0x100000027);
    show("0xffffffff00000027", (long)0xffffffff00000027);
    show("bit 47 and 39", 1L << 47 | 39);
    show("bit 46 and 39", 1L << 46 | 39);
    show("not canonical, 39", (long)0x8000000000000027);
    show("address of data", (long)data);
    show("address on the stack", (long)&round);
  }
  return 0;
}
