import { describe, expect, it } from "vitest";
import { diagnoseDeath, type DeathFacts } from "./diagnose-death.js";

const KILLED: DeathFacts = {
  exitCode: null,
  signal: "SIGKILL",
  lastWords: "",
  oomKills: { before: { group: 0, system: 4 }, after: { group: 0, system: 4 } },
  peakResidentBytes: 3 * 2 ** 30,
  memoryLimitBytes: 4 * 2 ** 30,
};

describe("diagnoseDeath", () => {
  it("blames memory when the group's counter rose", () => {
    const after = { group: 1, system: 5 };
    const text = diagnoseDeath({ ...KILLED, oomKills: { ...KILLED.oomKills, after } });
    expect(text).toContain("its control group's limit was reached");
    expect(text).toContain("up to 3.0 GiB of memory of 4.0 GiB allowed");
    expect(text).toContain("smaller --batch-size");
  });

  it("names a batch size that would fit", () => {
    const after = { group: 1, system: 5 };
    const facts = { ...KILLED, batchSize: 96, residentBeforeBytes: 2 ** 30 };
    // 2 GiB of 96 pictures; 0.8 · 4 − 1 = 2.2 GiB are left, but half of the batch is the most: 32.
    expect(diagnoseDeath({ ...facts, oomKills: { ...KILLED.oomKills, after } })).toContain(
      "--batch-size 32 in place of 96 should fit",
    );
  });

  it("suspects memory when only the system's counter rose", () => {
    const after = { group: 0, system: 5 };
    expect(diagnoseDeath({ ...KILLED, oomKills: { ...KILLED.oomKills, after } })).toContain(
      "the machine ran out of memory",
    );
  });

  it("clears memory when no counter rose", () => {
    expect(diagnoseDeath(KILLED)).toContain("The kernel counted no kill for lack of memory");
  });

  it("tells a crash in native code, with the process's last words", () => {
    const text = diagnoseDeath({ ...KILLED, signal: "SIGILL", lastWords: "fatal: bad opcode\n" });
    expect(text).toContain("SIGILL: an instruction this CPU does not have");
    expect(text).toContain("fatal: bad opcode");
  });

  it("knows V8's own out-of-memory abort from a native crash", () => {
    const lastWords = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n";
    expect(diagnoseDeath({ ...KILLED, signal: "SIGABRT", lastWords })).toContain("--max-old-space-size");
  });

  it("passes on an exit code and other signals", () => {
    expect(diagnoseDeath({ ...KILLED, signal: null, exitCode: 7 })).toContain("exit code 7");
    expect(diagnoseDeath({ ...KILLED, signal: "SIGUSR1" })).toContain("SIGUSR1");
  });
});
