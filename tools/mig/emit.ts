// Writing generated source: lines with indentation, constants, the banner.
import { Item, longNameAndSize } from "./layout";

export class Source {
  private readonly lines: string[] = [];
  private depth = 0;

  line(text = ""): void {
    if (text.startsWith("}")) this.depth--;
    this.lines.push(text === "" ? "" : "  ".repeat(this.depth) + text);
    if (text.endsWith("{")) this.depth++;
  }

  toString(): string {
    return this.lines.join("\n") + "\n";
  }
}

export function banner(file: string, what: string): string[] {
  return [
    `// ${what} of abi/defs/${file}. Made by tools/mig: change that, then run \`node tools/run.mjs tools/mig/main.ts\`.`,
  ];
}

/** A word constant that AssemblyScript takes for 32 bits. */
export function word(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** `store` statements of an item's descriptor at `base` + its offset; `number` replaces the count of a long one. */
export function storeDescriptor(
  base: string,
  item: Item,
  first: string,
  number: string,
  msgType?: number,
): string[] {
  if (!item.long) return [`store<u32>(${base}, ${first}, ${item.offset});`];
  return [
    `store<u32>(${base}, ${first}, ${item.offset});`,
    `store<u32>(${base}, ${word(longNameAndSize(item, msgType))}, ${item.offset + 4});`,
    `store<u32>(${base}, ${number}, ${item.offset + 8});`,
  ];
}
