/** Labels that are wrong, found, corrected and learnt from, through the built command. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabelReview, type RunConfig } from "@convkit/schema";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit, startConvkit, wordsOf } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const TINY = [
  "--engine=cpu",
  "--epochs=6",
  "--batch-size=8",
  "--lr=0.05",
  "--set=transforms=none",
  "--set=data.validationFraction=0",
  '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}',
];
/** Of the training pictures of each class, those that the manifest calls by the other class. */
const SWAPPED = ["3.png", "11.png"];
const WRONG = ["bright", "dark"]
  .flatMap((name) => SWAPPED.map((file) => `pictures/train/${name}/${file}`))
  .sort();

function writeManifest(folder: string): void {
  const lines = ["train", "test"].flatMap((split) =>
    ["bright", "dark"].flatMap((name) =>
      readdirSync(join(folder, "pictures", split, name)).map((file) => {
        const isSwapped = split === "train" && SWAPPED.includes(file);
        const label = isSwapped ? (name === "bright" ? "dark" : "bright") : name;
        return `pictures/${split}/${name}/${file},${label},${split},${file.length > 5 ? "left" : "right"}`;
      }),
    ),
  );
  writeFileSync(join(folder, "photos.csv"), ["path,label,split,camera", ...lines, ""].join("\n"));
}

describe("convkit review", () => {
  const folder = makeFolder();
  let runId: string;
  let directory: string;
  /** The command that the review prints, to train on what it exports. */
  let followUp = "";

  beforeAll(async () => {
    await writePictures(folder);
    writeManifest(folder);
    const trained = await runConvkit(folder, ["train", "./photos.csv", ...TINY, "--json"]);
    expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
    ({ runId, directory } = trained.json().at(-1) as { runId: string; directory: string });
  });

  const foldFolder = (fold: number) =>
    join(folder, ".convkit", "reviews", runId, `${runId}-fold-${fold}-of-2`);

  it("finds swapped labels by networks that have not learnt from them, and lists all pictures to correct them in", async () => {
    const reviewed = await runConvkit(folder, [
      "review",
      "latest",
      "--folds=2",
      "--export=relabel.csv",
      "--limit=4",
    ]);
    expect(reviewed).toMatchObject({ exitCode: 0, stderr: "" });
    followUp = reviewed.stdout.split("\n").find((line) => line.trim().startsWith("convkit train "))!;
    const table = reviewed.stdout.split("\n").filter((line) => line.startsWith("pictures/"));
    expect(table.map((line) => line.split(" ")[0]).sort()).toEqual(WRONG);
    expect(table.every((line) => line.endsWith("suspect"))).toBe(true);

    const rows = readFileSync(join(folder, "relabel.csv"), "utf8").trim().split("\n");
    expect(rows[0]).toBe("path,label,relabel,suggestion,quality,split,group,camera");
    // All pictures, so that the file is a data set itself; suggestions only of suspects.
    expect(rows).toHaveLength(1 + 2 * 2 * 24);
  });

  it("takes the manifest back with its suggestions accepted: the labels learnt from are the right ones", async () => {
    const rows = readFileSync(join(folder, "relabel.csv"), "utf8").trim().split("\n");
    const accepted = rows.map((row) => row.replace(/^([^,]*,[^,]*),,([^,]+),/, "$1,$2,$2,"));
    expect(
      accepted
        .filter((row, i) => row !== rows[i])
        .map((row) => row.split(",")[0])
        .sort(),
    ).toEqual(WRONG);
    writeFileSync(join(folder, "relabel.csv"), `${accepted.join("\n")}\n`);

    const again = await runConvkit(folder, [...wordsOf(followUp).slice(1), "--json"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    const result = again.json().at(-1) as { directory: string; runId: string };
    const transformsOf = (run: string) =>
      (JSON.parse(readFileSync(join(run, "config.json"), "utf8")) as RunConfig).transforms;
    expect(transformsOf(result.directory)).toEqual(transformsOf(directory));
    const exported = await runConvkit(folder, ["data", "export", "relabel.csv", "now.csv"]);
    expect(exported.exitCode).toBe(0);
    const labels = readFileSync(join(folder, "now.csv"), "utf8").trim().split("\n").slice(1);
    const wrong = labels.filter((row) => row.split(",")[0]!.split("/").at(-2) !== row.split(",")[1]);
    expect(wrong).toEqual([]);
    expect(existsSync(join(result.directory, "report.json"))).toBe(true);
    rmSync(result.directory, { recursive: true });
  });

  it("keeps what it found in the run, and trains no fold again that is there", async () => {
    const trainedAt = statSync(join(foldFolder(1), "predictions.bin")).mtimeMs;
    rmSync(foldFolder(2), { recursive: true });
    const reviewed = await runConvkit(folder, ["review", runId, "--folds=2", "--json"]);
    expect(reviewed).toMatchObject({ exitCode: 0 });
    const { type, path, ...told } = reviewed.json()[0]!;
    expect(type).toBe("review");
    const kept = LabelReview.parse(JSON.parse(readFileSync(path as string, "utf8")));
    expect(told).toEqual(kept);
    expect(path).toBe(join(directory, "artifacts", "label-review.json"));
    expect(kept).toMatchObject({ runId, folds: 2, suspectCount: 4, classNames: ["bright", "dark"] });
    expect(kept.counts).toMatchObject({ test: 48 });
    expect(
      kept.labels
        .filter(({ isSuspect }) => isSuspect)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(WRONG);
    expect(kept.labels[0]!.why).toMatch(
      /^confidently (bright|dark): (bright|dark) 0\.\d\d, (bright|dark) 0\.\d\d$/,
    );
    expect(statSync(join(foldFolder(1), "predictions.bin")).mtimeMs).toBe(trainedAt);
    expect(existsSync(join(foldFolder(2), "predictions.bin"))).toBe(true);
    const events = readFileSync(join(directory, "events.jsonl"), "utf8");
    expect(events).toContain('"path":"artifacts/label-review.json"');
  });

  it("leaves the run that it reviews the latest one", async () => {
    const { stdout } = await runConvkit(folder, ["review", "latest", "--folds=0", "--limit=1"]);
    expect(stdout).toContain(join(runId, "artifacts", "label-review.json"));
  });

  it("without folds judges only what the run has not learnt from, and trains nothing", async () => {
    const { json } = await runConvkit(folder, ["review", runId, "--folds=0", "--json"]);
    expect(json()[0]).toMatchObject({ folds: 0, counts: { test: 48 }, suspectCount: 0 });
  });

  it("goes on with a review that was stopped", async () => {
    rmSync(join(folder, ".convkit", "reviews"), { recursive: true });
    const running = startConvkit(folder, ["review", runId, "--folds=2", "--json"]);
    const begun = new Promise<void>((resolve) => {
      running.process.stderr!.on("data", (text: string) => {
        if (text.includes("fold 1 of 2")) resolve();
      });
    });
    await begun;
    running.process.kill("SIGINT");
    const stopped = await running.finished;
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stdout + stopped.stderr).toContain("the same command goes on from there");
    const again = await runConvkit(folder, ["review", runId, "--folds=2", "--json"]);
    expect(again.json()[0]).toMatchObject({ suspectCount: 4 });
  });

  it("says what is wrong with what is typed before anything is trained", async () => {
    for (const [args, words] of [
      [["--folds=1"], "from 2 up, or 0"],
      [["--limit=-1"], "--limit"],
      [["--export=relabel.txt"], "ends in .csv or .jsonl"],
      [["--export=nowhere/relabel.csv"], "no folder nowhere"],
    ] as const) {
      const { exitCode, stderr } = await runConvkit(folder, ["review", runId, ...args]);
      expect(exitCode, words).toBeGreaterThan(0);
      expect(stderr).toContain(words);
    }
  });
});
