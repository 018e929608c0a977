/** A tiny data set from pictures to a judged classifier, through the built command. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { decodePredictions } from "@convkit/schema";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit, type Finished } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const TINY = [
  "--engine=cpu",
  "--epochs=3",
  "--batch-size=8",
  '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}',
  "--set=data.validationFraction=0.2",
];

describe("convkit train", () => {
  const folder = makeFolder();
  let trained: Finished;
  let result: Record<string, unknown>;

  beforeAll(async () => {
    await writePictures(folder);
    trained = await runConvkit(folder, ["train", "./pictures", ...TINY, "--name=tiny", "--json"]);
    result = trained.json().at(-1) ?? {};
  });

  it("says each event as a line of JSON, and the result last", () => {
    expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
    const types = trained.json().map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(["engine", "runStarted", "step", "epochEnded", "checkpointSaved"]),
    );
    expect(types.filter((type) => type === "epochEnded")).toHaveLength(3);
    expect(result).toMatchObject({
      type: "result",
      status: "completed",
      exitCode: 0,
      testCount: 48,
      split: "test",
    });
    expect(result["accuracy"]).toBeGreaterThan(0.9);
  });

  it("refuses a precision that the engine has not, with the way out, and has trained nothing", async () => {
    const asked = ["train", "./pictures", ...TINY, "--precision", "bf16", "--name=rounded"];
    const refused = await runConvkit(folder, asked);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toMatch(
      /Expected an engine that computes in bf16\. Received: cpu, .* Use the precision f32 \(--precision f32\)/,
    );
    expect((await runConvkit(folder, ["runs"])).stdout).not.toContain("rounded");
    const misspelt = await runConvkit(folder, ["train", "./pictures", ...TINY, "--precision", "bf15"]);
    expect(misspelt.exitCode).toBe(2);
    expect(misspelt.stderr).toMatch(/precision: expected one of f32, bf16/);
  });

  it("leaves a run's folder whose report says the same", () => {
    const directory = String(result["directory"]);
    const report = JSON.parse(readFileSync(join(directory, "report.json"), "utf8")) as object;
    expect(report).toMatchObject({
      accuracy: result["accuracy"],
      testCount: 48,
      classNames: ["bright", "dark"],
    });
    for (const part of [
      "config.json",
      "events.jsonl",
      "report.html",
      "model/model.json",
      "checkpoints/best",
    ]) {
      expect(existsSync(join(directory, part)), part).toBe(true);
    }
  });

  it("--fast-dev-run goes all the way with two batches of everything", async () => {
    const own = makeFolder();
    const source = join(folder, "pictures");
    const args = ["train", source, ...TINY, "--tag=mine", "--time-budget=90s", "--fast-dev-run", "--json"];
    const { exitCode, json } = await runConvkit(own, args);
    expect(exitCode).toBe(0);
    const events = json();
    const started = events.find(({ type }) => type === "runStarted");
    expect(started).toMatchObject({
      stepsPerEpoch: 2,
      config: { epochs: 1, tags: ["mine", "fast-dev-run"], timeBudget: 1.5, batchSize: 8 },
      // There are no more than 8 to validate on.
      dataset: { splits: { train: { count: 16 }, validation: { count: 8 }, test: { count: 16 } } },
    });
    expect(events.filter(({ type }) => type === "step")).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ type: "result", status: "completed", testCount: 16 });
    const directory = String(events.at(-1)!["directory"]);
    for (const part of ["report.html", "model/model.json", "checkpoints/best"]) {
      expect(existsSync(join(directory, part)), part).toBe(true);
    }
  });

  it("is listed, judged again alike, and predicts", async () => {
    const [run] = (await runConvkit(folder, ["runs", "--json"])).json();
    expect(run).toMatchObject({ runId: result["runId"], name: "tiny", status: "completed", testCount: 48 });

    const again = await runConvkit(folder, ["evaluate", "latest", "--engine=cpu", "--json"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.json().at(-1)).toMatchObject({
      type: "result",
      accuracy: result["accuracy"],
      testCount: 48,
    });
    const [judged] = (await runConvkit(folder, ["runs", "--json"])).json();
    expect(judged).toEqual(run);

    const pictures = ["bright", "dark"].map((name) => join("pictures", "test", name, "0.png"));
    const predict = ["predict", String(result["runId"]).slice(0, -1), ...pictures, "--engine=cpu", "--json"];
    const predictions = (await runConvkit(folder, predict)).json() as {
      image: string;
      classes: { className: string; probability: number }[];
    }[];
    expect(predictions.map(({ image }) => image)).toEqual(pictures);
    expect(predictions.map(({ classes }) => classes[0]?.className)).toEqual(["bright", "dark"]);
    for (const { classes } of predictions) {
      expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    }
  });

  it("prints plain lines, without colours, where the output is no terminal", async () => {
    const { stdout, ...ended } = await runConvkit(folder, ["train", "./pictures", ...TINY, "--epochs=1"]);
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toMatch(/^engine +cpu/m);
    expect(stdout).toMatch(/^data +pictures: .*2 classes/m);
    expect(stdout).toMatch(/^epoch +1 .*validation: .*accuracy/m);
    expect(stdout).toMatch(/^result +accuracy .* of 48 test pictures/m);
    expect(stdout).toMatch(/^report +\.convkit\/runs\/.*report\.html$/m);
  });

  it("draws the learning rate of the steps that a run would have, and leaves no run", async () => {
    const own = makeFolder();
    const source = join(folder, "pictures");
    const plot = ["train", source, ...TINY, "--lr=0.4", "--set=schedule=polynomial", "--plot-schedule"];
    const { exitCode, stdout, stderr } = await runConvkit(own, plot);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^0\.4 ┤█/);
    expect(lines[13]).toMatch(/^ {5}0 .* 1 .* 2 .* epochs$/);
    const steps = (/^steps +([\d,]+): 3 × (\d+)$/m.exec(stdout) ?? []).slice(1).map(Number);
    expect(steps[0]).toBe(3 * steps[1]!);
    expect(stdout).toMatch(/^schedule +polynomial: 0\.4 at first, /m);
    expect(existsSync(join(own, ".convkit/runs"))).toBe(false);

    const [told] = (await runConvkit(own, [...plot, "--json"])).json();
    expect(told).toMatchObject({ type: "schedule", stepsPerEpoch: steps[1], totalSteps: steps[0] });
    const rates = told!["rates"] as number[];
    expect(rates).toHaveLength(steps[0]!);
    // The same steps as the run with these pictures had.
    const ended = trained.json().findLast(({ type }) => type === "epochEnded");
    expect(ended!["step"]).toBe(steps[0]);
  });

  it("says at the start which files it leaves out", async () => {
    const own = makeFolder();
    await writePictures(own);
    const [picture] = [join(own, "pictures", "train", "dark", "0.png")];
    mkdirSync(join(own, "pictures", "extra", "dark"), { recursive: true });
    copyFileSync(picture, join(own, "pictures", "extra", "dark", "0.png"));
    copyFileSync(picture, join(own, "pictures", "train", "dark", "phone.heic"));
    writeFileSync(join(own, "pictures", "train", "dark", "cut.png"), readFileSync(picture).subarray(0, 60));
    const train = ["train", "./pictures", ...TINY, "--epochs=1"];
    const refused = await runConvkit(own, train);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(/Expected at most 1 % of the pictures[^]*\n {2}train\/dark\/cut\.png: /);
    const { stdout, exitCode } = await runConvkit(own, [...train, "--set", "data.maxBadFraction=0.5"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "warning  3 files are left out: 1 lies in no class folder of train, val or test (extra/…), 1 .heic, " +
        "1 cannot be used; events.jsonl lists them.\n",
    );
  });

  it("shows its network a new picture exactly as it showed it those that it was judged on", async () => {
    const own = makeFolder();
    // Large beside the size, so that the decoder scales them; what tells the classes apart is in the middle alone.
    for (const [className, colour] of Object.entries({ bright: 200, dark: 60 })) {
      for (const split of ["train", "test"]) {
        const target = join(own, "wide", split, className);
        mkdirSync(target, { recursive: true });
        for (let index = 0; index < 8; index++) {
          const pixels = Uint8Array.from({ length: 360 * 120 * 3 }, (_, i) => {
            const x = Math.floor(i / 3) % 360;
            return x < 120 || x >= 240 ? (i * 37 + index * 11) % 256 : colour + ((i * 13 + index * 29) % 50);
          });
          const picture = sharp(pixels, { raw: { width: 360, height: 120, channels: 3 } });
          await picture.jpeg().toFile(join(target, `${index}.jpg`));
        }
      }
    }
    // Without validation pictures there is no temperature, by which predictions differ from what was judged.
    const data = ["imageSize=[8,8]", "imageFit=crop", "validationFraction=0"].map(
      (set) => `--set=data.${set}`,
    );
    const trained = await runConvkit(own, ["train", "./wide", ...TINY, ...data, "--json"]);
    expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
    const directory = String(trained.json().at(-1)?.["directory"]);
    const card = JSON.parse(readFileSync(join(directory, "model", "model-card.json"), "utf8")) as object;
    expect(card).toMatchObject({ preprocessing: [{ name: "Resize", size: [8, 8], fit: "crop" }, {}] });
    const judged = decodePredictions(readFileSync(join(directory, "predictions.bin")));
    const pictures = judged.ids.map((id) => join("wide", id));
    const predict = ["predict", "latest", ...pictures, "--engine=cpu", "--json"];
    const predicted = (await runConvkit(own, predict)).json() as {
      classes: { className: string; probability: number }[];
    }[];
    const brightness = predicted.map(
      ({ classes }) => classes.find(({ className }) => className === "bright")?.probability,
    );
    expect(brightness).toEqual(judged.ids.map((_, i) => judged.probabilities[2 * i]));
  });

  it("names only what is there where nothing could be judged, and its network still predicts", async () => {
    const nothing = ["--set=data.validationFraction=0", "--set=data.testFraction=0", "--epochs=1"];
    const trained = await runConvkit(folder, ["train", "./pictures/train", ...TINY, ...nothing]);
    expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
    expect(trained.stdout).not.toMatch(/^(report|result)/m);
    const [, run = ""] = /^next +convkit predict (\S+)/m.exec(trained.stdout) ?? [];
    const predict = ["predict", run, "pictures/test/dark/0.png", "--engine=cpu"];
    expect(await runConvkit(folder, predict)).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("refuses a folder one level too high before there is a run", async () => {
    const own = makeFolder();
    await writePictures(own);
    renameSync(join(own, "pictures", "train"), join(own, "shades"));
    rmSync(join(own, "pictures", "test"), { recursive: true });
    renameSync(join(own, "shades"), join(own, "pictures", "shades"));
    const { exitCode, stderr } = await runConvkit(own, ["train", "./pictures", ...TINY]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("one class folder, shades, with bright, dark in it. Name the folder that holds");
    expect(existsSync(join(own, ".convkit", "runs"))).toBe(false);
  });

  it("predicts every picture that is one, and says which are none", async () => {
    writeFileSync(join(folder, "broken.png"), "not a picture");
    const good = Array.from({ length: 10 }, (_, i) => join("pictures", "test", "bright", `${i}.png`));
    const images = ["broken.png", ...good, "missing.png"];
    const text = await runConvkit(folder, ["predict", String(result["runId"]), ...images, "--engine=cpu"]);
    expect(text.exitCode).toBe(3);
    for (const image of good) expect(text.stdout).toContain(`${image}\n`);
    expect(text.stderr.match(/^error {2}\S+/gm)).toEqual(["error  broken.png:", "error  missing.png:"]);
    const json = await runConvkit(folder, [
      "predict",
      String(result["runId"]),
      ...images,
      "--engine=cpu",
      "--json",
    ]);
    expect(json).toMatchObject({ exitCode: 3, stderr: "" });
    expect(json.json().map(({ type, image }) => [type, image])).toEqual([
      ["error", "broken.png"],
      ...good.map((image) => ["prediction", image]),
      ["error", "missing.png"],
    ]);
  });

  it("lists runs beside ones that cannot be read, and asks to resume one without a classifier", async () => {
    const own = makeFolder();
    const runs = join(own, ".convkit", "runs");
    cpSync(String(result["directory"]), join(runs, "1-good"), { recursive: true });
    cpSync(String(result["directory"]), join(runs, "2-cut"), { recursive: true });
    rmSync(join(runs, "2-cut", "model"), { recursive: true });
    const events = readFileSync(join(runs, "2-cut", "events.jsonl"), "utf8").split("\n");
    const ended = events.findIndex((line) => line.includes('"type":"runEnded"'));
    writeFileSync(join(runs, "2-cut", "events.jsonl"), `${events.slice(0, ended).join("\n")}\n`);
    mkdirSync(join(runs, "3-damaged"));
    writeFileSync(join(runs, "3-damaged", "config.json"), '{"formatVersion":1,');
    mkdirSync(join(runs, "4-newer"));
    writeFileSync(join(runs, "4-newer", "config.json"), '{"formatVersion":2}');
    const listed = (await runConvkit(own, ["runs", "--json"])).json();
    expect(listed.map(({ runId, status }) => [runId, status])).toEqual([
      ["1-good", "completed"],
      ["2-cut", "unfinished"],
      ["3-damaged", "unreadable: config.json is not JSON"],
      ["4-newer", "unreadable: config.json has format version 2: a newer convkit wrote it"],
    ]);
    const predict = await runConvkit(own, ["predict", "2-cut", "x.png"]);
    expect(predict.exitCode).toBe(2);
    expect(predict.stderr).toContain(
      "2-cut, which is unfinished and has none. Resume it first: convkit resume 2-cut",
    );
  });
});
