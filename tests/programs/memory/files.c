/* Files: written in small pieces, read in big ones, mapped, renamed, listed.
 */
#include "check.h"
#include <dirent.h>
#include <sys/stat.h>
#include <sys/uio.h>

int main(void) {
  char directory[] = "/tmp/zpoline-files-XXXXXX", path[64], other[64];
  umask(022);
  CHECK(mkdtemp(directory));
  for (int i = 0; i < 100; i++) {
    snprintf(path, sizeof path, "%s/%d", directory, i);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0640);
    CHECK(fd >= 0);
    for (int k = 0; k < 50; k++) {
      struct iovec parts[2] = {{"abc", 3}, {"defg", 4}};
      CHECK(writev(fd, parts, 2) == 7);
    }
    struct stat st;
    CHECK(fstat(fd, &st) == 0 && st.st_size == 350 && (st.st_mode & 0777) == 0640);
    char text[512];
    CHECK(pread(fd, text, sizeof text, 0) == 350 && memcmp(text + 343, "abcdefg", 7) == 0);
    close(fd);
    snprintf(other, sizeof other, "%s/%d.renamed", directory, i);
    CHECK(rename(path, other) == 0 && access(path, F_OK) == -1 && errno == ENOENT);
  }
  DIR *list = opendir(directory);
  CHECK(list);
  int count = 0;
  for (struct dirent *entry; (entry = readdir(list));)
    if (entry->d_name[0] != '.') {
      snprintf(path, sizeof path, "%s/%.20s", directory, entry->d_name);
      CHECK(unlink(path) == 0);
      count++;
    }
  closedir(list);
  CHECK(rmdir(directory) == 0);
  printf("%d files\n", count);
  return 0;
}
