/* Asks for what static programs ask of Linux, and prints what comes: the same on every system that serves it. Run in a directory
   that can be written to. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static void number(const char *what, long value) { printf("%s: %ld\n", what, value); }
static void result(const char *what, long value) {
  if (value < 0) printf("%s: %s\n", what, strerror(errno));
  else number(what, value);
}

/* --- signals --- */

static sigjmp_buf place;
static volatile sig_atomic_t caught, count;
static volatile double heat;

static void jump(int signal) {
  caught = signal;
  siglongjmp(place, 1);
}
static void note(int signal) {
  caught = signal;
  count++;
  heat = sqrt(heat + signal) / 3;
}
static void inform(int signal, siginfo_t *info, void *context) {
  (void)context;
  caught = info->si_signo == signal ? signal : -1;
}

static void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(signal, &action, NULL);
}

static void faults(void) {
  volatile int zero = 0;
  volatile int *nowhere = (volatile int *)(uintptr_t)atoi("8");
  handle(SIGSEGV, jump, 0);
  handle(SIGFPE, jump, 0);
  handle(SIGILL, jump, 0);
  if (!sigsetjmp(place, 1)) *nowhere = 1;
  number("a wild pointer", caught);
  if (!sigsetjmp(place, 1)) zero = 1 / zero;
  number("a division by zero", caught);
  if (!sigsetjmp(place, 1)) __builtin_trap();
  number("no instruction", caught);
  char *page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(page, "kept");
  result("mprotect", mprotect(page, PAGE, PROT_READ));
  if (!sigsetjmp(place, 1)) page[0] = 'l';
  number("a page that is not to be written", caught);
  printf("%s\n", page);
  result("munmap", munmap(page, PAGE));
  if (!sigsetjmp(place, 1)) printf("%s\n", page);
  page[PAGE] = 1;
  signal(SIGSEGV, SIG_DFL);
}

static void masks(void) {
  sigset_t set, old, pending;
  handle(SIGUSR1, note, 0);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, &old);
  count = 0;
  raise(SIGUSR1);
  raise(SIGUSR1);
  number("blocked", count);
  sigpending(&pending);
  number("pending", sigismember(&pending, SIGUSR1));
  sigsuspend(&old);
  number("after sigsuspend", count);
  raise(SIGUSR1);
  number("blocked again", count);
  sigprocmask(SIG_SETMASK, &old, NULL);
  number("delivered", count);
  struct sigaction action = {.sa_sigaction = inform, .sa_flags = SA_SIGINFO | SA_RESETHAND};
  sigaction(SIGUSR2, &action, NULL);
  raise(SIGUSR2);
  number("with information", caught);
  sigaction(SIGUSR2, NULL, &action);
  number("and only once", action.sa_handler == SIG_DFL);
  result("no such signal", kill(getpid(), 99));
  result("no such process", kill(99999999, 0));
}

static void numbers(void) {
  double sum = 0;
  heat = 2;
  count = 0;
  for (int i = 1; i < 1000; i++) {
    sum += 1.0 / i * sin(i);
    if (i % 100 == 0) raise(SIGUSR1);
  }
  printf("numbers in spite of %d signals: %.15f %.15f\n", (int)count, sum, (double)heat);
  long double across = sqrtl(2);
  int status;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf("in the copy: %.18Lf\n", across * across);
    fflush(stdout);
    _exit(7);
  }
  waitpid(child, &status, 0);
  printf("and here: %.18Lf %d\n", across * across, WEXITSTATUS(status));
}

/* --- processes --- */

static void children(void) {
  int status, ends[2];
  struct timespec time = {5, 0}, left;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    struct timespec little = {0, 50000000};
    nanosleep(&little, NULL);
    kill(getppid(), SIGUSR1);
    pause();
  }
  result("interrupted sleep", nanosleep(&time, &left));
  number("much is left", left.tv_sec >= 3);
  number("kill", kill(child, SIGTERM));
  number("wait", waitpid(child, &status, 0) == child);
  number("its signal", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
  result("no child", waitpid(-1, &status, 0));
  result("pipe", pipe(ends));
  fflush(stdout);
  if ((child = fork()) == 0) {
    close(ends[0]);
    dup2(ends[1], 1);
    char *arguments[] = {"calls", "again", "and more", NULL};
    char *environment[] = {"ONE=1", "TWO=2 2", NULL};
    execve("/proc/self/exe", arguments, environment);
    _exit(1);
  }
  close(ends[1]);
  char text[200];
  ssize_t got, size = 0;
  while ((got = read(ends[0], text + size, sizeof text - size)) > 0) size += got;
  close(ends[0]);
  printf("the other program says: %.*s", (int)size, text);
  waitpid(child, &status, 0);
  number("and ends with", WEXITSTATUS(status));
  if ((child = vfork()) == 0) _exit(3);
  waitpid(child, &status, 0);
  number("vfork", WEXITSTATUS(status));
  handle(SIGUSR1, note, SA_RESTART);
  if ((child = fork()) == 0) {
    struct timespec little = {0, 50000000};
    kill(getppid(), SIGUSR1);
    nanosleep(&little, NULL);
    _exit(9);
  }
  number("waited again after a signal", waitpid(child, &status, 0) == child);
  number("status", WEXITSTATUS(status));
  signal(SIGPIPE, SIG_IGN);
  pipe(ends);
  close(ends[0]);
  result("nobody reads", write(ends[1], "x", 1));
  close(ends[1]);
  result("closed", write(ends[1], "x", 1));
}

/* --- files --- */

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path) {
  char *names[64];
  int found = 0;
  DIR *directory = opendir(path);
  for (struct dirent *entry; (entry = readdir(directory)) && found < 64;) names[found++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, found, sizeof *names, compare);
  for (int i = 0; i < found; i++) printf("%s%c", names[i], i + 1 < found ? ' ' : '\n');
}

static void files(void) {
  char text[64] = "";
  struct stat status;
  int fd;
  result("mkdir", mkdir("d", 0755));
  result("mkdir again", mkdir("d", 0755));
  result("open", fd = open("d/f", O_RDWR | O_CREAT | O_EXCL, 0640));
  result("open again", open("d/f", O_RDWR | O_CREAT | O_EXCL, 0640));
  struct iovec parts[] = {{"one ", 4}, {"", 0}, {"two ", 4}, {"three", 5}};
  result("writev", writev(fd, parts, 4));
  result("lseek", lseek(fd, 4, SEEK_SET));
  result("read", read(fd, text, 3));
  printf("%s\n", text);
  result("pwrite", pwrite(fd, "TWO", 3, 4));
  result("pread", pread(fd, text, 20, 0));
  printf("%s\n", text);
  result("seek far", lseek(fd, 100000, SEEK_SET));
  result("write", write(fd, "end", 3));
  fstat(fd, &status);
  printf("size %ld mode %o links %ld\n", (long)status.st_size, status.st_mode, (long)status.st_nlink);
  result("ftruncate", ftruncate(fd, 8));
  result("end", lseek(fd, 0, SEEK_END));
  result("fcntl", fcntl(fd, F_GETFL) & O_ACCMODE);
  result("append", fcntl(fd, F_SETFL, O_APPEND));
  number("dup", dup(fd) > fd);
  result("link", link("d/f", "d/g"));
  result("symlink", symlink("f", "d/s"));
  result("readlink", readlink("d/s", text, sizeof text));
  result("rename", rename("d/g", "d/h"));
  list("d");
  result("stat", stat("d/s", &status));
  printf("size %ld links %ld %d\n", (long)status.st_size, (long)status.st_nlink, S_ISREG(status.st_mode));
  lstat("d/s", &status);
  number("a link", S_ISLNK(status.st_mode));
  result("rmdir", rmdir("d"));
  result("unlink", unlink("d/f"));
  result("a lost link", open("d/s", O_RDONLY));
  result("no directory", open("d/h/x", O_RDONLY));
  result("a directory", open("d", O_WRONLY));
  result("access", access("d/h", R_OK));
  result("not to be executed", access("d/h", X_OK));
  result("chdir", chdir("d"));
  number("getcwd", strcmp(strrchr(getcwd(text, sizeof text), '/'), "/d"));
  result("chdir", chdir(".."));
  unlink("d/h");
  unlink("d/s");
  result("rmdir", rmdir("d"));
  result("a bad descriptor", close(77));
  result("a bad address", write(fd, (void *)(uintptr_t)atoi("16"), 4));
  struct timespec times[2] = {{1000000000, 0}, {1100000000, 0}};
  futimens(fd, times);
  fstat(fd, &status);
  printf("times %ld %ld links %ld\n", (long)status.st_atime, (long)status.st_mtime, (long)status.st_nlink);
  close(fd);
}

static void mappings(void) {
  int fd = open("m", O_RDWR | O_CREAT | O_TRUNC, 0600);
  char buffer[16] = "";
  for (int i = 0; i < 3 * PAGE; i++) write(fd, "abcdefghijklmnop" + i % 16, 1);
  char *shared = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char *private = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, PAGE);
  printf("%.16s %.16s\n", shared + PAGE, private);
  /* A private page is the program's own from its first write on; what it shows before is not said. */
  memcpy(private, "PRIVATE", 7);
  memcpy(shared + PAGE + 5, "SHARED", 6);
  printf("%.16s %.16s\n", shared + PAGE, private);
  pread(fd, buffer, 15, PAGE);
  printf("%s\n", buffer);
  pwrite(fd, "written", 7, 2 * PAGE);
  printf("%.16s\n", shared + 2 * PAGE);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    memcpy(shared, "child", 5);
    memcpy(private, "child", 5);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  printf("%.10s %.10s\n", shared, private);
  char *zero = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(zero, 1, 2 * PAGE);
  zero = mremap(zero, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
  printf("%d %d\n", zero[2 * PAGE - 1], zero[3 * PAGE]);
  memset(zero, 1, 4 * PAGE);
  madvise(zero + PAGE, PAGE, MADV_DONTNEED);
  printf("%d %d %d\n", zero[0], zero[PAGE], zero[2 * PAGE]);
  number("fixed", mmap(zero + 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == zero + 2 * PAGE);
  printf("%.5s %d\n", zero + 2 * PAGE, zero[3 * PAGE]);
  munmap(shared, 3 * PAGE);
  close(fd);
  fd = open("m", O_RDONLY);
  shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  result("shared, to be written", shared == MAP_FAILED ? -1 : 0);
  shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  result("made so", mprotect(shared, PAGE, PROT_READ | PROT_WRITE));
  printf("%.5s\n", shared);
  private = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  private[0] = 'C';
  printf("%.5s %.5s\n", private, shared);
  close(fd);
  unlink("m");
}

static void waiting(void) {
  struct pollfd polled = {.fd = 99, .events = POLLIN};
  struct timespec before, after;
  struct timeval time = {0, 30000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  result("poll", poll(&polled, 1, 1000));
  number("not open", polled.revents == POLLNVAL);
  result("poll of nothing", poll(NULL, 0, 30));
  result("select of nothing", select(0, NULL, NULL, NULL, &time));
  clock_gettime(CLOCK_MONOTONIC, &after);
  long passed = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
  number("time has passed", passed >= 55 && passed < 1000);
}

int main(int argc, char **argv, char **environment) {
  if (argc > 1 && strcmp(argv[1], "again") == 0) {
    printf("%d %s %s", argc, argv[0], argv[2]);
    for (; *environment; environment++) printf(" %s", *environment);
    printf("\n");
    return 5;
  }
  faults();
  masks();
  numbers();
  children();
  files();
  mappings();
  waiting();
  fflush(stdout);
  abort();
}
