/* Allocates, fills, checks, resizes and frees memory in phases, by a generator of its own: it prints the same on every system. With
   the argument "hold" it stops after each phase N: makes a file at-N and waits for one called go-N. */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SLOTS 8192

static struct slot {
  unsigned char *bytes;
  uint32_t size;
  uint32_t seed;
} slots[SLOTS];

static uint32_t state = 0x2545f491;

static uint32_t number(uint32_t below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

/* A few bytes of each page and the last one, made of the seed. */
static void fill(struct slot *slot, uint32_t from) {
  for (uint32_t at = from; at < slot->size; at += 61) slot->bytes[at] = (unsigned char)(slot->seed + at);
  slot->bytes[slot->size - 1] = (unsigned char)slot->seed;
}

static uint32_t check(const struct slot *slot, uint32_t size) {
  uint32_t sum = size;
  for (uint32_t at = 0; at < size; at += 61) {
    if (at == slot->size - 1) continue;
    if (slot->bytes[at] != (unsigned char)(slot->seed + at)) {
      printf("wrong: byte %u of %u\n", (unsigned)at, (unsigned)slot->size);
      exit(1);
    }
    sum = sum * 31 + slot->bytes[at];
  }
  return sum;
}

static void take(struct slot *slot, uint32_t size) {
  slot->bytes = malloc(size);
  if (!slot->bytes) {
    printf("no memory\n");
    exit(1);
  }
  slot->size = size;
  slot->seed = number(256);
  fill(slot, 0);
}

static uint32_t give(struct slot *slot) {
  uint32_t sum = check(slot, slot->size);
  free(slot->bytes);
  slot->bytes = NULL;
  return sum;
}

static void resize(struct slot *slot, uint32_t size) {
  uint32_t kept = slot->size < size ? slot->size : size;
  unsigned char *bytes = realloc(slot->bytes, size);
  if (!bytes) {
    printf("no memory\n");
    exit(1);
  }
  slot->bytes = bytes;
  check(slot, kept > 1 ? kept - 1 : 0);
  slot->size = size;
  fill(slot, 0);
}

static void phase(int index, uint32_t sum, int holds) {
  char name[16];
  struct stat status;
  struct timespec time = {0, 10000000};
  printf("phase %d: %08x\n", index, (unsigned)sum);
  fflush(stdout);
  if (!holds) return;
  snprintf(name, sizeof name, "at-%d", index);
  fclose(fopen(name, "w"));
  snprintf(name, sizeof name, "go-%d", index);
  while (stat(name, &status) != 0) nanosleep(&time, NULL);
}

int main(int argc, char **argv) {
  int holds = argc > 1 && strcmp(argv[1], "hold") == 0;
  uint32_t sum = 0;

  /* The heap grows by brk. */
  for (int i = 0; i < SLOTS; i++) take(&slots[i], 1 + number(4000));
  for (int i = 0; i < SLOTS; i++) sum += check(&slots[i], slots[i].size);
  phase(1, sum, holds);

  for (int i = 0; i < 60000; i++) {
    struct slot *slot = &slots[number(SLOTS)];
    uint32_t what = number(3);
    if (!slot->bytes) take(slot, 1 + number(8000));
    else if (what == 0) sum += give(slot);
    else if (what == 1) resize(slot, 1 + number(8000));
    else sum += check(slot, slot->size);
  }
  phase(2, sum, holds);

  /* What is large has a mapping of its own, and moves when it grows. */
  for (int i = 0; i < SLOTS; i++)
    if (slots[i].bytes) sum += give(&slots[i]);
  for (int i = 0; i < 64; i++) take(&slots[i], 200000 + number(300000));
  for (int i = 0; i < 64; i++) resize(&slots[number(64)], 200000 + number(600000));
  for (int i = 0; i < 64; i++) sum += check(&slots[i], slots[i].size);
  phase(3, sum, holds);

  /* Every other one goes, and the holes are filled again. */
  for (int i = 0; i < 64; i += 2) sum += give(&slots[i]);
  phase(4, sum, holds);
  for (int i = 0; i < 64; i += 2) take(&slots[i], 150000 + number(50000));
  for (int i = 0; i < 64; i++) sum += give(&slots[i]);
  malloc_trim(0);
  phase(5, sum, holds);
  return 0;
}
