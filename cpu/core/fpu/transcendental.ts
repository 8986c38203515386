/** The transcendental instructions. */
import { DONE, FPU_STATUS, OP_SUB } from "../../layout";
import { leaveLogarithm, leaveLogarithmPlusOne, leavePowerMinusOne } from "./logarithmic";
import {
  accepted,
  enter,
  head,
  isEmpty,
  keep,
  note,
  pop,
  pushResult,
  register,
  report,
  significand,
  stackFault,
} from "./stack";
import {
  NO_NUMBER,
  OUT_OF_RANGE,
  leaveArctangent,
  leaveCosine,
  leaveSine,
  leaveTangent,
  takeAngle,
} from "./trigonometric";
import { BIAS, C1, C2, INTEGER_BIT, leave } from "./value";

export function opFpuPower(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  if (isEmpty(0)) stackFault(0);
  else leavePowerMinusOne(head(register(0)), significand(register(0)));
  if (accepted()) keep(0);
  return DONE;
}

const ARCTANGENT: u32 = 0;
const LOGARITHM: u32 = 1;

/** FPATAN, FYL2X, FYL2XP1 (OP_SUB 0 to 2): of ST(1) and ST(0), which is popped. */
export function opFpuOfTwo(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const y = register(1);
  const x = register(0);
  const which: u32 = load<u8>(op, OP_SUB);
  if (isEmpty(0) || isEmpty(1)) stackFault(0);
  else if (which == ARCTANGENT) leaveArctangent(head(y), significand(y), head(x), significand(x));
  else if (which == LOGARITHM) leaveLogarithm(head(y), significand(y), head(x), significand(x));
  else leaveLogarithmPlusOne(head(y), significand(y), head(x), significand(x));
  if (!accepted()) return DONE;
  keep(1);
  pop();
  return DONE;
}

const COSINE: u32 = 1;
const SINE_AND_COSINE: u32 = 2;

/** FSIN, FCOS, FSINCOS, FPTAN (OP_SUB 0 to 3). The latter two push: the cosine, and 1. */
export function opFpuCircular(op: usize): u32 {
  const status = enter(op);
  if (status) return status;
  note(op);
  const which: u32 = load<u8>(op, OP_SUB);
  const pushes = which >= SINE_AND_COSINE;
  store<u32>(FPU_STATUS, load<u32>(FPU_STATUS) & ~C2);
  if (isEmpty(0)) stackFault(0);
  else if (pushes && !isEmpty(7)) stackFault(C1);
  else {
    const taken = takeAngle(head(register(0)), significand(register(0)));
    if (taken == OUT_OF_RANGE) {
      report();
      store<u32>(FPU_STATUS, load<u32>(FPU_STATUS) | C2);
      return DONE;
    }
    if (taken != NO_NUMBER) return leaveFunctions(which);
  }
  if (!accepted()) return DONE;
  keep(0);
  if (pushes) pushResult();
  return DONE;
}

function leaveFunctions(which: u32): u32 {
  if (which == COSINE) leaveCosine();
  else if (which <= SINE_AND_COSINE) leaveSine();
  else leaveTangent();
  if (!accepted()) return DONE;
  keep(0);
  if (which < SINE_AND_COSINE) return DONE;
  if (which > SINE_AND_COSINE) leave(BIAS, INTEGER_BIT);
  else leaveCosine();
  pushResult();
  return DONE;
}
