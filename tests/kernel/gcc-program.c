/* A boot module as a C compiler makes it: checks how it was loaded, prints its arguments, and ends the machine. The
   numbers that begin with ABI_ come from abi/. Compiled by gcc-programs.spec.ts. */

typedef unsigned int u32;

__asm__(".globl _start\n"
        "_start: mov %esp, %eax\n"
        "  push %eax\n"
        "  call start\n"
        "mach_print: mov $-30, %eax\n"
        "  lcall $7, $0\n"
        "  ret\n"
        "mach_msg_trap: mov $-25, %eax\n"
        "  lcall $7, $0\n"
        "  ret\n");

#define LOCAL __attribute__((visibility("hidden")))

LOCAL extern void _start(void);
LOCAL u32 mach_print(const char *text);
LOCAL u32 mach_msg_trap(void *message, u32 option, u32 send_size, u32 receive_size, u32 receive_name, u32 timeout,
                        u32 notify);

struct reboot {
  u32 bits, size, remote_port, local_port, sequence, id, descriptor, options;
};

static volatile u32 initialised[2] = {0x12345678, 0x9abcdef0};
static volatile u32 zeroed[5000];
static const char constant[] = "read-only";

/* Ends the machine; the privileged host port is the first one in the task. */
static void end(u32 status) {
  struct reboot request = {ABI_COPY_SEND, sizeof request, 1, 0, 0, ABI_HOST_REBOOT, ABI_INTEGER,
                           ABI_RB_HALT | status << ABI_RB_STATUS_SHIFT};
  mach_msg_trap(&request, ABI_SEND_MSG, sizeof request, 0, 0, 0, 0);
  __builtin_trap();
}

static void check(u32 holds, u32 status) {
  if (!holds) end(status);
}

LOCAL __attribute__((used)) void start(u32 *block) {
  u32 count = block[0];
  char **arguments = (char **)(block + 1);
  u32 i;
  check(((u32)_start & ~0xffffu) == EXPECTED_BASE, 2);
  check(initialised[0] == 0x12345678 && initialised[1] == 0x9abcdef0, 3);
  for (i = 0; i < 5000; i++) check(zeroed[i] == 0, 4);
  check(*(const volatile char *)constant == 'r', 5);
  check(((u32)block & 15) == 0 && arguments[count] == 0 && arguments[count + 1] == 0, 6);
  for (i = 0; i < count; i++) {
    mach_print(arguments[i]);
    mach_print("\n");
  }
  initialised[0] = zeroed[0] = 1;
#ifdef TRY_STACK
  {
    volatile unsigned char code[] = {0xc3};
    ((void (*)(void))(u32)code)();
    mach_print("the stack runs\n");
  }
#endif
#ifdef TRY_CONSTANT
  *(volatile char *)(u32)constant = 'w';
  mach_print("constants are writable\n");
#endif
  end(ABI_DONE);
}
