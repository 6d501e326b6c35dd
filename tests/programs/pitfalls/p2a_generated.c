/* K23's P2a: generated code is seen at its first call, in pages of every kind:
 * writable, made executable later, of a memory file, shared, and rewritten.
 */
#include "check.h"

static const unsigned char text[] = {0xb8, WITNESS_NUMBER, 0, 0, 0, 0x0f, 0x05, 0xc3};
static long wanted;

static void look(const char *what, void *code) {
  long got[3];
  for (int i = 0; i < 3; i++)
    got[i] = ((long (*)(void))code)();
  int as_own = got[0] == wanted && got[1] == wanted && got[2] == wanted;
  printf("%s: %s, %s\n", what, as_own ? "as the program's own" : "another",
         memcmp(code, text, sizeof text) ? "changed" : "unchanged");
}

static void *map(int protection, int flags, int fd) {
  void *at = mmap(0, 4096, protection, flags, fd, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

int main(void) {
  wanted = hooked() ? WITNESS_ANSWER : -ENOSYS;
  int anonymous = MAP_PRIVATE | MAP_ANONYMOUS, all = PROT_READ | PROT_WRITE | PROT_EXEC;
  unsigned char *code = map(all, anonymous, -1);
  memcpy(code, text, sizeof text);
  look("writable", code);
  memset(code, 0x90, 16);
  memcpy(code + 16, text, sizeof text);
  look("moved", code + 16);
  code = map(PROT_READ | PROT_WRITE, anonymous, -1);
  memcpy(code, text, sizeof text);
  CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
  look("made executable", code);
  int fd = memfd_create("code", 0);
  CHECK(fd >= 0 && ftruncate(fd, 4096) == 0 && pwrite(fd, text, sizeof text, 0) == sizeof text);
  look("private memory file", map(PROT_READ | PROT_EXEC, MAP_PRIVATE, fd));
  look("shared memory file", map(PROT_READ | PROT_EXEC, MAP_SHARED, fd));
  unsigned char *alias = map(PROT_READ | PROT_WRITE, MAP_SHARED, fd);
  void *view = map(PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
  look("private view", view);
  memcpy(alias, text, sizeof text);
  look("written under it", view);
  return 0;
}
