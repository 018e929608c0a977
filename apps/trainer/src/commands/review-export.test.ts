/** What a review exports of data sets that are no folders of pictures, through the built command. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit, wordsOf } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const TINY = [
  "--engine=cpu",
  "--epochs=20",
  "--batch-size=8",
  "--lr=0.05",
  "--set=transforms=none",
  "--set=data.validationFraction=0",
  '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}',
];
const SIDE = 8;
/** Of the training pictures, those whose label says the other class. */
const SWAPPED = [3, 12, 27];

/** The IDX format of http://yann.lecun.com/exdb/mnist/: the type uint8, the dimensions, the values. */
function encodeIdx(dimensions: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 0x08, dimensions.length]);
  dimensions.forEach((dimension, i) => header.writeUInt32BE(dimension, 4 + 4 * i));
  return Buffer.concat([header, Uint8Array.from(values)]);
}

/** Grey pictures, dark ones labelled 0 and bright ones 1 in turn. */
function writeDigits(folder: string): void {
  mkdirSync(join(folder, "digits"));
  const rng = Rng.fromSeed(4);
  for (const [prefix, count] of [
    ["train", 48],
    ["t10k", 16],
  ] as const) {
    const classes = Array.from({ length: count }, (_, i) => i % 2);
    const pixels = classes.flatMap((k) =>
      Array.from({ length: SIDE ** 2 }, () => 60 + 130 * k + rng.int(50)),
    );
    const labels = classes.map((k, i) => (prefix === "train" && SWAPPED.includes(i) ? 1 - k : k));
    writeFileSync(
      join(folder, "digits", `${prefix}-images-idx3-ubyte`),
      encodeIdx([count, SIDE, SIDE], pixels),
    );
    writeFileSync(join(folder, "digits", `${prefix}-labels-idx1-ubyte`), encodeIdx([count], labels));
  }
}

describe("the export of a review", () => {
  const folder = makeFolder();
  /** The run's id. */
  let digits: string;

  async function train(source: string): Promise<string> {
    const trained = await runConvkit(folder, ["train", source, ...TINY, "--json"]);
    expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
    return String(trained.json().at(-1)!["runId"]);
  }

  beforeAll(async () => {
    writeDigits(folder);
    digits = await train("./digits");
  });

  it("writes pictures that lie in one file as files of their own, and is trained on with corrected labels", async () => {
    const reviewed = await runConvkit(folder, ["review", digits, "--folds=2", "--export=relabel.csv"]);
    expect(reviewed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(reviewed.stdout).toContain("pictures  relabel-pictures: files of their own");
    expect(readdirSync(join(folder, "relabel-pictures", "train"))).toHaveLength(48);
    const rows = readFileSync(join(folder, "relabel.csv"), "utf8").trim().split("\n");
    const suspects = rows.slice(1).filter((row) => row.split(",")[3] !== "");
    const names = SWAPPED.map((number) => `relabel-pictures/train/${String(number).padStart(5, "0")}.png`);
    expect(suspects.map((row) => row.split(",")[0]).sort()).toEqual(names);

    const accepted = rows.map((row) => row.replace(/^([^,]*,[^,]*),,([^,]+),/, "$1,$2,$2,"));
    writeFileSync(join(folder, "relabel.csv"), `${accepted.join("\n")}\n`);
    const followUp = reviewed.stdout.split("\n").find((line) => line.trim().startsWith("convkit train "))!;
    const again = await runConvkit(folder, [...wordsOf(followUp).slice(1), "--json"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    const exported = await runConvkit(folder, ["data", "export", "relabel.csv", "now.csv"]);
    expect(exported.exitCode).toBe(0);
    const wrong = readFileSync(join(folder, "now.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.split(","))
      .filter(([path, label]) => Number(/(\d+)\.png$/.exec(path!)![1]) % 2 !== Number(label));
    expect(wrong).toEqual([]);
  });

  it("puts them where it is told, and writes none of them a second time", async () => {
    const review = ["review", digits, "--folds=0", "--export=other.jsonl", "--pictures=apart", "--json"];
    const first = await runConvkit(folder, review);
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.json()[0]).toMatchObject({
      exported: {
        file: "other.jsonl",
        pictures: "apart",
        columns: { suggestion: "suggestion", quality: "quality" },
      },
    });
    const picture = join(folder, "apart", "test", "00000.png");
    const before = statSync(picture).ino;
    expect(await runConvkit(folder, review)).toMatchObject({ exitCode: 0 });
    expect(statSync(picture).ino).toBe(before);
    const row = readFileSync(join(folder, "other.jsonl"), "utf8").split("\n")[0]!;
    expect(JSON.parse(row)).toMatchObject({ path: expect.stringMatching(/^apart\/test\/\d{5}\.png$/) });
  });

  it("refuses a folder for pictures without a manifest, or where there is another file in it", async () => {
    const alone = await runConvkit(folder, ["review", digits, "--pictures=apart"]);
    expect(alone.stderr).toContain("Expected --export with --pictures");
    mkdirSync(join(folder, "taken", "train"), { recursive: true });
    writeFileSync(join(folder, "taken", "train", "00000.png"), "mine");
    const taken = await runConvkit(folder, [
      ...["review", digits, "--folds=0", "--export=third.csv"],
      "--pictures=taken",
    ]);
    expect(taken.exitCode).toBeGreaterThan(0);
    expect(taken.stderr).toContain("Expected no other file where the picture train/00000 is to be written");
  });

  it("keeps columns that the data set has under the review's names, and says what its own are called", async () => {
    await writePictures(folder);
    const rows = ["bright", "dark"].flatMap((name) =>
      ["train", "test"].flatMap((split) =>
        readdirSync(join(folder, "pictures", split, name)).map(
          (file) => `pictures/${split}/${name}/${file},${name},${split},from ${name}`,
        ),
      ),
    );
    writeFileSync(join(folder, "photos.csv"), ["path,label,split,quality", ...rows, ""].join("\n"));
    const args = ["review", await train("./photos.csv"), "--folds=0", "--export=kept.csv"];
    const reviewed = await runConvkit(folder, args);
    expect(reviewed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(reviewed.stdout).toContain("columns   review_suggestion and review_quality are the review's");
    const kept = readFileSync(join(folder, "kept.csv"), "utf8").trim().split("\n");
    expect(kept[0]).toBe("path,label,relabel,review_suggestion,review_quality,split,group,quality");
    expect(kept.slice(1).every((row) => /,from (bright|dark)$/.test(row))).toBe(true);
    const elsewhere = await runConvkit(folder, [...args, "--pictures=apart"]);
    expect(elsewhere.stderr).toContain(
      "Expected pictures that lie together in larger files, for --pictures.",
    );
  });
});
