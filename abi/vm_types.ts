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

/** vm_machine_attribute. */
export const MATTR_CACHE = 1;
export const MATTR_VAL_CACHE_FLUSH = 6;

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

// vm_cache_statistics: byte offsets. Pages of the kernel's own memory are "temporary", those of pagers' "permanent".
export const VM_CACHE_STATS_OBJECTS = 0;
export const VM_CACHE_STATS_PAGES = 4;
export const VM_CACHE_STATS_ACTIVE_TMP = 8;
export const VM_CACHE_STATS_INACTIVE_TMP = 12;
export const VM_CACHE_STATS_ACTIVE_PERM = 16;
export const VM_CACHE_STATS_INACTIVE_PERM = 20;
export const VM_CACHE_STATS_DIRTY = 24;
export const VM_CACHE_STATS_LAUNDRY = 28;
export const VM_CACHE_STATS_WRITEBACK = 32;
export const VM_CACHE_STATS_SLAB = 36;
export const VM_CACHE_STATS_SLAB_RECLAIM = 40;
export const VM_CACHE_STATS_SIZE = 44;

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

// vm_object_info of mach_vm_object_info: 14 words, byte offsets, and bits of the last one.
export const OBJECT_INFO_OBJECT = 0;
export const OBJECT_INFO_PAGESIZE = 4;
export const OBJECT_INFO_SIZE_FIELD = 8;
export const OBJECT_INFO_REF_COUNT = 12;
export const OBJECT_INFO_RESIDENT = 16;
export const OBJECT_INFO_ABSENT = 20;
export const OBJECT_INFO_COPY = 24;
export const OBJECT_INFO_SHADOW = 28;
export const OBJECT_INFO_SHADOW_OFFSET = 32;
export const OBJECT_INFO_PAGING_OFFSET = 36;
export const OBJECT_INFO_COPY_STRATEGY = 40;
export const OBJECT_INFO_LAST_ALLOC = 44;
export const OBJECT_INFO_PAGING_IN_PROGRESS = 48;
export const OBJECT_INFO_STATE = 52;
export const OBJECT_INFO_SIZE = 56;
export const VOI_STATE_PAGER_CREATED = 1;
export const VOI_STATE_PAGER_INITIALIZED = 2;
export const VOI_STATE_PAGER_READY = 4;
export const VOI_STATE_CAN_PERSIST = 8;
export const VOI_STATE_INTERNAL = 0x10;
export const VOI_STATE_TEMPORARY = 0x20;
export const VOI_STATE_ALIVE = 0x40;

// vm_page_info (24 bytes) and vm_page_phys_info (28 bytes: 64-bit physical address): byte offsets, and bits of the last word.
export const PAGE_INFO_OFFSET = 0;
export const PAGE_INFO_PHYS = 4;
/** From here on, both are the same but for 4 bytes. */
export const PAGE_INFO_WIRE_COUNT = 8;
export const PAGE_INFO_PAGE_LOCK = 12;
export const PAGE_INFO_UNLOCK_REQUEST = 16;
export const PAGE_INFO_STATE = 20;
export const PAGE_INFO_SIZE = 24;
export const PAGE_PHYS_INFO_SIZE = 28;
export const VPI_STATE_BUSY = 1;
export const VPI_STATE_WANTED = 2;
export const VPI_STATE_TABLED = 4;
export const VPI_STATE_ABSENT = 0x20;
export const VPI_STATE_ERROR = 0x40;
export const VPI_STATE_DIRTY = 0x80;
export const VPI_STATE_PRECIOUS = 0x100;
export const VPI_STATE_INACTIVE = 0x400;
export const VPI_STATE_ACTIVE = 0x800;
export const VPI_STATE_LAUNDRY = 0x1000;
export const VPI_STATE_REFERENCE = 0x4000;

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
