// Pieces of 16-bit code with branches between them: chooses the branches' lengths and puts all together.

type Piece =
  | {
      readonly kind: "bytes";
      readonly bytes: Uint8Array;
      readonly reference?: { at: number; target: string };
    }
  | { readonly kind: "label"; readonly name: string }
  /** JMP, or a conditional one by its number; CALL by 16-bit code or by code that has 32-bit return addresses. */
  | { readonly kind: "branch"; readonly what: "jmp" | "call16" | "call32" | number; readonly target: string };

const SHORT = 2;

export class Code16 {
  private readonly pieces: Piece[] = [];

  label(name: string): this {
    this.pieces.push({ kind: "label", name });
    return this;
  }

  /** @param reference a doubleword of the bytes that gets a label's offset */
  bytes(bytes: Uint8Array | readonly number[], reference?: { at: number; target: string }): this {
    this.pieces.push({ kind: "bytes", bytes: Uint8Array.from(bytes), reference });
    return this;
  }

  /** Bytes as hexadecimal digits. */
  hex(text: string): this {
    return this.bytes(Buffer.from(text.replaceAll(" ", ""), "hex"));
  }

  branch(what: "jmp" | "call16" | "call32" | number, target: string): this {
    this.pieces.push({ kind: "branch", what, target });
    return this;
  }

  /** The code, for a segment of its own. */
  finish(): Uint8Array {
    const long = new Set<Piece>();
    for (;;) {
      const { offsets, labels, end } = this.place(long);
      const grown = this.pieces.filter((piece, i) => {
        if (piece.kind !== "branch" || long.has(piece) || String(piece.what).startsWith("call")) return false;
        const distance = labels.get(piece.target)! - (offsets[i] + SHORT);
        return !(distance >= -128 && distance <= 127);
      });
      for (const piece of grown) long.add(piece);
      if (!grown.length) return this.write(end, offsets, labels, long);
    }
  }

  private lengthOf(piece: Piece, long: ReadonlySet<Piece>): number {
    if (piece.kind === "label") return 0;
    if (piece.kind === "bytes") return piece.bytes.length;
    if (piece.what === "call16") return 3;
    if (piece.what === "call32") return 6;
    if (!long.has(piece)) return SHORT;
    return piece.what === "jmp" ? 3 : 4;
  }

  private place(long: ReadonlySet<Piece>) {
    const labels = new Map<string, number>();
    let end = 0;
    const offsets = this.pieces.map((piece) => {
      const offset = end;
      if (piece.kind === "label") labels.set(piece.name, offset);
      end += this.lengthOf(piece, long);
      return offset;
    });
    return { offsets, labels, end };
  }

  private write(
    end: number,
    offsets: readonly number[],
    labels: ReadonlyMap<string, number>,
    long: ReadonlySet<Piece>,
  ): Uint8Array {
    const bytes = new Uint8Array(end);
    const view = new DataView(bytes.buffer);
    const find = (name: string) => {
      const offset = labels.get(name);
      if (offset === undefined) throw new Error(`16-bit code without ${name}`);
      return offset;
    };
    this.pieces.forEach((piece, i) => {
      const at = offsets[i];
      if (piece.kind === "bytes") {
        bytes.set(piece.bytes, at);
        if (piece.reference) view.setUint32(at + piece.reference.at, find(piece.reference.target), true);
      } else if (piece.kind === "branch") {
        const length = this.lengthOf(piece, long);
        const distance = find(piece.target) - (offsets[i] + length);
        const { what } = piece;
        if (what === "call16") bytes[at] = 0xe8;
        else if (what === "call32") bytes.set([0x66, 0xe8], at);
        else if (length === SHORT) bytes.set([what === "jmp" ? 0xeb : 0x70 | what, distance], at);
        else bytes.set(what === "jmp" ? [0xe9] : [0x0f, 0x80 | what], at);
        if (what === "call32") view.setInt32(at + 2, distance, true);
        else if (length !== SHORT) view.setInt16(at + length - 2, distance, true);
      }
    });
    return bytes;
  }
}
