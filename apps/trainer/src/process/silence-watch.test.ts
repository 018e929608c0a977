import { expect, it } from "vitest";
import { describeSilence } from "./silence-watch.js";

it("tells a slow step from a hang by the CPU time used", () => {
  expect(describeSilence({ pid: 7, silentForMs: 120_000, cores: 1.9 })).toMatch(
    /120 seconds.*1\.9 cores busy/,
  );
  expect(describeSilence({ pid: 7, silentForMs: 120_000, cores: 0.01 })).toContain("hangs");
  expect(describeSilence({ pid: 7, silentForMs: 120_000, cores: null })).not.toContain("hangs");
});
