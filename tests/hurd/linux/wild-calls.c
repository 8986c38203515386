/* Calls of Linux with arguments that nobody should give, made by children: wild-calls SEED CHILDREN CALLS. Whatever becomes of
   them, the parent sees the end of each. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t state;
static char memory[65536] __attribute__((aligned(4096)));

static uint32_t number(uint32_t below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

/* Those that end the process or make others, and those that wait for what does not come. */
static const short left_out[] = {1,  2,   3,   7,   37,  42,  114, 120, 145, 162, 168, 179, 180, 190, 238,
                                 240, 252, 267, 270, 308, 309, 331, 407, 413, 414, 0};

static int is_left_out(int call) {
  for (const short *entry = left_out; *entry; entry++)
    if (*entry == call) return 1;
  return 0;
}

static uint32_t argument(void) {
  switch (number(9)) {
    case 0: return 0;
    case 1: return number(12);
    case 2: return (uint32_t)(uintptr_t)memory + number(sizeof memory);
    case 3: return (uint32_t)(uintptr_t)memory + 64 * number(4);
    case 4: return (uint32_t)-(int)number(200);
    case 5: return 0xc0000000u + number(0x1000);
    case 6: return (uint32_t)(uintptr_t)&memory[sizeof memory] - number(16);
    case 7: return 1u << number(32);
    default: return state * 2654435761u;
  }
}

static long call(uint32_t nr, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f) {
  long result;
  uint32_t six[2] = {f, nr};
  __asm__ volatile("push %%ebp; mov (%%eax), %%ebp; mov 4(%%eax), %%eax; int $0x80; pop %%ebp"
                   : "=a"(result)
                   : "a"(six), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                   : "memory");
  return result;
}

static void child(uint32_t calls) {
  for (int fd = 0; fd < 3; fd++) close(fd);
  strcpy(memory, "f1");
  strcpy(memory + 64, "d1/f2");
  strcpy(memory + 128, "d1");
  strcpy(memory + 192, "../l/l/l");
  for (uint32_t i = 0; i < calls; i++) {
    uint32_t nr = number(450);
    if (is_left_out(nr)) continue;
    uint32_t a = argument(), b = argument(), c = argument(), d = argument(), e = argument(), f = argument();
    call(nr, a, b, c, d, e, f);
  }
  _exit(0);
}

int main(int argc, char **argv) {
  uint32_t seed = argc > 1 ? atoi(argv[1]) : 1;
  int children = argc > 2 ? atoi(argv[2]) : 20, ended = 0;
  for (int index = 0; index < children; index++) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
      state = seed * 2654435761u + index * 40503u + 1;
      child(argc > 3 ? atoi(argv[3]) : 500);
    }
    if (pid > 0 && waitpid(pid, &status, 0) == pid) ended++;
  }
  printf("seed %u: %d of %d have ended\n", (unsigned)seed, ended, children);
  return ended == children ? 0 : 1;
}
