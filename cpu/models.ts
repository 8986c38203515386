/** The processors: which instructions and registers each has, and what each says of itself. */
import { CpuidFeature } from "iced-x86";
import {
  CR4_DE,
  CR4_MCE,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  CR4_PAE,
  CR4_PCE,
  CR4_PGE,
  CR4_PSE,
  CR4_PVI,
  CR4_TSD,
  CR4_VME,
} from "./control-registers";
import { PENTIUM_REGISTERS, PENTIUM2_REGISTERS, type ModelSpecificRegister } from "./model-specific";

export type CpuModel = "i386" | "i486" | "pentium" | "pentium2" | "pentium3" | "pentium4";

/** EFLAGS.AC, VIF, VIP and ID (Intel SDM volume 1, 3.4.3). */
const AC = 0x40000;
const VIRTUAL = 0x180000;
const ID = 0x200000;

/** Features of CPUID leaf 1, EDX (SDM volume 2, CPUID), and the bits of CR4 that come with them. */
const FEATURES = {
  FPU: { bit: 0, cr4: 0 },
  VME: { bit: 1, cr4: CR4_VME | CR4_PVI },
  DE: { bit: 2, cr4: CR4_DE },
  PSE: { bit: 3, cr4: CR4_PSE },
  TSC: { bit: 4, cr4: CR4_TSD },
  MSR: { bit: 5, cr4: 0 },
  PAE: { bit: 6, cr4: CR4_PAE },
  MCE: { bit: 7, cr4: CR4_MCE },
  CX8: { bit: 8, cr4: 0 },
  SEP: { bit: 11, cr4: 0 },
  MTRR: { bit: 12, cr4: 0 },
  PGE: { bit: 13, cr4: CR4_PGE },
  CMOV: { bit: 15, cr4: 0 },
  MMX: { bit: 23, cr4: 0 },
  FXSR: { bit: 24, cr4: CR4_OSFXSR },
  SSE: { bit: 25, cr4: CR4_OSXMMEXCPT },
  SSE2: { bit: 26, cr4: 0 },
  CLFSH: { bit: 19, cr4: 0 },
} as const;
type Feature = keyof typeof FEATURES;

/** Of leaf 1, EDX: where a machine gives the processor its local APIC. */
export const CPUID_APIC = 1 << 9;

export interface ProcessorModel {
  /** For users, in one line. */
  readonly about: string;
  /** Family, model and stepping as in EAX of CPUID leaf 1, and in EDX after a reset. */
  readonly signature: number;
  /** Bits of EFLAGS that POPFD may change and the i386 does not have. */
  readonly flags: number;
  /** Bits of CR4 that can be set. */
  readonly cr4: number;
  /** The groups of instructions, by iced-x86's names. */
  readonly instructions: ReadonlySet<CpuidFeature>;
  /** It may have a local APIC. */
  readonly apic: boolean;
  /** Bits of MXCSR that can be set. */
  readonly mxcsr: number;
  /** EAX, EBX, ECX, EDX of each leaf of CPUID; without leaves there is no such instruction. */
  readonly cpuid: readonly (readonly [number, number, number, number])[];
  readonly registers: readonly ModelSpecificRegister[];
}

const I386: readonly CpuidFeature[] = [
  CpuidFeature.INTEL8086,
  CpuidFeature.INTEL186,
  CpuidFeature.INTEL286,
  CpuidFeature.INTEL386,
  CpuidFeature.MOV_TR,
  // The 387 has the instructions of its predecessors; those that were for their buses do nothing.
  CpuidFeature.FPU,
  CpuidFeature.FPU287,
  CpuidFeature.FPU387,
];
const I486: readonly CpuidFeature[] = [...I386, CpuidFeature.INTEL486, CpuidFeature.CPUID];
const PENTIUM: readonly CpuidFeature[] = [
  ...I486.filter((feature) => feature !== CpuidFeature.MOV_TR),
  CpuidFeature.TSC,
  CpuidFeature.CX8,
  CpuidFeature.MSR,
];
const PENTIUM2: readonly CpuidFeature[] = [
  ...PENTIUM,
  CpuidFeature.CMOV,
  CpuidFeature.MULTIBYTENOP,
  CpuidFeature.RDPMC,
  CpuidFeature.SEP,
  CpuidFeature.FXSR,
  CpuidFeature.MMX,
];

const PENTIUM3: readonly CpuidFeature[] = [...PENTIUM2, CpuidFeature.SSE];
const PENTIUM4: readonly CpuidFeature[] = [...PENTIUM3, CpuidFeature.SSE2, CpuidFeature.CLFSH];

const PENTIUM_FEATURES: readonly Feature[] = ["FPU", "VME", "DE", "PSE", "TSC", "MSR", "MCE", "CX8"];
const PENTIUM2_FEATURES: readonly Feature[] = [
  ...PENTIUM_FEATURES,
  "PAE",
  "SEP",
  "MTRR",
  "PGE",
  "CMOV",
  "MMX",
  "FXSR",
];
const PENTIUM3_FEATURES: readonly Feature[] = [...PENTIUM2_FEATURES, "SSE"];
const PENTIUM4_FEATURES: readonly Feature[] = [...PENTIUM3_FEATURES, "CLFSH", "SSE2"];

/** MXCSR with SSE; SSE2 has denormals as zeros too. */
const MXCSR_BITS = 0xffbf;
const MXCSR_DAZ = 0x0040;
/** Of leaf 1's EBX: the line that CLFLUSH flushes, in units of 8 bytes, at bit 8. */
const CLFLUSH_LINE = 8 << 8;

function featureBits(features: readonly Feature[]): number {
  return features.reduce((bits, name) => bits | (1 << FEATURES[name].bit), 0);
}

function controlBits(features: readonly Feature[]): number {
  return features.reduce((bits, name) => bits | FEATURES[name].cr4, 0);
}

/** A processor with CPUID. `caches`: leaf 2 (SDM volume 2, CPUID, table of descriptors), where there is one. */
function withCpuid(
  about: string,
  signature: number,
  features: readonly Feature[],
  instructions: readonly CpuidFeature[],
  registers: readonly ModelSpecificRegister[],
  caches?: readonly [number, number, number, number],
): ProcessorModel {
  const line = features.includes("CLFSH") ? CLFLUSH_LINE : 0;
  const leaves: [number, number, number, number][] = [[signature, line, 0, featureBits(features)]];
  if (caches) leaves.push([...caches]);
  return {
    about,
    signature,
    flags: AC | ID | (features.includes("VME") ? VIRTUAL : 0),
    cr4: controlBits(features) | (registers === PENTIUM2_REGISTERS ? CR4_PCE : 0),
    apic: features.includes("MSR"),
    mxcsr: (features.includes("SSE") ? MXCSR_BITS : 0) | (features.includes("SSE2") ? MXCSR_DAZ : 0),
    instructions: new Set(instructions),
    cpuid: [[leaves.length, ...vendor("GenuineIntel")], ...leaves],
    registers,
  };
}

export const PROCESSOR_MODELS: Readonly<Record<CpuModel, ProcessorModel>> = {
  i386: {
    about: "386DX with a 387",
    signature: 0x308,
    flags: 0,
    cr4: 0,
    apic: false,
    mxcsr: 0,
    instructions: new Set(I386),
    cpuid: [],
    registers: [],
  },
  i486: withCpuid("486DX2 with CPUID: BSWAP, XADD, CMPXCHG, INVLPG, WP, AC", 0x435, ["FPU"], I486, []),
  pentium: withCpuid(
    "Pentium: CMPXCHG8B, RDTSC, MSRs, 4 MiB pages, VME",
    0x52c,
    PENTIUM_FEATURES,
    PENTIUM,
    PENTIUM_REGISTERS,
  ),
  pentium2: withCpuid(
    "Pentium II: CMOVcc, FCOMI, SYSENTER, MMX, FXSAVE, PAE, global pages, MTRRs",
    0x652,
    PENTIUM2_FEATURES,
    PENTIUM2,
    PENTIUM2_REGISTERS,
    // TLBs, 16 KiB of code and data each, 512 KiB of second level.
    [0x03020101, 0, 0, 0x0c040843],
  ),
  pentium3: withCpuid(
    "Pentium III: and SSE",
    0x683,
    PENTIUM3_FEATURES,
    PENTIUM3,
    PENTIUM2_REGISTERS,
    // As the Pentium II's, with 256 KiB of second level.
    [0x03020101, 0, 0, 0x0c040882],
  ),
  pentium4: withCpuid(
    "Pentium 4: and SSE2, CLFLUSH",
    0xf27,
    PENTIUM4_FEATURES,
    PENTIUM4,
    PENTIUM2_REGISTERS,
    // TLBs, 12 K of micro-ops, 8 KiB of data, 512 KiB of second level.
    [0x665b5001, 0, 0, 0x007b7040],
  ),
};

/** EBX, ECX and EDX of leaf 0: the name is in EBX, EDX, ECX. */
function vendor(name: string): [ebx: number, ecx: number, edx: number] {
  const word = (at: number): number => Buffer.from(name, "latin1").readUInt32LE(at);
  return [word(0), word(8), word(4)];
}

/** The models' names, for options and messages. */
export const CPU_MODELS = Object.keys(PROCESSOR_MODELS) as readonly CpuModel[];
