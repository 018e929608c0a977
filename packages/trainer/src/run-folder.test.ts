import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { RunConfig } from "@convkit/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRunId, NotARunError, RunFolder, RunFolderExistsError } from "./run-folder.js";

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "convkit-run-folder-"))));
afterEach(() => rmSync(home, { recursive: true }));

const config = RunConfig.parse({ data: { source: "mnist" }, model: { name: "simple-cnn" } });

describe("RunFolder", () => {
  it("makes a folder that opens with the same config", async () => {
    const created = await RunFolder.create(join(home, "runs", "run-1"), config);
    expect(readdirSync(created.path).sort()).toEqual(["artifacts", "checkpoints", "config.json"]);
    const opened = await RunFolder.open(created.path);
    expect(opened.config).toEqual(config);
    expect(opened.runId).toBe("run-1");
  });

  it("takes over an empty folder", async () => {
    mkdirSync(join(home, "mine"));
    expect((await RunFolder.create(join(home, "mine"), config)).runId).toBe("mine");
  });

  it("takes a folder in which a queue has put its claim", async () => {
    mkdirSync(join(home, "claimed"));
    writeFileSync(join(home, "claimed", "claim.json"), "{}");
    expect((await RunFolder.create(join(home, "claimed"), config)).runId).toBe("claimed");
    expect(readdirSync(join(home, "claimed"))).toContain("claim.json");
  });

  it("takes over what a process left that was killed before it had written the config", async () => {
    const path = join(home, "killed");
    for (const name of ["checkpoints", "artifacts"]) mkdirSync(join(path, name), { recursive: true });
    writeFileSync(join(path, "config.json.tmp"), `{"formatVersion":1,`);
    await RunFolder.create(path, config);
    expect(readdirSync(path).sort()).toEqual(["artifacts", "checkpoints", "config.json"]);
    expect((await RunFolder.open(path)).config).toEqual(config);
  });

  it.each(["checkpoints/mine", "artifacts/mine", "events.jsonl", "mine"])(
    "refuses a folder without a config that has %s",
    async (file) => {
      for (const name of ["checkpoints", "artifacts"]) mkdirSync(join(home, name));
      writeFileSync(join(home, file), "");
      await expect(RunFolder.create(home, config)).rejects.toThrow(RunFolderExistsError);
    },
  );

  it("gives a folder to one of several that come at once", async () => {
    const path = join(home, "run-1");
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => RunFolder.create(path, config)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(RunFolderExistsError);
    }
    expect(readdirSync(path).sort()).toEqual(["artifacts", "checkpoints", "config.json"]);
  });

  it("refuses a folder with anything in it, and leaves it alone", async () => {
    await RunFolder.create(join(home, "run-1"), config);
    const before = readdirSync(join(home, "run-1"));
    await expect(RunFolder.create(join(home, "run-1"), config)).rejects.toThrow(RunFolderExistsError);
    expect(readdirSync(join(home, "run-1"))).toEqual(before);
  });

  it.each([
    ["nothing", null],
    ["half a file", `{"formatVersion":1,`],
    ["another program's config", `{"name":"left-pad"}`],
  ])("refuses to open a folder with %s as config", async (_, content) => {
    if (content !== null) writeFileSync(join(home, "config.json"), content);
    await expect(RunFolder.open(home)).rejects.toThrow(NotARunError);
    await expect(RunFolder.open(home)).rejects.toThrow(basename(home));
  });
});

it("createRunId begins with the time in UTC and does not repeat", () => {
  const now = new Date("2025-01-31T14:05:09.876Z");
  expect(createRunId(now)).toMatch(/^20250131-140509-[0-9a-f]{6}$/);
  expect(new Set(Array.from({ length: 50 }, () => createRunId(now))).size).toBe(50);
});
