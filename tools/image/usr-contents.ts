// Contents of generated files as a function of the offset: pages that are made from the file's seed and their number.
import type { Contents, Range } from "./file-contents";
import { MATCH_WORDS, VOCABULARY_WORDS } from "./usr-distribution";
import { mix, Random, word } from "./usr-random";

const PAGE = 4096;
const NEWLINE = 10;
const LETTER_N = 0x4e;
const LETTER_R = 0x52;
const SPACE = 32;
const LINE = 64;

const vocabulary = Array.from({ length: VOCABULARY_WORDS }, (_, index) =>
  Buffer.from(word(new Random(mix(index, 77)))),
);

function textPage(seed: number): Uint8Array {
  const page = Buffer.alloc(PAGE, SPACE);
  const random = new Random(seed);
  for (let at = 0, column = 0; ;) {
    // The lower of two is chosen, so that some words are frequent.
    const bits = random.next();
    const chosen = vocabulary[(Math.min(bits & 0xffff, bits >>> 16) * VOCABULARY_WORDS) >>> 16];
    if (at + chosen.length >= PAGE) break;
    page.set(chosen, at);
    at += chosen.length + 1;
    column += chosen.length + 1;
    if (column < LINE) continue;
    page[at - 1] = NEWLINE;
    column = 0;
  }
  page[PAGE - 1] = NEWLINE;
  return page;
}

/** Of 64 bytes a quarter of the time zeros, else noise; never "NR". */
function binaryPage(seed: number): Uint8Array {
  const page = new Uint8Array(PAGE);
  const random = new Random(seed);
  for (let at = 0; at < PAGE; at += 64) {
    if (random.next() % 4 === 0) continue;
    for (let byte = at; byte < at + 64; byte++) page[byte] = random.next() >>> 24;
  }
  for (let at = 1; at < PAGE; at++) if (page[at] === LETTER_R && page[at - 1] === LETTER_N) page[at]++;
  page[PAGE - 1] = 0;
  return page;
}

export interface Style {
  binary: boolean;
  /** whether the file holds one of MATCH_WORDS, at its start */
  matches: boolean;
  ranges?: readonly Range[];
}

export function generatedContents(seed: number, size: number, { binary, matches, ranges }: Style): Contents {
  let number = -1;
  let page: Uint8Array = new Uint8Array(0);
  const load = (wanted: number) => {
    if (wanted === number) return;
    number = wanted;
    page = (binary ? binaryPage : textPage)(mix(seed, wanted));
    if (matches && wanted === 0) page.set(Buffer.from(`${MATCH_WORDS[seed % MATCH_WORDS.length]} `));
  };
  return {
    size,
    ranges,
    read(offset, into) {
      for (let done = 0; done < into.length;) {
        const at = offset + done;
        const start = at - (at % PAGE);
        const length = Math.min(start + PAGE - at, into.length - done);
        if (ranges && !ranges.some(([from, to]) => start >= from && start < to)) {
          into.fill(0, done, done + length);
        } else {
          load(start / PAGE);
          into.set(page.subarray(at - start, at - start + length), done);
        }
        done += length;
      }
      if (!binary && into.length > 0 && offset + into.length === size) into[into.length - 1] = NEWLINE;
    },
  };
}
