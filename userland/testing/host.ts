// What the host's tests bring into a module of library code.

/** Fills `buffer` from a disk image; 0 or an error code. */
export declare function read_sectors(device: u32, sector: u32, buffer: usize, count: u32): i32;
/** Stores into the image. */
export declare function write_sectors(device: u32, sector: u32, buffer: usize, count: u32): i32;
