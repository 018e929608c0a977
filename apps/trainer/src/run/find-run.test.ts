/** What `<run>` may be on the command line. */
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunConfig } from "@convkit/schema";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { makeFolder } from "../fixtures/run-convkit.js";
import { findRun, findRuns } from "./find-run.js";

// As it is, and counted.
vi.mock("node:fs/promises", { spy: true });

const home = makeFolder();
const folderOf = (id: string) => join(home, "runs", id);

const RUNS = {
  "20260101-000000-aaaaaa": "base",
  "20260101-000000-bbbbbb": "base",
  "20260202-000000-cccccc": "wide",
  // Called as another begins.
  "20260303-000000-dddddd": "20260202",
  // Called as it begins itself.
  "20251231-000000-ffffff": "20251231",
};

beforeAll(() => {
  for (const [id, name] of Object.entries(RUNS)) {
    mkdirSync(folderOf(id), { recursive: true });
    const config = RunConfig.parse({ data: { source: "photos" }, model: { name: "lenet5" }, name });
    writeFileSync(join(folderOf(id), "config.json"), JSON.stringify(config));
  }
  mkdirSync(folderOf("20260404-000000-eeeeee"));
  writeFileSync(join(folderOf("20260404-000000-eeeeee"), "config.json"), "{");
});

describe("a run", () => {
  it.each([
    ["20260101-000000-bbbbbb", "20260101-000000-bbbbbb"],
    ["20260101-000000-b", "20260101-000000-bbbbbb"],
    ["wide", "20260202-000000-cccccc"],
    ["latest", "20260404-000000-eeeeee"],
    ["20260202-", "20260202-000000-cccccc"],
    ["20251231", "20251231-000000-ffffff"],
    [folderOf("20260101-000000-aaaaaa"), "20260101-000000-aaaaaa"],
  ])("is found by %s", async (text, id) => {
    expect(await findRun(text, home)).toBe(folderOf(id));
  });

  it.each([
    ["base", "Received: base, which 20260101-000000-aaaaaa, 20260101-000000-bbbbbb share."],
    ["20260101", "Received: 20260101, which 20260101-000000-aaaaaa, 20260101-000000-bbbbbb share."],
    ["20260202", "Received: 20260202, which 20260202-000000-cccccc, 20260303-000000-dddddd share."],
    ["wid", "Received: wid. The newest runs: 20260404-000000-eeeeee, 20260303-000000-dddddd"],
  ])("is not found by %s", async (text, message) => {
    await expect(findRun(text, home)).rejects.toThrow(message);
  });

  it("is not found where there are none", async () => {
    await expect(findRun("latest", makeFolder())).rejects.toThrow("`convkit train` makes a run");
  });
});

describe("several runs", () => {
  const texts = [
    "wide",
    folderOf("20260101-000000-aaaaaa"),
    "20260101-000000-b",
    "latest",
    "wide",
    "20251231",
  ];

  it("are found in the order in which they are named", async () => {
    expect(await findRuns(texts, home)).toEqual(
      [
        "20260202-000000-cccccc",
        "20260101-000000-aaaaaa",
        "20260101-000000-bbbbbb",
        "20260404-000000-eeeeee",
        "20260202-000000-cccccc",
        "20251231-000000-ffffff",
      ].map(folderOf),
    );
    await expect(findRuns(["wide", "base"], home)).rejects.toThrow("Received: base, which");
  });

  it("read once what the runs are called, and nothing where ids and folders are named", async () => {
    vi.mocked(readFile).mockClear();
    await findRuns(texts, home);
    expect(readFile).toHaveBeenCalledTimes(Object.keys(RUNS).length + 1);

    vi.mocked(readFile).mockClear();
    await findRuns(["20260101-000000-bbbbbb", folderOf("20260101-000000-aaaaaa"), "latest"], home);
    expect(readFile).not.toHaveBeenCalled();
  });

  it("are found by name where a newer convkit wrote a config with keys that this one does not know", async () => {
    const later = makeFolder();
    mkdirSync(join(later, "runs", "20270101-000000-aaaaaa"), { recursive: true });
    writeFileSync(
      join(later, "runs", "20270101-000000-aaaaaa", "config.json"),
      JSON.stringify({ name: "later", hereafter: true }),
    );
    expect(await findRuns(["later"], later)).toEqual([join(later, "runs", "20270101-000000-aaaaaa")]);
  });
});
