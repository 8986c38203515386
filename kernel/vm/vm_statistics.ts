// Event counters of the whole system.

@unmanaged
export class VmStatistics {
  faults!: u32;
  zeroFills!: u32;
  cowFaults!: u32;
  pageins!: u32;
  lookups!: u32;
  hits!: u32;
}

export const vm_stat: VmStatistics = changetype<VmStatistics>(memory.data(24));
