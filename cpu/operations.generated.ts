// Generated from cpu/generate/table.ts by cpu/generate/main.ts. Do not edit.

// Cases of the main loop.

// Zero-cost steps: look up the instruction at OP_OFFSET; the linked micro-op; segment and address; code limit; page crossing; breakpoint; whether an x87 instruction may begin.
export const STALE = 0;
export const GOTO = 1;
export const SEG_EA = 2;
export const CHECK_EIP = 3;
export const CROSS = 4;
export const BREAK = 5;
export const FPU_READY = 6;

// 32-bit arithmetic, in the order of the opcodes.
export const ADD32_RR = 7;
export const OR32_RR = 8;
export const ADC32_RR = 9;
export const SBB32_RR = 10;
export const AND32_RR = 11;
export const SUB32_RR = 12;
export const XOR32_RR = 13;
export const CMP32_RR = 14;
export const TEST32_RR = 15;
export const ADD32_RI = 16;
export const OR32_RI = 17;
export const ADC32_RI = 18;
export const SBB32_RI = 19;
export const AND32_RI = 20;
export const SUB32_RI = 21;
export const XOR32_RI = 22;
export const CMP32_RI = 23;
export const TEST32_RI = 24;
export const ADD32_RM = 25;
export const OR32_RM = 26;
export const ADC32_RM = 27;
export const SBB32_RM = 28;
export const AND32_RM = 29;
export const SUB32_RM = 30;
export const XOR32_RM = 31;
export const CMP32_RM = 32;
export const TEST32_RM = 33;
export const ADD32_MR = 34;
export const OR32_MR = 35;
export const ADC32_MR = 36;
export const SBB32_MR = 37;
export const AND32_MR = 38;
export const SUB32_MR = 39;
export const XOR32_MR = 40;
export const CMP32_MR = 41;
export const TEST32_MR = 42;
export const ADD32_MI = 43;
export const OR32_MI = 44;
export const ADC32_MI = 45;
export const SBB32_MI = 46;
export const AND32_MI = 47;
export const SUB32_MI = 48;
export const XOR32_MI = 49;
export const CMP32_MI = 50;
export const TEST32_MI = 51;

// 8-bit arithmetic without carry-in or destination in memory.
export const CMP8_RR = 52;
export const TEST8_RR = 53;
export const AND8_RR = 54;
export const OR8_RR = 55;
export const XOR8_RR = 56;
export const ADD8_RR = 57;
export const SUB8_RR = 58;
export const CMP8_RI = 59;
export const TEST8_RI = 60;
export const AND8_RI = 61;
export const OR8_RI = 62;
export const XOR8_RI = 63;
export const ADD8_RI = 64;
export const SUB8_RI = 65;
export const CMP8_RM = 66;
export const TEST8_RM = 67;
export const AND8_RM = 68;
export const OR8_RM = 69;
export const XOR8_RM = 70;
export const ADD8_RM = 71;
export const SUB8_RM = 72;
export const CMP8_MI = 73;
export const TEST8_MI = 74;

// Moves and extensions to 32 bits.
export const MOV32_RR = 75;
export const MOV8_RR = 76;
export const MOVZX8_RR = 77;
export const MOVZX16_RR = 78;
export const MOVSX8_RR = 79;
export const MOVSX16_RR = 80;
export const MOV32_RI = 81;
export const MOV8_RI = 82;
export const MOV32_RM = 83;
export const MOV8_RM = 84;
export const MOV16_RM = 85;
export const MOVZX8_RM = 86;
export const MOVZX16_RM = 87;
export const MOVSX8_RM = 88;
export const MOVSX16_RM = 89;
export const MOV32_MR = 90;
export const MOV8_MR = 91;
export const MOV16_MR = 92;
export const MOV32_MI = 93;
export const MOV8_MI = 94;

// Of one form only.
export const LEA32 = 95;
export const XCHG32_RR = 96;
export const CDQ = 97;
export const CWDE = 98;
export const NOP = 99;

// One operand.
export const INC32_R = 100;
export const DEC32_R = 101;
export const NEG32_R = 102;
export const NOT32_R = 103;
export const INC32_M = 104;
export const DEC32_M = 105;

// Shifts by 1 to 31, the constant ones reduced by the decoder.
export const SHL32_RI = 106;
export const SHR32_RI = 107;
export const SAR32_RI = 108;
export const SHL32_RC = 109;
export const SHR32_RC = 110;
export const SAR32_RC = 111;

// Multiplication; its target is always R1.
export const IMUL32_RR = 112;
export const IMUL32_RM = 113;
export const IMUL32_RRI = 114;

// Stack and near transfers, flat segments.
export const PUSH32_R = 115;
export const PUSH32_I = 116;
export const PUSH32_M = 117;
export const POP32_R = 118;
export const LEAVE32 = 119;
export const CALL32 = 120;
export const CALL32_R = 121;
export const CALL32_M = 122;
export const RET32 = 123;
export const RET32_I = 124;
export const JMP = 125;
export const JMP32_R = 126;
export const JMP32_M = 127;

// Conditional jumps.
export const JO = 128;
export const JNO = 129;
export const JB = 130;
export const JAE = 131;
export const JE = 132;
export const JNE = 133;
export const JBE = 134;
export const JA = 135;
export const JS = 136;
export const JNS = 137;
export const JP = 138;
export const JNP = 139;
export const JL = 140;
export const JGE = 141;
export const JLE = 142;
export const JG = 143;

// Byte sets on condition, into registers.
export const SETO = 144;
export const SETNO = 145;
export const SETB = 146;
export const SETAE = 147;
export const SETE = 148;
export const SETNE = 149;
export const SETBE = 150;
export const SETA = 151;
export const SETS = 152;
export const SETNS = 153;
export const SETP = 154;
export const SETNP = 155;
export const SETL = 156;
export const SETGE = 157;
export const SETLE = 158;
export const SETG = 159;

// The others.
export const FIRST_SLOW = 160;

// arithmetic.ts
export const ALU = 160;
export const MOV = 161;
export const MOVZX = 162;
export const MOVSX = 163;
export const LEA = 164;
export const UNARY = 165;
export const SHIFT = 166;
export const DOUBLE_SHIFT = 167;
export const MULTIPLY = 168;
export const IMUL = 169;
export const DIVIDE = 170;
export const XCHG = 171;
export const XADD = 172;
export const CMPXCHG = 173;
export const CMPXCHG8B = 174;
export const CMOV = 175;
export const BSWAP = 176;
export const CONVERT = 177;
export const XLAT = 178;
export const SET_M = 179;

// bits.ts
export const BIT_TEST = 180;
export const BIT_SCAN = 181;

// decimal.ts
export const DAA = 182;
export const DAS = 183;
export const AAA = 184;
export const AAS = 185;
export const AAM = 186;
export const AAD = 187;

// flag-operations.ts
export const SALC = 188;
export const FLAG_OP = 189;
export const LAHF = 190;
export const SAHF = 191;
export const CLI = 192;
export const STI = 193;

// stack.ts
export const PUSH = 194;
export const POP = 195;
export const POP_MEMORY = 196;
export const PUSHA = 197;
export const POPA = 198;
export const PUSHF = 199;
export const POPF = 200;
export const ENTER = 201;
export const LEAVE_FRAME = 202;

// transfer.ts
export const JUMP_NEAR = 203;
export const JUMP_NEAR_ABSOLUTE = 204;
export const CALL_NEAR = 205;
export const CALL_NEAR_ABSOLUTE = 206;
export const RETURN_NEAR = 207;
export const JUMP_CONDITION = 208;
export const LOOP = 209;
export const JUMP_FAR = 210;
export const CALL_FAR = 211;
export const RETURN_FAR = 212;

// interrupt.ts
export const INTERRUPT = 213;
export const INTERRUPT_OVERFLOW = 214;
export const INTERRUPT_RETURN = 215;
export const BOUND = 216;

// string.ts
export const MOVS = 217;
export const CMPS = 218;
export const STOS = 219;
export const LODS = 220;
export const SCAS = 221;
export const INS = 222;
export const OUTS = 223;
export const IN = 224;
export const OUT = 225;

// system.ts
export const MOV_SEGMENT = 226;
export const STORE_SEGMENT = 227;
export const PUSH_SEGMENT = 228;
export const POP_SEGMENT = 229;
export const LOAD_FAR = 230;
export const HALT = 231;
export const CLTS = 232;
export const LOAD_TABLE = 233;
export const STORE_TABLE = 234;
export const LOAD_LDTR = 235;
export const LOAD_TR = 236;
export const STORE_SYSTEM_SELECTOR = 237;
export const LMSW = 238;
export const SMSW = 239;
export const MOV_TO_CR = 240;
export const MOV_FROM_CR = 241;
export const MOV_TO_TR = 242;
export const MOV_FROM_TR = 243;
export const INVLPG = 244;
export const CACHE = 245;
export const LAR = 246;
export const LSL = 247;
export const VERIFY = 248;
export const ARPL = 249;
export const CPUID = 250;
export const UNDEFINED = 251;

// fpu/operate.ts
export const FPU_OPERATE = 252;
export const FPU_OPERATE_M = 253;
export const FPU_COMPARE = 254;
export const FPU_COMPARE_M = 255;
export const FPU_COMPARE_FLAGS = 256;
export const FPU_TEST = 257;
export const FPU_EXAMINE = 258;
export const FPU_SIGN = 259;
export const FPU_UNARY = 260;
export const FPU_SCALE = 261;
export const FPU_REMAINDER = 262;
export const FPU_EXTRACT = 263;

// fpu/transfer.ts
export const FPU_LOAD = 264;
export const FPU_LOAD_M = 265;
export const FPU_CONSTANT = 266;
export const FPU_STORE = 267;
export const FPU_STORE_M = 268;
export const FPU_STORE_QUIETLY = 269;
export const FPU_EXCHANGE = 270;
export const FPU_MOVE_CONDITION = 271;

// fpu/transcendental.ts
export const FPU_POWER = 272;
export const FPU_OF_TWO = 273;
export const FPU_CIRCULAR = 274;

// fpu/control.ts
export const FPU_INITIALIZE = 275;
export const FPU_CLEAR = 276;
export const FPU_IGNORED = 277;
export const FPU_NOP = 278;
export const FPU_ROTATE = 279;
export const FPU_FREE = 280;
export const FPU_LOAD_CONTROL = 281;
export const FPU_STORE_CONTROL = 282;
export const FPU_STORE_STATUS = 283;
export const FPU_STORE_STATUS_AX = 284;
export const FPU_LOAD_ENVIRONMENT = 285;
export const FPU_STORE_ENVIRONMENT = 286;
export const FPU_RESTORE = 287;
export const FPU_SAVE = 288;
export const WAIT = 289;

// fpu/extended.ts
export const FPU_SAVE_EXTENDED = 290;
export const FPU_RESTORE_EXTENDED = 291;

// fpu/mmx.ts
export const MMX = 292;
export const MMX_LOAD = 293;
export const MMX_STORE = 294;
export const MMX_EMPTY = 295;

// xmm/integer.ts
export const XMM = 296;
export const MMX_IMMEDIATE = 297;
export const XMM_LOAD = 298;
export const XMM_STORE = 299;
export const XMM_FROM_MMX = 300;
export const XMM_TO_MMX = 301;
export const XMM_MASK = 302;
export const XMM_WORD = 303;
export const XMM_MASKED_STORE = 304;
export const XMM_CONTROL = 305;

// xmm/arithmetic.ts
export const XMM_FLOAT = 306;
export const XMM_COMPARE = 307;

// xmm/convert.ts
export const XMM_CONVERT = 308;

// model-specific.ts
export const RDTSC = 309;
export const RDMSR = 310;
export const WRMSR = 311;
export const RDPMC = 312;
export const SYSENTER = 313;
export const SYSEXIT = 314;

// debug.ts
export const MOV_TO_DR = 315;
export const MOV_FROM_DR = 316;
