/** The shortest part of `list`, in order, found by leaving out ever smaller pieces, for which `fails` still holds. */
export async function minimize<T>(
  list: readonly T[],
  fails: (part: readonly T[]) => boolean | Promise<boolean>,
): Promise<readonly T[]> {
  let shortest = list;
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < shortest.length;) {
      const candidate = [...shortest.slice(0, at), ...shortest.slice(at + size)];
      if (candidate.length > 0 && (await fails(candidate))) shortest = candidate;
      else at += size;
    }
  }
  return shortest;
}
