// Where a program and its threads begin.
import { TRAP_GATE_SELECTOR, TRAP_MACH_TASK_SELF, TRAP_TASK_TERMINATE } from "../../abi/mach_traps";
import { eax, ebx, ecx, esi, esp, far, mem, symbol, type Assembler } from "../../tools/asm";

const gate = far(TRAP_GATE_SELECTOR, 0);

export default function (a: Assembler): void {
  // At ESP: argc, argv[0..argc-1], 0, envp..., 0, strings. main(argc, argv), then the end of the task.
  a.align(16).function("_start").outermostFrame();
  a.call("__module_start");
  a.mov(eax, mem(esp));
  a.lea(ecx, mem(esp, 4));
  a.push(ecx);
  a.push(eax);
  a.call("main");
  a.push(0);
  a.push(0);
  a.mov(eax, TRAP_MACH_TASK_SELF);
  a.call(gate);
  a.mov(mem(esp, 4), eax);
  a.mov(eax, TRAP_TASK_TERMINATE);
  a.call(gate);
  a.ud2();

  // A thread that the program made: thread_entry(EBX, ESI) ends the thread itself.
  a.align(16).function("thread_start");
  a.push(esi);
  a.push(ebx);
  a.call("thread_entry");
  a.ud2();

  a.align(16).function("thread_start_address").frame(4);
  a.mov(eax, symbol("thread_start"));
  a.ret();

  for (const name of ["bench_begin", "bench_end"]) {
    a.align(16).function(name);
    a.mov(eax, mem(esp, 4));
    a.ret();
  }
}
