/* The first thread ends by pthread_exit; the process ends with the last one.
 *
 * needs: -pthread
 */
#include "check.h"
#include <pthread.h>

static pthread_t first;

static void *body(void *unused) {
  CHECK(pthread_join(first, 0) == 0);
  puts("the first thread is gone");
  CHECK(hooked() >= 0);
  return unused;
}

int main(void) {
  first = pthread_self();
  pthread_t id;
  CHECK(pthread_create(&id, 0, body, 0) == 0);
  pthread_exit(0);
}
