/* A syscall changes no AMX tile. */
#include "check.h"

#define ARCH_REQ_XCOMP_PERM 0x1023
#define XFEATURE_XTILEDATA 18

struct config {
  uint8_t palette, start_row, reserved[14];
  uint16_t bytes_per_row[16];
  uint8_t rows[16];
};

int main(void) {
  if (syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) != 0)
    skip("this machine has no AMX, or lets no program use it");
  struct config config = {.palette = 1};
  for (int i = 0; i < 8; i++)
    config.bytes_per_row[i] = 64, config.rows[i] = 16;
  static unsigned char in[1024], out[1024];
  for (int k = 0; k < 1024; k++)
    in[k] = k * 3 + k / 64;
  long stride = 64, result;
  for (int round = 0; round < 500; round++) {
    memset(out, 0, sizeof out);
    __asm__ volatile("ldtilecfg %[config]\n"
                     "tileloadd (%[in],%[stride],1), %%tmm0\n"
                     "tileloadd (%[in],%[stride],1), %%tmm7\n"
                     "syscall\n"
                     "tilestored %%tmm7, (%[out],%[stride],1)\n"
                     "tilerelease\n"
                     : "=a"(result)
                     : [config] "m"(config), [in] "r"(in), [out] "r"(out),
                       [stride] "r"(stride), "a"(SYS_getpid)
                     : "rcx", "r11", "memory");
    CHECK(memcmp(in, out, sizeof in) == 0);
  }
  puts("tmm7 compared");
  return 0;
}
