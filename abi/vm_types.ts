// Protections, inheritance and the structures of the vm_* calls.

export const VM_PROT_NONE = 0;
export const VM_PROT_READ = 1;
export const VM_PROT_WRITE = 2;
export const VM_PROT_EXECUTE = 4;
export const VM_PROT_DEFAULT = 3;
export const VM_PROT_ALL = 7;
/** In lock requests: leave the lock as it is. */
export const VM_PROT_NO_CHANGE = 8;
export const VM_PROT_NOTIFY = 16;

export const VM_INHERIT_SHARE = 0;
export const VM_INHERIT_COPY = 1;
export const VM_INHERIT_NONE = 2;
export const VM_INHERIT_DEFAULT = 1;

export const VM_WIRE_NONE = 0;
export const VM_WIRE_CURRENT = 1;
export const VM_WIRE_FUTURE = 2;

export const VM_SYNC_ASYNCHRONOUS = 1;
export const VM_SYNC_SYNCHRONOUS = 2;
export const VM_SYNC_INVALIDATE = 4;

export const MEMORY_OBJECT_COPY_NONE = 0;
export const MEMORY_OBJECT_COPY_CALL = 1;
export const MEMORY_OBJECT_COPY_DELAY = 2;
export const MEMORY_OBJECT_COPY_TEMPORARY = 3;
export const MEMORY_OBJECT_RETURN_NONE = 0;
export const MEMORY_OBJECT_RETURN_DIRTY = 1;
export const MEMORY_OBJECT_RETURN_ALL = 2;

// vm_statistics: 13 words, byte offsets.
export const VM_STATS_PAGESIZE = 0;
export const VM_STATS_FREE = 4;
export const VM_STATS_ACTIVE = 8;
export const VM_STATS_INACTIVE = 12;
export const VM_STATS_WIRE = 16;
export const VM_STATS_ZERO_FILL = 20;
export const VM_STATS_REACTIVATIONS = 24;
export const VM_STATS_PAGEINS = 28;
export const VM_STATS_PAGEOUTS = 32;
export const VM_STATS_FAULTS = 36;
export const VM_STATS_COW_FAULTS = 40;
export const VM_STATS_LOOKUPS = 44;
export const VM_STATS_HITS = 48;
export const VM_STATS_SIZE = 52;

// vm_region_info of mach_vm_region_info: 11 words, byte offsets.
export const REGION_INFO_START = 0;
export const REGION_INFO_END = 4;
export const REGION_INFO_PROT = 8;
export const REGION_INFO_MAX_PROT = 12;
export const REGION_INFO_INHERIT = 16;
export const REGION_INFO_WIRED = 20;
export const REGION_INFO_USER_WIRED = 24;
export const REGION_INFO_OBJECT = 28;
export const REGION_INFO_OFFSET = 32;
export const REGION_INFO_NEEDS_COPY = 36;
export const REGION_INFO_SHARING = 40;
export const REGION_INFO_SIZE = 44;

// cache_info of host_slab_info: byte offsets; `name` holds 32 bytes.
export const SLAB_INFO_FLAGS = 0;
export const SLAB_INFO_POOL = 4;
export const SLAB_INFO_OBJ_SIZE = 8;
export const SLAB_INFO_ALIGN = 12;
export const SLAB_INFO_BUF_SIZE = 16;
export const SLAB_INFO_SLAB_SIZE = 20;
export const SLAB_INFO_BUFS_PER_SLAB = 24;
export const SLAB_INFO_NR_OBJS = 28;
export const SLAB_INFO_NR_BUFS = 32;
export const SLAB_INFO_NR_SLABS = 36;
export const SLAB_INFO_NR_FREE_SLABS = 40;
export const SLAB_INFO_NAME = 44;
export const SLAB_INFO_NAME_SIZE = 32;
export const SLAB_INFO_SIZE = 76;
