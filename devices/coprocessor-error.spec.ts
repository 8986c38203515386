import { describe, expect, it } from "vitest";
import { COPROCESSOR_ERROR_PORT, CoprocessorError } from "./coprocessor-error";
import { TestLine, testBus } from "./testing";

function make() {
  const line = new TestLine();
  const ignored: boolean[] = [];
  const device = new CoprocessorError(line, (asserted) => ignored.push(asserted));
  return { line, ignored, device, ...testBus(device) };
}

describe("the coprocessor's error line", () => {
  it("requests an interrupt at the edge of FERR#, not while it lasts", () => {
    const { line, device } = make();
    device.setError(true);
    device.setError(true);
    expect([line.level, line.edges]).toEqual([true, 1]);
    device.setError(false);
    expect(line.level).toBe(true);
  });

  it("is answered at port 0xF0: the request ends, and IGNNE# is asserted until FERR# is released", () => {
    const { line, ignored, device, out } = make();
    device.setError(true);
    out(COPROCESSOR_ERROR_PORT, 0);
    expect(line.level).toBe(false);
    expect(ignored).toEqual([true]);
    device.setError(false);
    expect(ignored).toEqual([true, false]);
  });

  it("without an error, a write to port 0xF0 lets nothing be ignored", () => {
    const { ignored, out } = make();
    out(COPROCESSOR_ERROR_PORT, 0);
    expect(ignored).toEqual([false]);
  });

  it("saves and restores an error that is being ignored", () => {
    const { device, out } = make();
    device.setError(true);
    out(COPROCESSOR_ERROR_PORT, 0);
    const other = make();
    other.device.restore(device.save());
    expect(other.ignored).toEqual([true]);
    other.device.setError(false);
    expect(other.ignored).toEqual([true, false]);
  });
});
