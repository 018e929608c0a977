/** `convkit runs …`, as a script calls it, over a home in which runs lie that no dashboard has seen yet. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedHome, type SeededHome } from "./seed-home.js";

const SCRIPT = fileURLToPath(new URL("../dist/main.js", import.meta.url));

let seeded: SeededHome;

beforeAll(async () => {
  seeded = await seedHome(await mkdtemp(join(tmpdir(), "convkit-commands-")));
}, 120_000);
afterAll(() => rm(seeded.home, { recursive: true, force: true }));

function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, CONVKIT_HOME: seeded.home };
  return promisify(execFile)(process.execPath, [SCRIPT, "runs", ...args], { env });
}

const runs = async (...args: string[]) => (await run(...args)).stdout;

const lines = (text: string) => text.trim().split("\n");

test("lists what a filter finds, for people and for programs", async () => {
  const filter = "model = resnet9 and val_accuracy > 0.93";
  const listed = lines(await runs("list", "--filter", filter, "--json"));
  const ids = listed.map((line) => (JSON.parse(line) as { id: string }).id);
  expect(ids.toSorted()).toEqual(
    [seeded.ids.resnet9Seed0, seeded.ids.resnet9Seed1, seeded.ids.resnet9Seed2].toSorted(),
  );
  expect(await runs("list", "--filter", filter)).toContain("resnet9, seed 0");
  await expect(runs("list", "--filter", "val_acuracy > 0.9")).rejects.toThrow("Near it: val_accuracy");
});

test("shows a run, and in what two differ", async () => {
  expect(await runs("show", seeded.ids.resnet9Seed0)).toContain("resnet9, seed 0");
  const difference = await runs("diff", seeded.ids.resnet9Seed0, seeded.ids.resnet20Seed0);
  expect(difference).toContain("model.name");
  expect(difference).not.toContain("batchSize");
});

test("tags runs, exports them and their curves, and answers SQL", async () => {
  await runs("tag", seeded.ids.fashion, "--add", "kept", "by hand");
  const exported = lines(await runs("export", "--filter", "tag = kept", "--format", "jsonl"));
  expect(exported.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([seeded.ids.fashion]);
  const [head, ...points] = lines(await runs("export", "--filter", "tag = kept", "--curves", "val_loss"));
  expect(head).toContain("step");
  const counted = await runs(
    "query",
    `SELECT count(*)::int AS points FROM point WHERE run_id = '${seeded.ids.fashion}' AND key = 'val_loss'`,
    "--json",
  );
  expect(JSON.parse(counted)).toEqual({ points: points.length });
  await expect(runs("query", "DELETE FROM run")).rejects.toThrow("read-only transaction");
});

test("answers SQL up to a limit, and says on standard error when there is more", async () => {
  const numbers = "SELECT n FROM generate_series(1, 5) AS n";
  const cut = await run("query", numbers, "--json", "--limit", "2");
  expect(lines(cut.stdout)).toEqual(['{"n":1}', '{"n":2}']);
  expect(cut.stderr).toBe("The first 2 rows of more: --limit 20 would read further.\n");
  const whole = await run("query", numbers, "--json", "--limit", "5");
  expect(lines(whole.stdout)).toHaveLength(5);
  expect(whole.stderr).toBe("");
  for (const limit of ["0", "many"]) {
    await expect(run("query", numbers, `--limit=${limit}`)).rejects.toThrow("Expected a whole number from 1");
  }
});

test("deletes only what it was told to, and says what came back", async () => {
  const folder = join(seeded.home, "runs", seeded.ids.stopped);
  await expect(runs("delete", seeded.ids.stopped)).rejects.toThrow("--yes");
  expect(existsSync(folder)).toBe(true);
  expect(await runs("delete", seeded.ids.stopped, "--yes")).toMatch(
    /^Deleted 1 run; [\d.]+ kB came back\.$/m,
  );
  expect(existsSync(folder)).toBe(false);
  await expect(runs("show", seeded.ids.stopped)).rejects.toThrow();
});
