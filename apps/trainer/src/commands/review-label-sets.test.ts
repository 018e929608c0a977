/** Wrong labels among several of a picture, found, corrected and learnt from, through the built command. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { LabelSetReview } from "@convkit/schema";
import sharp from "sharp";
import { beforeAll, expect, it } from "vitest";
import { makeFolder, runConvkit, wordsOf } from "../fixtures/run-convkit.js";

const COUNT = 96;
/** Of the training pictures, one label of each is the wrong way round: of an even one red, of an odd one green. */
const WRONG = [6, 21, 40, 55];
const NAMES = ["red", "green"] as const;

const truthOf = (index: number): string[] => NAMES.filter((_, label) => (index >> label) % 2 === 1);

function toldOf(index: number): string[] {
  const wrong = NAMES[index % 2]!;
  return NAMES.filter((name) => truthOf(index).includes(name) !== (WRONG.includes(index) && name === wrong));
}

const setOf = (names: readonly string[]): string => names.toSorted().join("|");

const folder = makeFolder();
let runId: string;

beforeAll(async () => {
  mkdirSync(join(folder, "films"));
  const rng = Rng.fromSeed(2);
  const lines = ["path,label,split"];
  for (let index = 0; index < COUNT; index++) {
    const has = NAMES.map((name) => truthOf(index).includes(name));
    const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (has[i % 3] ? 190 : 40) + rng.int(50));
    await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toFile(join(folder, "films", `${index}.png`));
    lines.push(`${index}.png,${setOf(toldOf(index)) || "No Finding"},${index < 72 ? "train" : "test"}`);
  }
  writeFileSync(join(folder, "films", "manifest.csv"), `${lines.join("\n")}\n`);
  const trained = await runConvkit(folder, [
    ...["train", "./films", "--engine=cpu", "--epochs=20", "--batch-size=8", "--lr=0.05", "--json"],
    ...["--set=data.multiLabel=true", "--set=data.noLabel=No Finding", "--set=data.validationFraction=0"],
    '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}',
  ]);
  expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
  runId = String(trained.json().at(-1)!["runId"]);
});

it("finds each wrong label by networks that have not learnt from it, and takes the corrected sets back", async () => {
  const reviewed = await runConvkit(folder, ["review", runId, "--folds=2", "--export=films/sets.csv"]);
  expect(reviewed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(reviewed.stdout).toContain("4 labels that are missing or too many, in 4 pictures");
  expect(reviewed.stdout).toMatch(/^40\.png +train +red +0\.\d{3} +remove red \(red 0\.\d\d\)$/m);
  expect(reviewed.stdout).toMatch(/^55\.png +train +red +0\.\d{3} +add green \(green [01]\.\d\d\)$/m);

  const rows = readFileSync(join(folder, "films", "sets.csv"), "utf8")
    .trim()
    .split("\n")
    .map((row) => row.split(","));
  expect(rows[0]).toEqual(["path", "label", "suggestion", "add", "remove", "quality", "split", "group"]);
  const indexOf = (row: readonly string[]) => Number.parseInt(row[0]!, 10);
  expect(rows.slice(1).map((row) => row[2])).toEqual(
    rows.slice(1).map((row) => setOf(truthOf(indexOf(row)))),
  );
  const doubted = rows.slice(1).filter((row) => row[3] !== "" || row[4] !== "");
  expect(doubted.map(indexOf).sort((a, b) => a - b)).toEqual(WRONG);

  writeFileSync(
    join(folder, "films", "sets.csv"),
    rows.map((row, line) => (line === 0 ? row : row.with(1, row[2]!)).join(",")).join("\n"),
  );
  const followUp = reviewed.stdout.split("\n").find((line) => line.trim().startsWith("convkit train "))!;
  const again = await runConvkit(folder, [...wordsOf(followUp).slice(1), "--json"]);
  expect(again).toMatchObject({ exitCode: 0, stderr: "" });
});

it("keeps what it found in the run, and without folds doubts only what the run has not learnt from", async () => {
  const kept = LabelSetReview.parse(
    JSON.parse(
      readFileSync(join(folder, ".convkit", "runs", runId, "artifacts", "label-set-review.json"), "utf8"),
    ),
  );
  expect(kept).toMatchObject({ folds: 2, counts: { train: 72, test: 24 }, suspectPictureCount: 4 });
  const first = kept.pictures.find(({ id }) => id === "40.png")!;
  expect(first).toMatchObject({ split: "train", suspects: [{ isThere: true }] });
  expect(first.why).toMatch(/^confidently no red \(red 0\.\d\d\)$/);

  const own = await runConvkit(folder, ["review", runId, "--folds=0", "--json"]);
  expect(own.json()[0]).toMatchObject({ folds: 0, counts: { test: 24 }, suspectCount: 0 });
});
