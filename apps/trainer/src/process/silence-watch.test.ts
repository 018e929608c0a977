import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { describeSilence, watchSilence } from "./silence-watch.js";

it("tells a slow step from a hang by the CPU time used", () => {
  expect(describeSilence({ pid: 7, silentForMs: 120_000, cores: 1.9 })).toMatch(
    /120 seconds.*1\.9 cores busy/,
  );
  expect(describeSilence({ pid: 7, silentForMs: 120_000, cores: 0.01 })).toContain("hangs");
  expect(describeSilence({ pid: 7, silentForMs: 120_000, cores: null })).not.toContain("hangs");
});

it.each([
  ["setInterval(() => {}, 1000)", /hangs/],
  ["for (;;);", /computes/],
])("watches a process that runs %s", async (program, words) => {
  const child = spawn(process.execPath, ["-e", program]);
  const said: string[] = [];
  const watch = watchSilence({ pid: child.pid ?? 0, silentMs: 500, onSilence: (text) => said.push(text) });
  // The first notice may still count the process's start.
  await expect.poll(() => said.at(-1), { timeout: 20_000 }).toMatch(words);
  watch.stop();
  child.kill("SIGKILL");
});
