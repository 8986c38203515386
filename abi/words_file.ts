// The file /share/words of the disk image, which programs map and check: each word is its own byte offset times a factor.

export const WORDS_FILE_PAGES = 64;
/** 2654435761, as a signed number, which all targets read alike. */
export const WORDS_FILE_FACTOR = -1640531535;
