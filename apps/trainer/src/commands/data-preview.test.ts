import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const folder = makeFolder();
beforeAll(async () => void (await writePictures(folder, 6)));

const preview = (...args: string[]) => runConvkit(folder, ["data", "preview", "pictures", ...args]);

it("writes a sheet and what was drawn, and says which transforms these are", async () => {
  const { exitCode, stdout, stderr } = await preview(
    "--transforms",
    "strong",
    "--pictures",
    "3",
    "--draws",
    "2",
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain("RandomCrop(size=[8, 8], padding=1, paddingMode=reflect)");
  expect(stdout).toContain("CutMix(), of whole batches: not shown");
  expect(stdout).toContain("preview.png: 3 pictures, 2 epochs from 1");
  const { width, height } = await sharp(join(folder, "preview.png")).metadata();
  const facts = JSON.parse(readFileSync(join(folder, "preview.json"), "utf8")) as Record<string, unknown>;
  expect(facts).toMatchObject({ width, height, seed: 0 });
  expect(width).toBe(8 + 3 * (128 + 8));
});

it("lists with --json what was drawn, for the epochs and the size asked for", async () => {
  const list = JSON.stringify([{ name: "RandomRotation", degrees: 20 }, "RandomVerticalFlip"]);
  writeFileSync(join(folder, "mine.json"), list);
  const shared = ["--epoch", "7", "--draws", "1", "--pictures", "2", "--image-size", "4x6", "--json"];
  const inline = await preview("--transforms", list, "--out", "inline.png", ...shared);
  const [facts] = inline.json() as { pictures: { id: string; draws: unknown }[]; transforms: unknown }[];
  expect(facts?.transforms).toMatchObject({ train: [{ degrees: 20 }, { p: 0.5 }], batch: [] });
  expect(facts?.pictures).toHaveLength(2);
  expect(facts?.pictures[0]?.draws).toEqual([
    {
      epoch: 7,
      drawn: [
        { transform: "RandomRotation", parameters: expect.any(Number) as number },
        { transform: "RandomVerticalFlip", parameters: expect.any(Boolean) as boolean },
      ],
    },
  ]);
  const fromFile = await preview("--transforms", "mine.json", "--out", "file.png", ...shared);
  expect(fromFile.json()[0]?.["pictures"]).toEqual(facts?.pictures);
  expect(readFileSync(join(folder, "file.png"))).toEqual(readFileSync(join(folder, "inline.png")));
  const otherSeed = await preview("--transforms", "mine.json", "--seed", "9", ...shared);
  expect(otherSeed.json()[0]?.["pictures"]).not.toEqual(facts?.pictures);
});

it.each([
  [["--transforms", "stong"], 'Did you mean "strong"?'],
  [["--transforms", "none.json"], "Expected a preset, JSON or a readable file for --transforms"],
  [["--transforms", "[{]"], "Expected JSON for --transforms"],
  [["--transforms", '["RandomCorp"]'], "transforms.train.0.name: expected one of RandomCrop"],
  [["--image-size", "0x3"], "Expected pixels, such as 96 or 64x96"],
  [["--pictures", "0"], "Expected a whole number from 1 up"],
  [["--pictures", "100000", "--draws", "100000"], "Expected a sheet of at most 16,000 pixels an edge"],
  [["--image-size", "20000"], "at most 16,384 pixels an edge. Received: 20000"],
  [["--epoch", "1.5"], "Expected a whole number from 1 up"],
  [["--out", "no/such/folder.png"], "Expected --out to name a file that can be written"],
])("answers %j with exit code 2 and a hint", async (args, hint) => {
  const { exitCode, stderr } = await preview(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(hint);
});

it("takes a run's config, and refuses other pictures than it was trained on", async () => {
  mkdirSync(join(folder, "run"));
  const data = { source: join(folder, "pictures"), contentHash: "0".repeat(64) };
  writeFileSync(join(folder, "run/config.json"), JSON.stringify({ data, model: "resnet9" }));
  const { exitCode, stderr } = await runConvkit(folder, [
    ...["data", "preview", "--config", "run/config.json"],
    ...["--out", "run/a.png"],
  ]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("0".repeat(64));
  expect(existsSync(join(folder, "run/a.png"))).toBe(false);
});

it("ends in good order on Ctrl-C, and writes no sheet", async () => {
  // A process that only waits for a signal has nothing to do, and ends.
  const program = `const busy = setInterval(() => undefined, 1000);
    const heard = new Promise((resolve) => process.once("SIGINT", resolve));
    process.kill(process.pid, "SIGINT");
    await heard;
    clearInterval(busy);
    export default () => ({ apply: (images) => images });`;
  writeFileSync(join(folder, "interrupts.mjs"), program);
  const list = JSON.stringify([{ module: join(folder, "interrupts.mjs") }]);
  const { exitCode, stdout, stderr } = await preview("--transforms", list, "--out", "stopped.png");
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
  expect(stderr).toContain("Stopped. No sheet was written");
  expect(existsSync(join(folder, "stopped.png"))).toBe(false);
});

it("says which sources it takes", async () => {
  const { stdout } = await preview("--help");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    "name of a data set, a folder with one folder of pictures per class, or a manifest, tar or Parquet file",
  );
});
