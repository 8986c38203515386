/** The processors: which instructions each has, and what each says of itself. */
import { CpuidFeature } from "iced-x86";

export type CpuModel = "i386" | "i486" | "pentium2";

/** EFLAGS.AC and ID (Intel SDM volume 1, 3.4.3). */
const AC = 0x40000;
const ID = 0x200000;

/** Features of CPUID leaf 1, EDX (SDM volume 2, CPUID). */
const CPUID_FPU = 1 << 0;
const CPUID_TSC = 1 << 4;
const CPUID_CX8 = 1 << 8;
const CPUID_CMOV = 1 << 15;

export interface ProcessorModel {
  /** As in CPUID: 3, 4, 6. */
  readonly family: number;
  /** Bits of EFLAGS that POPFD may change and the i386 does not have. */
  readonly flags: number;
  /** The groups of instructions, by iced-x86's names. */
  readonly features: ReadonlySet<CpuidFeature>;
  /** EAX, EBX, ECX, EDX of each leaf of CPUID; without leaves there is no such instruction. */
  readonly cpuid: readonly (readonly [number, number, number, number])[];
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
const I486: readonly CpuidFeature[] = [...I386, CpuidFeature.INTEL486];

export const PROCESSOR_MODELS: Readonly<Record<CpuModel, ProcessorModel>> = {
  i386: { family: 3, flags: 0, features: new Set(I386), cpuid: [] },
  i486: { family: 4, flags: AC, features: new Set(I486), cpuid: [] },
  /**
   * The Pentium II's instructions that compilers use: without MMX, and without the system features that its CPUID would
   * name besides (PSE, PAE, PGE, MSRs, SYSENTER); what CPUID says is what there is.
   */
  pentium2: {
    family: 6,
    flags: AC | ID,
    features: new Set([
      ...I486.filter((feature) => feature !== CpuidFeature.MOV_TR),
      CpuidFeature.CPUID,
      CpuidFeature.TSC,
      CpuidFeature.CX8,
      CpuidFeature.CMOV,
      CpuidFeature.MULTIBYTENOP,
    ]),
    cpuid: [
      [2, ...vendor("GenuineIntel")],
      // Family 6, model 5, stepping 2.
      [0x652, 0, 0, CPUID_FPU | CPUID_TSC | CPUID_CX8 | CPUID_CMOV],
      // TLBs, 16 KiB of code and data each, 512 KiB of second level (SDM volume 2, CPUID, table of descriptors).
      [0x03020101, 0, 0, 0x0c040843],
    ],
  },
};

/** EBX, ECX and EDX of leaf 0: the name is in EBX, EDX, ECX. */
function vendor(name: string): [ebx: number, ecx: number, edx: number] {
  const word = (at: number): number => Buffer.from(name, "latin1").readUInt32LE(at);
  return [word(0), word(8), word(4)];
}

/** The models' names, for options and messages. */
export const CPU_MODELS = Object.keys(PROCESSOR_MODELS) as readonly CpuModel[];
