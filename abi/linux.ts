// What static i386 Linux programs expect of their kernel: numbers and layouts of the Linux system call interface, by the
// manual pages of section 2 (syscalls, open, stat, statx, getdents, clone, sigaction, mmap, fcntl, futex) and the System V ABI,
// i386 supplement (auxiliary vector).

/** INT 80h raises a general protection exception whose subcode is this: the gate is not the user's. */
export const LINUX_TRAP_SUBCODE = 0x402;
/** Bytes of INT 80h. */
export const LINUX_TRAP_SIZE = 2;

// --- calls, by the number in EAX ---
export const SYS_exit = 1;
export const SYS_fork = 2;
export const SYS_read = 3;
export const SYS_write = 4;
export const SYS_open = 5;
export const SYS_close = 6;
export const SYS_waitpid = 7;
export const SYS_link = 9;
export const SYS_unlink = 10;
export const SYS_execve = 11;
export const SYS_chdir = 12;
export const SYS_time = 13;
export const SYS_chmod = 15;
export const SYS_lseek = 19;
export const SYS_getpid = 20;
export const SYS_access = 33;
export const SYS_sync = 36;
export const SYS_kill = 37;
export const SYS_rename = 38;
export const SYS_mkdir = 39;
export const SYS_rmdir = 40;
export const SYS_dup = 41;
export const SYS_pipe = 42;
export const SYS_brk = 45;
export const SYS_ioctl = 54;
export const SYS_fcntl = 55;
export const SYS_setpgid = 57;
export const SYS_umask = 60;
export const SYS_dup2 = 63;
export const SYS_getppid = 64;
export const SYS_getpgrp = 65;
export const SYS_setsid = 66;
export const SYS_gettimeofday = 78;
export const SYS_symlink = 83;
export const SYS_readlink = 85;
export const SYS_munmap = 91;
export const SYS_ftruncate = 93;
export const SYS_fchmod = 94;
export const SYS_setitimer = 104;
export const SYS_wait4 = 114;
export const SYS_fsync = 118;
export const SYS_sigreturn = 119;
export const SYS_clone = 120;
export const SYS_uname = 122;
export const SYS_mprotect = 125;
export const SYS_getpgid = 132;
export const SYS_fchdir = 133;
export const SYS__llseek = 140;
export const SYS_readv = 145;
export const SYS_writev = 146;
export const SYS_getsid = 147;
export const SYS_fdatasync = 148;
export const SYS_sched_yield = 158;
export const SYS_nanosleep = 162;
export const SYS_mremap = 163;
export const SYS_poll = 168;
export const SYS_prctl = 172;
export const SYS_rt_sigreturn = 173;
export const SYS_rt_sigaction = 174;
export const SYS_rt_sigprocmask = 175;
export const SYS_rt_sigpending = 176;
export const SYS_rt_sigsuspend = 179;
export const SYS_pread64 = 180;
export const SYS_pwrite64 = 181;
export const SYS_getcwd = 183;
export const SYS_sigaltstack = 186;
export const SYS_vfork = 190;
export const SYS_ugetrlimit = 191;
export const SYS_mmap2 = 192;
export const SYS_truncate64 = 193;
export const SYS_ftruncate64 = 194;
export const SYS_stat64 = 195;
export const SYS_lstat64 = 196;
export const SYS_fstat64 = 197;
export const SYS_lchown32 = 198;
export const SYS_getuid32 = 199;
export const SYS_getgid32 = 200;
export const SYS_geteuid32 = 201;
export const SYS_getegid32 = 202;
export const SYS_getgroups32 = 205;
export const SYS_fchown32 = 207;
export const SYS_chown32 = 212;
export const SYS_setuid32 = 213;
export const SYS_setgid32 = 214;
export const SYS_madvise = 219;
export const SYS_getdents64 = 220;
export const SYS_fcntl64 = 221;
export const SYS_gettid = 224;
export const SYS_tkill = 238;
export const SYS_set_thread_area = 243;
export const SYS_fadvise64 = 250;
export const SYS_exit_group = 252;
export const SYS_set_tid_address = 258;
export const SYS_clock_gettime = 265;
export const SYS_clock_getres = 266;
export const SYS_clock_nanosleep = 267;
export const SYS_statfs64 = 268;
export const SYS_fstatfs64 = 269;
export const SYS_tgkill = 270;
export const SYS_openat = 295;
export const SYS_mkdirat = 296;
export const SYS_fchownat = 298;
export const SYS_fstatat64 = 300;
export const SYS_unlinkat = 301;
export const SYS_renameat = 302;
export const SYS_linkat = 303;
export const SYS_symlinkat = 304;
export const SYS_readlinkat = 305;
export const SYS_fchmodat = 306;
export const SYS_faccessat = 307;
export const SYS_pselect6 = 308;
export const SYS_ppoll = 309;
export const SYS_set_robust_list = 311;
export const SYS_utimensat = 320;
export const SYS_dup3 = 330;
export const SYS_pipe2 = 331;
export const SYS_prlimit64 = 340;
export const SYS_syncfs = 344;
export const SYS_renameat2 = 353;
export const SYS_getrandom = 355;
export const SYS_statx = 383;
export const SYS_clock_gettime64 = 403;
export const SYS_clock_getres_time64 = 406;
export const SYS_clock_nanosleep_time64 = 407;
export const SYS_utimensat_time64 = 412;
export const SYS_pselect6_time64 = 413;
export const SYS_ppoll_time64 = 414;
export const SYS_faccessat2 = 439;
/** One more than the last of them. */
export const SYS_COUNT = 440;

// --- files ---
export const LINUX_AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_EMPTY_PATH = 0x1000;
export const LINUX_O_ACCMODE = 3;
export const LINUX_O_WRONLY = 1;
export const LINUX_O_RDWR = 2;
export const LINUX_O_CREAT = 0x40;
export const LINUX_O_EXCL = 0x80;
export const LINUX_O_TRUNC = 0x200;
export const LINUX_O_APPEND = 0x400;
export const LINUX_O_NONBLOCK = 0x800;
export const LINUX_O_DIRECTORY = 0x10000;
export const LINUX_O_NOFOLLOW = 0x20000;
export const LINUX_O_CLOEXEC = 0x80000;
export const F_DUPFD = 0;
export const F_GETFD = 1;
export const F_SETFD = 2;
export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_DUPFD_CLOEXEC = 1030;
export const FD_CLOEXEC = 1;
/** A character device that everybody may use. */
export const CHARACTER_DEVICE_MODE = 0x21b6;

/** struct stat64: offsets in bytes. */
export const STAT64_DEV = 0;
export const STAT64_INO_LOW = 12;
export const STAT64_MODE = 16;
export const STAT64_NLINK = 20;
export const STAT64_UID = 24;
export const STAT64_GID = 28;
export const STAT64_RDEV = 32;
export const STAT64_SIZE = 44;
export const STAT64_BLKSIZE = 52;
export const STAT64_BLOCKS = 56;
export const STAT64_ATIME = 64;
export const STAT64_MTIME = 72;
export const STAT64_CTIME = 80;
export const STAT64_INO = 88;
export const STAT64_BYTES = 96;

/** struct statx. */
export const STATX_BASIC_STATS = 0x7ff;
export const STATX_BLKSIZE = 4;
export const STATX_NLINK = 16;
export const STATX_UID = 20;
export const STATX_GID = 24;
/** u16 */
export const STATX_MODE = 28;
export const STATX_INO = 32;
export const STATX_SIZE = 40;
export const STATX_BLOCKS = 48;
export const STATX_ATIME = 64;
export const STATX_CTIME = 96;
export const STATX_MTIME = 112;
export const STATX_RDEV_MAJOR = 128;
export const STATX_DEV_MAJOR = 136;
export const STATX_DEV_MINOR = 140;
export const STATX_BYTES = 256;

/** struct statfs64, and ext2's magic number in it. */
export const STATFS64_TYPE = 0;
export const STATFS64_BSIZE = 4;
export const STATFS64_BLOCKS = 8;
export const STATFS64_BFREE = 16;
export const STATFS64_BAVAIL = 24;
export const STATFS64_FILES = 32;
export const STATFS64_FFREE = 40;
export const STATFS64_NAMELEN = 56;
export const STATFS64_FRSIZE = 60;
export const STATFS64_BYTES = 84;
export const EXT2_STATFS_TYPE = 0xef53;

/** struct linux_dirent64. */
export const DIRENT64_INO = 0;
export const DIRENT64_OFF = 8;
export const DIRENT64_RECLEN = 16;
export const DIRENT64_TYPE = 18;
export const DIRENT64_NAME = 19;
export const DT_REG = 8;
export const DT_DIR = 4;
export const DT_LNK = 10;

/** poll: can be read, can be written, is not open. */
export const POLLIN = 1;
export const POLLOUT = 4;
export const POLLNVAL = 0x20;

/** utimensat: nanoseconds that are none. */
export const UTIME_NOW = 0x3fffffff;
export const UTIME_OMIT = 0x3ffffffe;

// --- clocks ---
export const CLOCK_REALTIME = 0;
export const CLOCK_REALTIME_COARSE = 5;

// --- terminals: struct termios, 36 bytes ---
export const TCGETS = 0x5401;
export const TCSETS = 0x5402;
export const TCSETSF = 0x5404;
export const TIOCGPGRP = 0x540f;
export const TIOCSPGRP = 0x5410;
export const TIOCGWINSZ = 0x5413;
export const TERMIOS_IFLAG = 0;
export const TERMIOS_OFLAG = 4;
export const TERMIOS_CFLAG = 8;
export const TERMIOS_LFLAG = 12;
export const TERMIOS_CC = 17;
export const TERMIOS_BYTES = 36;
export const LINUX_ISIG = 1;
export const LINUX_ICANON = 2;
export const LINUX_ECHO = 8;

// --- memory ---
export const MAP_SHARED = 1;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const MREMAP_MAYMOVE = 1;
export const MADV_DONTNEED = 4;

// --- processes ---
export const CLONE_VFORK = 0x4000;
export const CLONE_THREAD = 0x10000;
export const CLONE_PARENT_SETTID = 0x100000;
export const CLONE_CHILD_SETTID = 0x1000000;
export const LINUX_WNOHANG = 1;
export const SIGHUP = 1;
export const SIGILL = 4;
export const SIGTRAP = 5;
export const SIGFPE = 8;
export const LINUX_SIGKILL = 9;
export const SIGSEGV = 11;
export const SIGPIPE = 13;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTSTP = 20;
export const SIGTTOU = 22;
export const SIGURG = 23;
export const SIGWINCH = 28;
/** Signals are 1 to this. */
export const SIGNALS = 64;
export const SIG_DFL = 0;
export const SIG_IGN = 1;
export const SIG_BLOCK = 0;
export const SIG_UNBLOCK = 1;
export const SIG_SETMASK = 2;
/** struct sigaction of rt_sigaction: handler, flags, restorer, mask (two words). */
export const SIGACTION_FLAGS = 4;
export const SIGACTION_RESTORER = 8;
export const SIGACTION_MASK = 12;
export const SIGACTION_BYTES = 20;
export const SA_SIGINFO = 4;
export const SA_RESTART = 0x10000000;
export const SA_NODEFER = 0x40000000;
export const SA_RESETHAND = 0x80000000;

/** The auxiliary vector. */
export const AT_PHDR = 3;
export const AT_PHENT = 4;
export const AT_PHNUM = 5;
export const AT_PAGESZ = 6;
export const AT_BASE = 7;
export const AT_ENTRY = 9;
export const AT_UID = 11;
export const AT_EUID = 12;
export const AT_GID = 13;
export const AT_EGID = 14;
export const AT_CLKTCK = 17;
export const AT_SECURE = 23;
export const AT_RANDOM = 25;

/** struct user_desc of set_thread_area: number, base, limit, flags; and of the flags, that the limit is in pages. */
export const USER_DESC_BASE = 4;
export const USER_DESC_LIMIT = 8;
export const USER_DESC_FLAGS = 12;
export const USER_DESC_BYTES = 16;
export const USER_DESC_LIMIT_IN_PAGES = 0x10;

/** struct utsname: six strings of so many bytes. */
export const UTSNAME_FIELD = 65;
