/** A GPU that is taken away from a training process: the command goes on in another, once. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, startConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const folder = makeFolder();
/** What packages/engine/scripts/setup-software-vulkan.mjs sets up, unless another is named. */
const SOFTWARE_VULKAN = fileURLToPath(new URL("../../../../.scratch/software-vulkan", import.meta.url));
const VULKAN = process.env["CONVKIT_VULKAN"] || (existsSync(SOFTWARE_VULKAN) ? SOFTWARE_VULKAN : "");

const DESTROY = "tf.backend().device.destroy()";
/** As a driver does that touches memory that is not its own. */
const CRASH = 'process.kill(process.pid, "SIGSEGV")';

/** A callback that does this at a step's end, so many times in all. */
function writeLoss(times: number, loss: string): string {
  const name = `${loss === CRASH ? "crash" : "lose"}-${times}`;
  const source = `import { existsSync, writeFileSync } from "node:fs";
    const marks = Array.from({ length: ${times} }, (_, i) => "${name}-" + i);
    export default ({ tf }, { at }) => ({
      onStepEnd({ step }) {
        const mark = marks.find((file) => !existsSync(file));
        if (step < at || mark === undefined) return;
        writeFileSync(mark, String(step));
        ${loss};
      },
    });`;
  writeFileSync(join(folder, `${name}.mjs`), source);
  return `./${name}.mjs`;
}

const trainLosing = (times: number, loss = DESTROY) =>
  startConvkit(
    folder,
    [
      "train",
      "./pictures",
      "--engine=webgpu",
      "--epochs=3",
      "--batch-size=16",
      '--set=model={"layers":[{"layer":"conv","filters":4,"activation":"relu"},{"layer":"flatten"}]}',
      "--set=data.validationFraction=0.2",
      "--set=checkpoint.everySteps=2",
      `--set=callbacks=[{"module":"${writeLoss(times, loss)}","options":{"at":5}}]`,
      "--json",
    ],
    { CONVKIT_VULKAN: VULKAN },
  ).finished;

beforeAll(async () => {
  await writePictures(folder);
});

/** Each of its processes compiles every program anew, in software for a minute in all where the machine is busy. */
const TIMEOUT_MS = 600_000;

describe.runIf(VULKAN)("a lost GPU", { timeout: TIMEOUT_MS }, () => {
  it("is told of, and the run goes on from its last checkpoint in another process", async () => {
    const { exitCode, json } = await trainLosing(1);
    expect(json().at(-1)).toMatchObject({ type: "result", status: "completed", exitCode: 0 });
    expect(exitCode).toBe(0);
    const told = json().filter(({ type }) => ["runEnded", "note", "resumed"].includes(String(type)));
    expect(told).toMatchObject([
      { type: "runEnded", status: "failed", reason: expect.stringContaining("its device is lost") as string },
      { type: "note", text: expect.stringContaining("goes on from its last checkpoint") as string },
      { type: "resumed", attempt: 2, fromStep: 4 },
      { type: "runEnded", status: "completed" },
    ]);
  });

  it("whose driver crashes the process is told of likewise, and the run goes on", async () => {
    const { exitCode, json } = await trainLosing(1, CRASH);
    expect(exitCode).toBe(0);
    const told = json().filter(({ type }) => ["runEnded", "note", "resumed"].includes(String(type)));
    expect(told).toMatchObject([
      { type: "note", text: expect.stringMatching(/SIGSEGV.*the GPU's driver.*last checkpoint/) as string },
      { type: "resumed", attempt: 2, fromStep: 4 },
      { type: "runEnded", status: "completed" },
    ]);
  });

  it("is given up where it is lost twice", async () => {
    const { exitCode, json } = await trainLosing(2);
    expect(json().at(-1)).toMatchObject({
      type: "error",
      name: "GpuDeviceLostError",
      message: expect.stringMatching(
        /its device is lost.*the second time; at first: The GPU was lost.*To go on: convkit resume \S+$/,
      ) as string,
      exitCode: 5,
    });
    expect(exitCode).toBe(5);
    expect(json().filter(({ type }) => type === "resumed")).toHaveLength(1);
  });
});
