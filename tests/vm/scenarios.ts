// Scenarios of entry merging: what an address map looks like after a script of calls, in three of the kernel's modes.
//
// Script (page numbers hexadecimal, arena empty at the start): aS,N allocate N pages at S; dS,N deallocate; pS,N,P
// protect; mS,N,P set the maximum; iS,N,I inherit (0 share, 1 copy, 2 none); tS write a word; rS read a word; nS,N,P,M,I
// map no object; fO,S,N,F,C map pager object O from its page F on, C=1 as a copy; gO,S,N,F,P the same with protection P;
// cS,N,D vm_copy; vS,N vm_read and free the result; wS,N,A wire (0 unwires); oS,N vm_write; k make an inheriting child
// and keep it; K make one and kill it. f maps with protection rw-, maximum rwx, inherited as a copy.
//
// Result: [start,end) protection/maximum inheritance object+offset. Inheritance S share, C copy, N none, * is shared; o0
// no object yet (its offset means nothing), o1, o2 identity in order of appearance, by the object at the bottom of the
// shadow chain; ? an offset that is not defined.

export interface Scenario {
  readonly name: string;
  readonly script: string;
  readonly none: readonly string[];
  /** the same as in `none` when not given */
  readonly backward?: readonly string[];
  /** the same as in `backward` when not given */
  readonly series?: readonly string[];
}

export const scenarios: readonly Scenario[] = [
  {
    name: "two-abutting-up",
    script: "a0,4 a4,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o0+0"],
  },
  {
    name: "two-abutting-down",
    script: "a4,4 a0,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o0+0"],
    series: ["[0,8) rw-/rwx C o0+0"],
  },
  {
    name: "fill-hole-untouched",
    script: "a0,4 a8,4 a4,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o0+0"],
    series: ["[0,c) rw-/rwx C o0+0"],
  },
  {
    name: "up-after-touch",
    script: "a0,4 t1 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "down-after-touch",
    script: "a4,4 t5 a0,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o1+0"],
  },
  {
    name: "up-then-touch-then-up",
    script: "a0,4 a4,4 t0 t7 a8,4 t9",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o2+0", "[8,c) rw-/rwx C o3+0"],
    backward: ["[0,c) rw-/rwx C o1+0"],
  },
  {
    name: "fill-hole-both-touched",
    script: "a0,4 t0 a8,4 t8 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o2+0"],
    backward: ["[0,8) rw-/rwx C o1+0", "[8,c) rw-/rwx C o2+0"],
  },
  {
    name: "fill-hole-low-touched",
    script: "a0,4 t0 a8,4 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0", "[8,c) rw-/rwx C o0+0"],
    series: ["[0,c) rw-/rwx C o1+0"],
  },
  {
    name: "fill-hole-high-touched",
    script: "a0,4 a8,4 t8 a4,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o1+0"],
    backward: ["[0,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o1+0"],
  },
  {
    name: "dealloc-front-realloc-front",
    script: "a0,8 t0 t7 d0,4 a0,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o1+4"],
    series: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "dealloc-front-realloc-front-data",
    script: "a0,8 t0 t7 d0,4 a0,4 r0 r7",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o2+4"],
    series: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "dealloc-back-realloc-back",
    script: "a0,8 t0 t7 d4,4 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "dealloc-middle-realloc-middle",
    script: "a0,c t0 tb d4,4 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o1+8"],
  },
  {
    name: "dealloc-front-realloc-part",
    script: "a0,8 t7 d0,4 a2,2",
    none: ["[2,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o1+4"],
    series: ["[2,8) rw-/rwx C o1+2"],
  },
  {
    name: "protect-there-and-back",
    script: "a0,8 p2,2,1 p2,2,3",
    none: ["[0,2) rw-/rwx C o0+0", "[2,4) rw-/rwx C o0+2", "[4,8) rw-/rwx C o0+4"],
    series: ["[0,8) rw-/rwx C o0+0"],
  },
  {
    name: "protect-there-and-back-touched",
    script: "a0,8 t0 t2 t7 p2,2,1 p2,2,3",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
    series: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "protect-middle-stays",
    script: "a0,8 t0 p2,2,1",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) r--/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
  },
  {
    name: "protect-to-equal-neighbour",
    script: "a0,4 t0 a4,4 p4,4,1 p0,4,1",
    none: ["[0,4) r--/rwx C o1+0", "[4,8) r--/rwx C o0+0"],
    backward: ["[0,4) r--/rwx C o1+0", "[4,8) r--/rwx C o1+4"],
    series: ["[0,8) r--/rwx C o1+0"],
  },
  {
    name: "protect-two-objects-equal",
    script: "n0,4,1,7,1 r0 a4,4 t4 p0,4,3",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o2+0"],
  },
  {
    name: "protect-over-hole",
    script: "a0,2 a4,2 p0,6,1",
    none: ["[0,2) r--/rwx C o0+0", "[4,6) r--/rwx C o0+0"],
  },
  {
    name: "protect-none-then-rw-growing",
    script: "n0,10,0,7,1 p0,1,3 p1,1,3 p2,1,3 t0 t2 p3,1,3",
    none: [
      "[0,1) rw-/rwx C o1+0",
      "[1,2) rw-/rwx C o0+1",
      "[2,3) rw-/rwx C o2+0",
      "[3,4) rw-/rwx C o0+3",
      "[4,10) ---/rwx C o0+4",
    ],
    series: ["[0,4) rw-/rwx C o1+0", "[4,10) ---/rwx C o0+4"],
  },
  {
    name: "shrink-growing-brk",
    script: "n0,10,0,7,1 p0,4,3 t0 t3 p2,2,0 p2,4,3",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,6) rw-/rwx C o0+4", "[6,10) ---/rwx C o0+6"],
    series: ["[0,6) rw-/rwx C o1+0", "[6,10) ---/rwx C o0+6"],
  },
  {
    name: "brk-dealloc-map-none",
    script: "n0,10,0,7,1 p0,4,3 t0 t3 d2,2 n2,2,0,7,1 p2,2,3",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o0+0", "[4,10) ---/rwx C o0+4"],
    series: ["[0,4) rw-/rwx C o1+0", "[4,10) ---/rwx C o0+2"],
  },
  {
    name: "max-lowered-middle",
    script: "a0,8 m2,2,3",
    none: ["[0,2) rw-/rwx C o0+0", "[2,4) rw-/rw- C o0+2", "[4,8) rw-/rwx C o0+4"],
  },
  {
    name: "max-lowered-all-equal",
    script: "a0,8 m2,2,3 m0,8,3",
    none: ["[0,2) rw-/rw- C o0+0", "[2,4) rw-/rw- C o0+2", "[4,8) rw-/rw- C o0+4"],
    series: ["[0,8) rw-/rw- C o0+0"],
  },
  {
    name: "inherit-there-and-back",
    script: "a0,8 t1 i2,2,2 i2,2,1",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
    series: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "inherit-share-no-fork",
    script: "a0,8 i2,2,0",
    none: ["[0,2) rw-/rwx C o0+0", "[2,4) rw-/rwx S o0+2", "[4,8) rw-/rwx C o0+4"],
  },
  {
    name: "inherit-differs-no-merge",
    script: "n0,4,3,7,1 n4,4,3,7,2",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx N o0+0"],
  },
  {
    name: "max-differs-no-merge",
    script: "n0,4,3,7,1 n4,4,3,3,1",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rw- C o0+0"],
  },
  {
    name: "prot-differs-no-merge",
    script: "n0,4,3,7,1 n4,4,1,7,1",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) r--/rwx C o0+0"],
  },
  {
    name: "file-forward",
    script: "f0,0,2,0,0 f0,2,2,2,0 f0,4,2,4,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,6) rw-/rwx C o1+4"],
    series: ["[0,6) rw-/rwx C o1+0"],
  },
  {
    name: "file-backward",
    script: "f0,4,2,4,0 f0,2,2,2,0 f0,0,2,0,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,6) rw-/rwx C o1+4"],
    series: ["[0,6) rw-/rwx C o1+0"],
  },
  {
    name: "file-hole",
    script: "f0,0,2,0,0 f0,4,2,4,0 f0,2,2,2,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,6) rw-/rwx C o1+4"],
    series: ["[0,6) rw-/rwx C o1+0"],
  },
  {
    name: "file-wrong-offset",
    script: "f0,0,2,0,0 f0,2,2,3,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+3"],
  },
  {
    name: "file-two-objects",
    script: "f0,0,2,0,0 f1,2,2,2,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o2+2"],
  },
  {
    name: "file-same-object-twice",
    script: "f0,0,2,0,0 f0,2,2,0,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+0"],
  },
  {
    name: "file-then-anon",
    script: "f0,0,2,0,0 a2,2",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o0+0"],
  },
  {
    name: "anon-then-file",
    script: "a0,2 f0,2,2,0,0",
    none: ["[0,2) rw-/rwx C o0+0", "[2,4) rw-/rwx C o1+0"],
  },
  {
    name: "file-then-null-same-prot",
    script: "g0,0,2,0,3 n2,2,3,7,1",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o0+0"],
  },
  {
    name: "file-protect-back",
    script: "g0,0,8,0,3 p2,2,1 p2,2,3",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
    series: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "file-unmap-remap-middle",
    script: "g0,0,8,0,3 d2,2 g0,2,2,2,3",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
    series: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "file-touch-then-next",
    script: "f0,0,2,0,0 t0 f0,2,2,2,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2"],
    series: ["[0,4) rw-/rwx C o1+0"],
  },
  {
    name: "file-copy-forward",
    script: "f2,0,2,0,1 f2,2,2,2,1",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2"],
    series: ["[0,4) rw-/rwx C o1+0"],
  },
  {
    name: "file-copy-touch-forward",
    script: "f2,0,2,0,1 t0 f2,2,2,2,1",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2"],
  },
  {
    name: "file-copy-next-to-shared",
    script: "f2,0,2,0,0 f2,2,2,2,1",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2"],
  },
  {
    name: "read-makes-cow-then-extend",
    script: "a0,4 t0 v0,4 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "read-then-write-then-extend",
    script: "a0,4 t0 v0,4 t0 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "read-middle-clips",
    script: "a0,8 t0 t7 v2,2",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
  },
  {
    name: "read-middle-clips-untouched",
    script: "a0,8 v2,2",
    none: ["[0,2) rw-/rwx C o0+0", "[2,4) rw-/rwx C o0+2", "[4,8) rw-/rwx C o0+4"],
  },
  {
    name: "copy-within",
    script: "a0,4 t0 a8,4 c0,4,8",
    none: ["[0,4) rw-/rwx C o1+0", "[8,c) rw-/rwx C o1+0"],
  },
  {
    name: "copy-part-clips",
    script: "a0,8 t0 t7 a10,8 t10 c2,2,12",
    none: [
      "[0,2) rw-/rwx C o1+0",
      "[2,4) rw-/rwx C o1+2",
      "[4,8) rw-/rwx C o1+4",
      "[10,12) rw-/rwx C o2+0",
      "[12,14) rw-/rwx C o1+2",
      "[14,18) rw-/rwx C o2+4",
    ],
  },
  {
    name: "overwrite-part",
    script: "a0,8 t0 o2,2",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o2+?", "[4,8) rw-/rwx C o1+4"],
    backward: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o2+1", "[4,8) rw-/rwx C o1+4"],
  },
  {
    name: "wire-part",
    script: "a0,8 t0 w2,2,3",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
  },
  {
    name: "wire-unwire-part",
    script: "a0,8 t0 w2,2,3 w2,2,0",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4"],
  },
  {
    name: "wire-unwire-then-protect-glues",
    script: "a0,8 t0 w2,2,3 w2,2,0 p0,8,1",
    none: ["[0,2) r--/rwx C o1+0", "[2,4) r--/rwx C o1+2", "[4,8) r--/rwx C o1+4"],
    series: ["[0,8) r--/rwx C o1+0"],
  },
  {
    name: "wire-all-then-extend",
    script: "a0,4 w0,4,3 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
  },
  {
    name: "wire-two-halves",
    script: "a0,8 t0 w0,4,3 w4,4,3",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o1+4"],
  },
  {
    name: "fork-copy-then-extend",
    script: "a0,4 t0 K a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "fork-copy-write-extend",
    script: "a0,4 t0 K t0 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "fork-kept-extend",
    script: "a0,4 t0 k a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
  },
  {
    name: "fork-kept-write-extend",
    script: "a0,4 t0 k t0 a4,4",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o1+0"],
  },
  {
    name: "fork-share-extend",
    script: "a0,4 t0 i0,4,0 k n4,4,3,7,0",
    none: ["[0,4) rw-/rwx S* o1+0", "[4,8) rw-/rwx S o0+0"],
  },
  {
    name: "fork-share-dead-extend",
    script: "a0,4 t0 i0,4,0 K n4,4,3,7,0",
    none: ["[0,4) rw-/rwx S* o1+0", "[4,8) rw-/rwx S o0+0"],
  },
  {
    name: "fork-none-extend",
    script: "a0,4 t0 i0,4,2 k n4,4,3,7,2",
    none: ["[0,4) rw-/rwx N o1+0", "[4,8) rw-/rwx N o0+0"],
    backward: ["[0,8) rw-/rwx N o1+0"],
  },
  {
    name: "fork-untouched-extend",
    script: "a0,4 K a4,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o0+0"],
    backward: ["[0,8) rw-/rwx C o0+0"],
  },
  {
    name: "one-page-ladder-up",
    script: "a0,1 a1,1 a2,1 a3,1 a4,1 a5,1 a6,1 a7,1",
    none: [
      "[0,1) rw-/rwx C o0+0",
      "[1,2) rw-/rwx C o0+0",
      "[2,3) rw-/rwx C o0+0",
      "[3,4) rw-/rwx C o0+0",
      "[4,5) rw-/rwx C o0+0",
      "[5,6) rw-/rwx C o0+0",
      "[6,7) rw-/rwx C o0+0",
      "[7,8) rw-/rwx C o0+0",
    ],
    backward: ["[0,8) rw-/rwx C o0+0"],
  },
  {
    name: "one-page-ladder-down",
    script: "a7,1 a6,1 a5,1 a4,1 a3,1 a2,1 a1,1 a0,1",
    none: [
      "[0,1) rw-/rwx C o0+0",
      "[1,2) rw-/rwx C o0+0",
      "[2,3) rw-/rwx C o0+0",
      "[3,4) rw-/rwx C o0+0",
      "[4,5) rw-/rwx C o0+0",
      "[5,6) rw-/rwx C o0+0",
      "[6,7) rw-/rwx C o0+0",
      "[7,8) rw-/rwx C o0+0",
    ],
    series: ["[0,8) rw-/rwx C o0+0"],
  },
  {
    name: "one-page-ladder-up-touch",
    script: "a0,1 t0 a1,1 t1 a2,1 t2 a3,1 t3",
    none: ["[0,1) rw-/rwx C o1+0", "[1,2) rw-/rwx C o2+0", "[2,3) rw-/rwx C o3+0", "[3,4) rw-/rwx C o4+0"],
    backward: ["[0,4) rw-/rwx C o1+0"],
  },
  {
    name: "one-page-ladder-down-touch",
    script: "a3,1 t3 a2,1 t2 a1,1 t1 a0,1 t0",
    none: ["[0,1) rw-/rwx C o1+0", "[1,2) rw-/rwx C o2+0", "[2,3) rw-/rwx C o3+0", "[3,4) rw-/rwx C o4+0"],
  },
  {
    name: "even-then-odd",
    script: "a0,1 a2,1 a4,1 a6,1 a1,1 a3,1 a5,1",
    none: [
      "[0,1) rw-/rwx C o0+0",
      "[1,2) rw-/rwx C o0+0",
      "[2,3) rw-/rwx C o0+0",
      "[3,4) rw-/rwx C o0+0",
      "[4,5) rw-/rwx C o0+0",
      "[5,6) rw-/rwx C o0+0",
      "[6,7) rw-/rwx C o0+0",
    ],
    backward: [
      "[0,2) rw-/rwx C o0+0",
      "[2,4) rw-/rwx C o0+0",
      "[4,6) rw-/rwx C o0+0",
      "[6,7) rw-/rwx C o0+0",
    ],
    series: ["[0,7) rw-/rwx C o0+0"],
  },
  {
    name: "even-then-odd-touch",
    script: "a0,1 t0 a2,1 t2 a4,1 t4 a6,1 t6 a1,1 a3,1 a5,1",
    none: [
      "[0,1) rw-/rwx C o1+0",
      "[1,2) rw-/rwx C o0+0",
      "[2,3) rw-/rwx C o2+0",
      "[3,4) rw-/rwx C o0+0",
      "[4,5) rw-/rwx C o3+0",
      "[5,6) rw-/rwx C o0+0",
      "[6,7) rw-/rwx C o4+0",
    ],
    backward: [
      "[0,2) rw-/rwx C o1+0",
      "[2,4) rw-/rwx C o2+0",
      "[4,6) rw-/rwx C o3+0",
      "[6,7) rw-/rwx C o4+0",
    ],
  },
  {
    name: "split-by-dealloc-then-protect",
    script: "a0,8 t0 d3,1 p0,8,1 p0,8,3",
    none: ["[0,3) rw-/rwx C o1+0", "[4,8) rw-/rwx C o1+4"],
  },
  {
    name: "offset-room-reuse",
    script: "a0,8 t0 d0,8 a4,4 t4 a0,4",
    none: ["[0,4) rw-/rwx C o0+0", "[4,8) rw-/rwx C o1+0"],
  },
  {
    name: "clip-then-extend-refcount",
    script: "a0,8 t0 p2,2,1 a8,4",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) r--/rwx C o1+2", "[4,8) rw-/rwx C o1+4", "[8,c) rw-/rwx C o0+0"],
  },
  {
    name: "clip-glue-extend",
    script: "a0,8 t0 p2,2,1 p2,2,3 a8,4",
    none: ["[0,2) rw-/rwx C o1+0", "[2,4) rw-/rwx C o1+2", "[4,8) rw-/rwx C o1+4", "[8,c) rw-/rwx C o0+0"],
    series: ["[0,c) rw-/rwx C o1+0"],
  },
  {
    name: "protect-first-merges-back",
    script: "a0,4 t0 a8,4 t8 a4,4 p4,4,1 p4,4,3",
    none: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o0+0", "[8,c) rw-/rwx C o2+0"],
    backward: ["[0,4) rw-/rwx C o1+0", "[4,8) rw-/rwx C o1+4", "[8,c) rw-/rwx C o2+0"],
    series: ["[0,8) rw-/rwx C o1+0", "[8,c) rw-/rwx C o2+0"],
  },
];

/** The three lists of a scenario, filled in. */
export function expectedEntries(scenario: Scenario): {
  none: readonly string[];
  backward: readonly string[];
  series: readonly string[];
} {
  const backward = scenario.backward ?? scenario.none;
  return { none: scenario.none, backward, series: scenario.series ?? backward };
}
