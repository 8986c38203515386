// The BIOS: what its 16-bit side (entry.asm.ts) calls, by vector.
import { boot, no_boot } from "./boot";
import { clock_service, timer_tick } from "./clock";
import { EQUIPMENT, MEMORY_KIB } from "./data-area";
import { disk_service } from "./disk";
import { Frame, set_ax } from "./frame";
import { key_byte, keyboard_service } from "./keyboard";
import { KEY_CODE_SHIFT, POST } from "../abi/bios";
import { mouse_interrupt } from "./mouse";
import { end_of_interrupt, end_what_is_in_service } from "./pic";
import { power_on } from "./post";
import { printer_service, serial_service } from "./serial";
import { system_service } from "./system";
import { video_service } from "./video";
import { clock_interrupt } from "./wait";

/** An interrupt that nobody has taken: from the chips if one is in service, else a program's, which is ignored. */
function unexpected(vector: u32): void {
  if (vector >= 0x70 && vector < 0x78) end_what_is_in_service(true);
  else if (vector >= 8 && vector < 16) end_what_is_in_service(false);
}

/** Carries a call out. `address`: the frame's. */
export function bios_service(address: usize): void {
  const f = changetype<Frame>(address);
  const vector = f.vector & 0xffff;
  switch (vector) {
    case 0x08:
      timer_tick();
      end_of_interrupt();
      return;
    case 0x09:
      if (f.vector >> KEY_CODE_SHIFT) key_byte(f.vector >> KEY_CODE_SHIFT);
      end_of_interrupt();
      return;
    case 0x10:
      video_service(f);
      return;
    case 0x11:
      set_ax(f, load<u16>(EQUIPMENT));
      return;
    case 0x12:
      set_ax(f, load<u16>(MEMORY_KIB));
      return;
    case 0x13:
      disk_service(f);
      return;
    case 0x14:
      serial_service(f);
      return;
    case 0x15:
      system_service(f);
      return;
    case 0x16:
      keyboard_service(f);
      return;
    case 0x17:
      printer_service(f);
      return;
    case 0x18:
      no_boot();
      return;
    case 0x19:
      boot(f);
      return;
    case 0x1a:
      clock_service(f);
      return;
    case 0x70:
      clock_interrupt();
      return;
    case 0x74:
      mouse_interrupt(f);
      return;
    case POST:
      power_on();
      return;
    default:
      unexpected(vector);
  }
}
