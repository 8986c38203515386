/* Plays traces (trace.ts) on the host's Linux: a line of operations in, a line of counts of memory areas out, one after
   each operation. Areas are lines of /proc/self/maps that lie in the arena. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096UL
#define ARENA 0x200000000UL

static int files[FILES];

static void fail(const char *what)
{
  perror(what);
  exit(2);
}

static int areas(void)
{
  static char text[1 << 20];
  int maps = open("/proc/self/maps", O_RDONLY), count = 0;
  size_t length = 0;
  ssize_t got;
  if (maps < 0)
    fail("maps");
  while ((got = read(maps, text + length, sizeof text - 1 - length)) > 0)
    length += (size_t)got;
  close(maps);
  text[length] = 0;
  for (char *line = text; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : 0) {
    unsigned long start = strtoul(line, 0, 16);
    if (start >= ARENA && start < ARENA + TRACE_PAGES * PAGE)
      count++;
  }
  return count;
}

static void map(unsigned long *n, int flags, int file, unsigned long offset)
{
  void *at = (void *)(ARENA + n[0] * PAGE);
  if (mmap(at, n[1] * PAGE, (int)n[2], MAP_FIXED | flags, file, (off_t)(offset * PAGE)) != at)
    fail("mmap");
}

static void run(const char *operation)
{
  unsigned long n[5] = {0};
  const char *at = operation + 1;
  for (int i = 0; i < 5 && *at; i++) {
    n[i] = strtoul(at, (char **)&at, 10);
    if (*at == ',')
      at++;
  }
  char *place = (char *)(ARENA + n[0] * PAGE);
  unsigned long area[3] = {n[1], n[2], n[4]};
  switch (*operation) {
  case 'a': map(n, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); break;
  case 's': map(area, MAP_SHARED, files[n[0]], n[3]); break;
  case 'c': map(area, MAP_PRIVATE, files[n[0]], n[3]); break;
  case 'u': if (munmap(place, n[1] * PAGE)) fail("munmap"); break;
  case 'p': if (mprotect(place, n[1] * PAGE, (int)n[2])) fail("mprotect"); break;
  case 'w': for (unsigned long i = 0; i < n[1]; i++) *(volatile char *)(place + i * PAGE) = 1; break;
  case 'r': for (unsigned long i = 0; i < n[1]; i++) (void)*(volatile char *)(place + i * PAGE); break;
  default: fail("operation");
  }
}

int main(void)
{
  static char line[1 << 20];
  for (int i = 0; i < FILES; i++) {
    files[i] = memfd_create("trace", 0);
    if (files[i] < 0 || ftruncate(files[i], FILE_PAGES * PAGE))
      fail("file");
  }
  while (fgets(line, sizeof line, stdin)) {
    for (char *word = strtok(line, " \n"); word; word = strtok(0, " \n")) {
      run(word);
      printf("%d ", areas());
    }
    putchar('\n');
    munmap((void *)ARENA, TRACE_PAGES * PAGE);
  }
  return 0;
}
