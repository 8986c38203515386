import { Decoder, DecoderOptions, Formatter, FormatterSyntax, Instruction } from "iced-x86";

/** 32-bit code as text, one instruction an item; jump targets are offsets. */
export function disassemble(bytes: Uint8Array): string[] {
  const decoder = new Decoder(32, bytes, DecoderOptions.None);
  const formatter = new Formatter(FormatterSyntax.Nasm);
  formatter.spaceAfterOperandSeparator = true;
  const instruction = new Instruction();
  const lines: string[] = [];
  while (decoder.canDecode) {
    decoder.decodeOut(instruction);
    lines.push(formatter.format(instruction));
  }
  instruction.free();
  formatter.free();
  decoder.free();
  return lines;
}
