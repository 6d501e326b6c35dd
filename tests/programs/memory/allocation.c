/* malloc, brk and big blocks, in several threads' arenas.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

static void *body(void *argument) {
  unsigned seed = (unsigned)(long)argument;
  char *blocks[64] = {0};
  for (int i = 0; i < 20000; i++) {
    int k = rand_r(&seed) % 64;
    size_t size = rand_r(&seed) % (i % 100 == 0 ? 1 << 20 : 2000) + 1;
    if (blocks[k])
      CHECK(blocks[k][0] == k);
    free(blocks[k]);
    blocks[k] = malloc(size);
    CHECK(blocks[k]);
    blocks[k][0] = k;
    blocks[k][size - 1] = k;
  }
  for (int k = 0; k < 64; k++)
    free(blocks[k]);
  return 0;
}

int main(void) {
  pthread_t ids[3];
  for (long i = 0; i < 3; i++)
    CHECK(pthread_create(&ids[i], 0, body, (void *)i) == 0);
  body((void *)7);
  for (int i = 0; i < 3; i++)
    pthread_join(ids[i], 0);
  char *top = sbrk(0);
  CHECK(sbrk(1 << 16) == top && sbrk(-(1 << 16)) == top + (1 << 16));
  puts("80000 blocks");
  return 0;
}
