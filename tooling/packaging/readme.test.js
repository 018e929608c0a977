import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makePhotos } from "./photos.js";
import { examplePrograms } from "./readme-examples.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
// Below this package, so that the example finds the workspace's packages by their names.
const folder = fileURLToPath(new URL(".scratch/readme", import.meta.url));

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await makePhotos(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("the example in the repository's README trains a classifier and uses it", () => {
  const [program, ...others] = examplePrograms(readme);
  expect(others).toEqual([]);
  writeFileSync(`${folder}/example.mjs`, program);
  const printed = execFileSync(process.execPath, ["example.mjs"], { cwd: folder, encoding: "utf8" });
  const directory = /accuracy [01](\.\d+)? on \d+ pictures, see (.+)$/m.exec(printed)?.[2];
  expect(existsSync(`${directory}/report.json`)).toBe(true);
  expect(printed).toContain("'daisy', 'rose', 'tulip'");
});
