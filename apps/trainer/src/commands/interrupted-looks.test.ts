import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RobustnessReport } from "@convkit/schema";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit, startConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

/** A transform that changes nothing; it sends what Ctrl-C does at the batch whose number is in a file `interrupt`, from 1. */
const INTERRUPTING = `
  import { existsSync, readFileSync, rmSync } from "node:fs";
  let batches = 0;
  export default () => ({
    apply(images) {
      if (existsSync("interrupt") && ++batches === Number(readFileSync("interrupt", "utf8"))) {
        rmSync("interrupt");
        process.kill(process.pid, "SIGINT");
      }
      return images;
    },
  });`;
const TRAIN = [
  ...["train", "./pictures", "--epochs=1", "--batch-size=8", "--engine=cpu"],
  '--set=model={"layers":[{"layer":"conv","filters":4,"activation":"relu"},{"layer":"maxPool","poolSize":2},{"layer":"flatten"}]}',
  '--set=transforms={"train":[],"evaluation":[{"module":"./interrupting.mjs","options":{}}]}',
];

describe("Ctrl-C", () => {
  const folder = makeFolder();
  let run = "";
  beforeAll(async () => {
    await writePictures(folder);
    writeFileSync(join(folder, "interrupting.mjs"), INTERRUPTING);
    const trained = await runConvkit(folder, [...TRAIN, "--json"]);
    expect([trained.exitCode, trained.stderr]).toEqual([0, ""]);
    run = String(trained.json().at(-1)?.["directory"]);
  });
  /** With the signal sent by the pictures' own transform: in the midst of the work, however fast it is. */
  const interrupted = (args: readonly string[], { batch = 1 } = {}) => {
    writeFileSync(join(folder, "interrupt"), String(batch));
    return runConvkit(folder, args);
  };
  const artifacts = () => readdirSync(join(run, "artifacts"), { recursive: true }).map(String);
  const journal = () => readFileSync(join(run, "events.jsonl"), "utf8");

  it.each([
    { command: "robustness", kept: "Nothing was kept." },
    { command: "project", kept: "Nothing was written." },
    { command: "explain", kept: "Pictures that were written stay." },
  ])(
    "ends $command of a run before anything is written, with what it tells is kept",
    async ({ command, kept }) => {
      const [before, told] = [artifacts(), journal()];
      const { exitCode, stdout, stderr } = await interrupted([command, "latest", "--engine=cpu"]);
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 130,
        stdout: "",
        stderr: `error  Stopped. ${kept}\n`,
      });
      expect(existsSync(join(folder, "interrupt"))).toBe(false);
      expect([artifacts(), journal()]).toEqual([before, told]);

      // The run's lock went along: the next is served.
      const again = await runConvkit(folder, ["project", "latest", "--engine=cpu", "--json"]);
      expect([again.exitCode, again.stderr]).toEqual([0, ""]);
    },
  );

  it("says how to go on with robustness, with a baseline's name as a shell reads it", async () => {
    const named = await runConvkit(folder, [...TRAIN, "--name=the best", "--json"]);
    const { runId: id, directory } = named.json().at(-1) as { runId: string; directory: string };
    const args = ["robustness", id, "--limit=4", "--engine=cpu"];
    expect((await runConvkit(folder, [...args, "--only=corruptions"])).exitCode).toBe(0);
    // One as the pictures are, 25 of rotation, and the second of scale.
    const { exitCode, stderr } = await interrupted(
      [...args, "--only=rotation,scale", "--baseline", "the best"],
      { batch: 28 },
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr:
        `error  Stopped. What is whole was kept: rotation is kept. The rest: convkit robustness ${id} ` +
        "--only scale --limit 4 --seed 0 --baseline 'the best' --engine cpu\n",
    });
    const path = join(directory, "artifacts", "robustness.json");
    const report = RobustnessReport.parse(JSON.parse(readFileSync(path, "utf8")));
    expect(report.rotation).toHaveLength(25);
    expect(report.corruptions!.baseline).toBe(id);
    expect(report).not.toHaveProperty("scale");
  });

  it("ends explain of files after the picture that it is at, and leaves whole ones", async () => {
    const files = ["bright", "dark"].flatMap((name) =>
      Array.from({ length: 24 }, (_, i) => join("pictures", "train", name, `${i}.png`)),
    );
    const many = Array.from({ length: 20 }, () => files).flat();
    const args = ["explain", "latest", ...many, "--engine=cpu", "--method=occlusion", "--out=why", "--json"];
    const explaining = startConvkit(folder, args);
    await explaining.line((line) => line.includes('"file"'));
    explaining.process.kill("SIGINT");
    const { exitCode, json } = await explaining.finished;
    expect(exitCode).toBe(130);
    const explained = json();
    expect(explained.pop()).toMatchObject({
      type: "error",
      message: "Stopped. Pictures that were written stay.",
      exitCode: 130,
    });
    expect(explained.length).toBeLessThan(many.length);
    expect(readdirSync(join(folder, "why"))).toHaveLength(explained.length);
    for (const { file } of explained) {
      expect(await sharp(file as string).metadata()).toMatchObject({ format: "png", width: 256 });
      // The whole of it can be decoded, not only its head.
      expect(
        (
          await sharp(file as string)
            .raw()
            .toBuffer()
        ).length,
      ).toBeGreaterThan(0);
    }
  });
});
