// Generated from cpu/generate/table.ts by cpu/generate/main.ts. Do not edit.

// Cases of the main loop.

// Zero-cost steps: look up the instruction at OP_OFFSET; the linked micro-op; segment and address; code limit; page crossing; breakpoint.
export const STALE = 0;
export const GOTO = 1;
export const SEG_EA = 2;
export const CHECK_EIP = 3;
export const CROSS = 4;
export const BREAK = 5;

// 32-bit arithmetic, in the order of the opcodes.
export const ADD32_RR = 6;
export const OR32_RR = 7;
export const ADC32_RR = 8;
export const SBB32_RR = 9;
export const AND32_RR = 10;
export const SUB32_RR = 11;
export const XOR32_RR = 12;
export const CMP32_RR = 13;
export const TEST32_RR = 14;
export const ADD32_RI = 15;
export const OR32_RI = 16;
export const ADC32_RI = 17;
export const SBB32_RI = 18;
export const AND32_RI = 19;
export const SUB32_RI = 20;
export const XOR32_RI = 21;
export const CMP32_RI = 22;
export const TEST32_RI = 23;
export const ADD32_RM = 24;
export const OR32_RM = 25;
export const ADC32_RM = 26;
export const SBB32_RM = 27;
export const AND32_RM = 28;
export const SUB32_RM = 29;
export const XOR32_RM = 30;
export const CMP32_RM = 31;
export const TEST32_RM = 32;
export const ADD32_MR = 33;
export const OR32_MR = 34;
export const ADC32_MR = 35;
export const SBB32_MR = 36;
export const AND32_MR = 37;
export const SUB32_MR = 38;
export const XOR32_MR = 39;
export const CMP32_MR = 40;
export const TEST32_MR = 41;
export const ADD32_MI = 42;
export const OR32_MI = 43;
export const ADC32_MI = 44;
export const SBB32_MI = 45;
export const AND32_MI = 46;
export const SUB32_MI = 47;
export const XOR32_MI = 48;
export const CMP32_MI = 49;
export const TEST32_MI = 50;

// 8-bit arithmetic without carry-in or destination in memory.
export const CMP8_RR = 51;
export const TEST8_RR = 52;
export const AND8_RR = 53;
export const OR8_RR = 54;
export const XOR8_RR = 55;
export const ADD8_RR = 56;
export const SUB8_RR = 57;
export const CMP8_RI = 58;
export const TEST8_RI = 59;
export const AND8_RI = 60;
export const OR8_RI = 61;
export const XOR8_RI = 62;
export const ADD8_RI = 63;
export const SUB8_RI = 64;
export const CMP8_RM = 65;
export const TEST8_RM = 66;
export const AND8_RM = 67;
export const OR8_RM = 68;
export const XOR8_RM = 69;
export const ADD8_RM = 70;
export const SUB8_RM = 71;
export const CMP8_MI = 72;
export const TEST8_MI = 73;

// Moves and extensions to 32 bits.
export const MOV32_RR = 74;
export const MOV8_RR = 75;
export const MOVZX8_RR = 76;
export const MOVZX16_RR = 77;
export const MOVSX8_RR = 78;
export const MOVSX16_RR = 79;
export const MOV32_RI = 80;
export const MOV8_RI = 81;
export const MOV32_RM = 82;
export const MOV8_RM = 83;
export const MOV16_RM = 84;
export const MOVZX8_RM = 85;
export const MOVZX16_RM = 86;
export const MOVSX8_RM = 87;
export const MOVSX16_RM = 88;
export const MOV32_MR = 89;
export const MOV8_MR = 90;
export const MOV16_MR = 91;
export const MOV32_MI = 92;
export const MOV8_MI = 93;

// Of one form only.
export const LEA32 = 94;
export const XCHG32_RR = 95;
export const CDQ = 96;
export const CWDE = 97;
export const NOP = 98;

// One operand.
export const INC32_R = 99;
export const DEC32_R = 100;
export const NEG32_R = 101;
export const NOT32_R = 102;
export const INC32_M = 103;
export const DEC32_M = 104;

// Shifts by 1 to 31, the constant ones reduced by the decoder.
export const SHL32_RI = 105;
export const SHR32_RI = 106;
export const SAR32_RI = 107;
export const SHL32_RC = 108;
export const SHR32_RC = 109;
export const SAR32_RC = 110;

// Multiplication; its target is always R1.
export const IMUL32_RR = 111;
export const IMUL32_RM = 112;
export const IMUL32_RRI = 113;

// Stack and near transfers, flat segments.
export const PUSH32_R = 114;
export const PUSH32_I = 115;
export const PUSH32_M = 116;
export const POP32_R = 117;
export const LEAVE32 = 118;
export const CALL32 = 119;
export const CALL32_R = 120;
export const CALL32_M = 121;
export const RET32 = 122;
export const RET32_I = 123;
export const JMP = 124;
export const JMP32_R = 125;
export const JMP32_M = 126;

// Conditional jumps.
export const JO = 127;
export const JNO = 128;
export const JB = 129;
export const JAE = 130;
export const JE = 131;
export const JNE = 132;
export const JBE = 133;
export const JA = 134;
export const JS = 135;
export const JNS = 136;
export const JP = 137;
export const JNP = 138;
export const JL = 139;
export const JGE = 140;
export const JLE = 141;
export const JG = 142;

// Byte sets on condition, into registers.
export const SETO = 143;
export const SETNO = 144;
export const SETB = 145;
export const SETAE = 146;
export const SETE = 147;
export const SETNE = 148;
export const SETBE = 149;
export const SETA = 150;
export const SETS = 151;
export const SETNS = 152;
export const SETP = 153;
export const SETNP = 154;
export const SETL = 155;
export const SETGE = 156;
export const SETLE = 157;
export const SETG = 158;

// The others.
export const FIRST_SLOW = 159;

// arithmetic.ts
export const ALU = 159;
export const MOV = 160;
export const MOVZX = 161;
export const MOVSX = 162;
export const LEA = 163;
export const UNARY = 164;
export const SHIFT = 165;
export const DOUBLE_SHIFT = 166;
export const MULTIPLY = 167;
export const IMUL = 168;
export const DIVIDE = 169;
export const XCHG = 170;
export const XADD = 171;
export const CMPXCHG = 172;
export const BSWAP = 173;
export const CONVERT = 174;
export const XLAT = 175;
export const SET_M = 176;

// bits.ts
export const BIT_TEST = 177;
export const BIT_SCAN = 178;

// decimal.ts
export const DAA = 179;
export const DAS = 180;
export const AAA = 181;
export const AAS = 182;
export const AAM = 183;
export const AAD = 184;

// flag-operations.ts
export const SALC = 185;
export const FLAG_OP = 186;
export const LAHF = 187;
export const SAHF = 188;
export const CLI = 189;
export const STI = 190;

// stack.ts
export const PUSH = 191;
export const POP = 192;
export const PUSHA = 193;
export const POPA = 194;
export const PUSHF = 195;
export const POPF = 196;
export const ENTER = 197;
export const LEAVE_FRAME = 198;

// transfer.ts
export const JUMP_NEAR = 199;
export const JUMP_NEAR_ABSOLUTE = 200;
export const CALL_NEAR = 201;
export const CALL_NEAR_ABSOLUTE = 202;
export const RETURN_NEAR = 203;
export const JUMP_CONDITION = 204;
export const LOOP = 205;
export const JUMP_FAR = 206;
export const CALL_FAR = 207;
export const RETURN_FAR = 208;

// interrupt.ts
export const INTERRUPT = 209;
export const INTERRUPT_OVERFLOW = 210;
export const INTERRUPT_RETURN = 211;
export const BOUND = 212;

// string.ts
export const MOVS = 213;
export const CMPS = 214;
export const STOS = 215;
export const LODS = 216;
export const SCAS = 217;
export const INS = 218;
export const OUTS = 219;
export const IN = 220;
export const OUT = 221;

// system.ts
export const MOV_SEGMENT = 222;
export const STORE_SEGMENT = 223;
export const PUSH_SEGMENT = 224;
export const POP_SEGMENT = 225;
export const LOAD_FAR = 226;
export const HALT = 227;
export const CLTS = 228;
export const LOAD_TABLE = 229;
export const STORE_TABLE = 230;
export const LOAD_LDTR = 231;
export const LOAD_TR = 232;
export const STORE_SYSTEM_SELECTOR = 233;
export const LMSW = 234;
export const SMSW = 235;
export const MOV_TO_CR = 236;
export const MOV_FROM_CR = 237;
export const MOV_TO_DR = 238;
export const MOV_FROM_DR = 239;
export const MOV_TO_TR = 240;
export const MOV_FROM_TR = 241;
export const INVLPG = 242;
export const CACHE = 243;
export const LAR = 244;
export const LSL = 245;
export const VERIFY = 246;
export const ARPL = 247;
export const UNDEFINED = 248;
export const FPU = 249;
export const WAIT = 250;
