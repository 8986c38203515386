/** The operations of MMX, SSE and SSE2 on two operands, for core and host: what OP_SUB says of them (SDM volume 1, chapters 9-11). */

// Of both sizes of registers: MMX's 8 bytes and SSE's 16.
export const PUNPCKLBW = 0;
export const PUNPCKLWD = 1;
export const PUNPCKLDQ = 2;
export const PUNPCKHBW = 3;
export const PUNPCKHWD = 4;
export const PUNPCKHDQ = 5;
export const PACKSSWB = 6;
export const PACKUSWB = 7;
export const PACKSSDW = 8;
export const PADDB = 9;
export const PADDW = 10;
export const PADDD = 11;
export const PADDSB = 12;
export const PADDSW = 13;
export const PADDUSB = 14;
export const PADDUSW = 15;
export const PSUBB = 16;
export const PSUBW = 17;
export const PSUBD = 18;
export const PSUBSB = 19;
export const PSUBSW = 20;
export const PSUBUSB = 21;
export const PSUBUSW = 22;
export const PMULLW = 23;
export const PMULHW = 24;
export const PMADDWD = 25;
export const PCMPEQB = 26;
export const PCMPEQW = 27;
export const PCMPEQD = 28;
export const PCMPGTB = 29;
export const PCMPGTW = 30;
export const PCMPGTD = 31;
export const PAND = 32;
export const PANDN = 33;
export const POR = 34;
export const PXOR = 35;
export const PSLLW = 36;
export const PSLLD = 37;
export const PSLLQ = 38;
export const PSRLW = 39;
export const PSRLD = 40;
export const PSRLQ = 41;
export const PSRAW = 42;
export const PSRAD = 43;
// They came with SSE and SSE2.
export const PADDQ = 44;
export const PSUBQ = 45;
export const PMULUDQ = 46;
export const PAVGB = 47;
export const PAVGW = 48;
export const PMAXSW = 49;
export const PMAXUB = 50;
export const PMINSW = 51;
export const PMINUB = 52;
export const PMULHUW = 53;
export const PSADBW = 54;
export const PINSRW = 55;
/** Words of 8 bytes in the order of an immediate: PSHUFW, and halves of PSHUFHW and PSHUFLW. */
export const PSHUFW = 56;

// Of SSE's registers alone.
export const PSHUFD = 57;
export const PSHUFHW = 58;
export const PSHUFLW = 59;
export const PUNPCKLQDQ = 60;
export const PUNPCKHQDQ = 61;
export const PSLLDQ = 62;
export const PSRLDQ = 63;
export const SHUFPS = 64;
export const SHUFPD = 65;
/** Of the second operand the low 4, the low 8 bytes. */
export const MOVSS = 66;
export const MOVSD = 67;
/** The second operand's low half above the first's, its high half in the low one. */
export const MOVLHPS = 68;
export const MOVHLPS = 69;

// What a register gets of an operand, or memory of a register.
export const MOVE_16 = 0;
/** As MOVE_16, at any address. */
export const MOVE_16_UNALIGNED = 1;
/** The rest of the register becomes zero. */
export const MOVE_4_ZERO = 2;
export const MOVE_8_ZERO = 3;
/** The rest of the register stays. */
export const MOVE_8_LOW = 4;
export const MOVE_8_HIGH = 5;

// Arithmetic; above it, how many numbers of which format.
export const FLOAT_ADD = 0;
export const FLOAT_SUB = 1;
export const FLOAT_MUL = 2;
export const FLOAT_DIV = 3;
export const FLOAT_SQRT = 4;
export const FLOAT_MIN = 5;
export const FLOAT_MAX = 6;
export const FLOAT_CMP = 7;
export const FLOAT_RCP = 8;
export const FLOAT_RSQRT = 9;
export const FLOAT_OPERATION = 0x0f;
export const FLOAT_DOUBLE = 0x10;
export const FLOAT_SCALAR = 0x20;

// Conversions: from, to. S and D are single and double precision, I a 32-bit integer; T truncates.
export const CVT_I_S = 0;
export const CVT_I_D = 1;
export const CVT_S_I = 2;
export const CVT_D_I = 3;
export const CVTT_S_I = 4;
export const CVTT_D_I = 5;
export const CVT_S_D = 6;
export const CVT_D_S = 7;
export const CVT_WHAT = 7;
// Above it: where numbers come from or go to, and that it is one.
export const CVT_TO_GENERAL = 0x10;
export const CVT_TO_MMX = 0x20;
export const CVT_FROM_MMX = 0x40;
export const CVT_SCALAR = 0x80;

// Without operands of importance.
export const FENCE = 0;
export const LDMXCSR = 1;
export const STMXCSR = 2;
