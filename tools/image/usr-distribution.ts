// What a generated /usr looks like: everything that is chosen about it, as data.

/** Regular files of each size. */
export const USR_SIZES = { small: 300, default: 20_000, large: 200_000 };
export type UsrSize = keyof typeof USR_SIZES;

export interface Area {
  path: string;
  /** of all regular files */
  share: number;
  extensions: readonly string[];
  /** of the area's files */
  binaryShare: number;
  /** the file size at the half, in bytes */
  median: number;
  /** standard deviation of the size, in doublings */
  spread: number;
  /** files per directory on average; 0: all in `path` itself */
  perDirectory: number;
  /** levels of directories below `path` */
  depth: number;
  mode: number;
}

/** Shares add up to 1. A Debian-like system, its manual pages not compressed. */
export const AREAS: readonly Area[] = [
  {
    path: "/usr/bin",
    share: 0.05,
    extensions: [""],
    binaryShare: 0.75,
    median: 20_000,
    spread: 2,
    perDirectory: 0,
    depth: 0,
    mode: 0o755,
  },
  {
    path: "/usr/sbin",
    share: 0.01,
    extensions: [""],
    binaryShare: 0.75,
    median: 24_000,
    spread: 2,
    perDirectory: 0,
    depth: 0,
    mode: 0o755,
  },
  {
    path: "/usr/lib/i386-linux-gnu",
    share: 0.05,
    extensions: [".so.1", ".so.2", ".a"],
    binaryShare: 1,
    median: 40_000,
    spread: 2,
    perDirectory: 30,
    depth: 2,
    mode: 0o644,
  },
  {
    path: "/usr/lib",
    share: 0.15,
    extensions: [".py", ".pm", ".so", ".h", ".conf"],
    binaryShare: 0.2,
    median: 4000,
    spread: 2.4,
    perDirectory: 9,
    depth: 5,
    mode: 0o644,
  },
  {
    path: "/usr/include",
    share: 0.17,
    extensions: [".h", ".h", ".hpp"],
    binaryShare: 0,
    median: 3000,
    spread: 2,
    perDirectory: 20,
    depth: 4,
    mode: 0o644,
  },
  {
    path: "/usr/share/doc",
    share: 0.2,
    extensions: ["", ".txt", ".html", ".md"],
    binaryShare: 0.05,
    median: 1800,
    spread: 2.2,
    perDirectory: 4,
    depth: 3,
    mode: 0o644,
  },
  {
    path: "/usr/share/man",
    share: 0.12,
    extensions: [".1", ".3", ".8"],
    binaryShare: 0,
    median: 2200,
    spread: 1.5,
    perDirectory: 150,
    depth: 2,
    mode: 0o644,
  },
  {
    path: "/usr/share",
    share: 0.25,
    extensions: [".xml", ".svg", ".txt", ".mo", ".png"],
    binaryShare: 0.25,
    median: 1600,
    spread: 2.4,
    perDirectory: 10,
    depth: 5,
    mode: 0o644,
  },
];

/** The normal distribution: [share of values below, standard deviations]; between them a straight line. */
export const NORMAL_QUANTILES: readonly (readonly [number, number])[] = [
  [0, -4],
  [0.001, -3.09],
  [0.01, -2.326],
  [0.05, -1.645],
  [0.1, -1.282],
  [0.25, -0.674],
  [0.5, 0],
  [0.75, 0.674],
  [0.9, 1.282],
  [0.95, 1.645],
  [0.99, 2.326],
  [0.999, 3.09],
  [0.9999, 3.719],
  [1, 4.3],
];

export const MAX_SIZE = 8 << 20;
/** Of the files of at least MIN_MATCH_SIZE bytes that are not sparse: those that `grep NR` finds. */
export const MATCH_SHARE = 0.04;
export const MIN_MATCH_SIZE = 16;
export const MATCH_WORDS = ["NR", "NR_CPUS", "__NR_read", "MAX_NR"];
/** Names beyond the regular files, as a share of their number. */
export const SYMLINK_SHARE = 0.06;
export const HARD_LINK_SHARE = 0.005;
/** Of the symbolic links: those with a target too long for the inode. */
export const LONG_SYMLINK_SHARE = 0.1;
/** One regular file in so many is sparse: SPARSE_SIZE bytes, with data of SPARSE_DATA bytes every SPARSE_STEP. */
export const SPARSE_EVERY = 250;
export const SPARSE_SIZE = 1 << 20;
export const SPARSE_DATA = 8192;
export const SPARSE_STEP = 131072;
export const VOCABULARY_WORDS = 2048;
/** Times are within these two: 2015-01-01 and 2023-07-05. */
export const TIMES = [1420070400, 1688515200] as const;
