import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BatchSizeSearch } from "@convkit/trainer";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit, startConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const FIND = ["batch-size-find", "./pictures", "--engine=cpu"];
const TINY =
  '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}';

/** A network that does `body` with a batch as soon as it is larger than 16. */
const network = (body: string): string => `
  export default ({ tf, inputShape, numClasses }) => {
    class Guard extends tf.layers.Layer {
      static className = "Guard";
      computeOutputShape(shape) { return shape; }
      call(inputs) {
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        if (x.shape[0] > 16) { ${body} }
        return x.clone();
      }
    }
    const image = tf.input({ shape: inputShape });
    const flat = tf.layers.flatten().apply(new Guard({ name: "guard" }).apply(image));
    return tf.model({ inputs: image, outputs: tf.layers.dense({ units: numClasses }).apply(flat) });
  };`;

describe("convkit batch-size-find", () => {
  const folder = makeFolder();
  beforeAll(async () => {
    await writePictures(folder);
    writeFileSync(join(folder, "killed.mjs"), network('process.kill(process.pid, "SIGKILL");'));
    const refused = 'throw new Error("OOM when allocating tensor with shape[32,64,224,224]");';
    writeFileSync(join(folder, "refused.mjs"), network(refused));
    writeFileSync(join(folder, "crashing.mjs"), network('process.kill(process.pid, "SIGSEGV");'));
  });

  it("shows what each batch size took, suggests one as a flag, and keeps nothing", async () => {
    const args = [...FIND, TINY, "--batch-size=4", "--most=8", "--gain=-100"];
    const { exitCode, stdout, stderr } = await runConvkit(folder, args);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout.match(/^engine /gm)).toHaveLength(1);
    expect(stdout).toMatch(/^batch size +pictures\/s +step +memory$/m);
    expect(stdout).toMatch(/^4 +[\d.,]+ +[\d.,]+ ms +[\d.]+ MiB of [\d.]+ [MG]iB\n8 /m);
    expect(stdout).toMatch(/^suggestion {2}--batch-size 8: larger ones were not asked for\.$/m);
    expect(existsSync(join(folder, ".convkit", "runs"))).toBe(false);
  });

  it("survives that a process is killed, and suggests what fits", async () => {
    const args = [...FIND, "--model=./killed.mjs", "--gain=-100", "--json"];
    const { exitCode, json } = await runConvkit(folder, args);
    expect(exitCode).toBe(0);
    const [found] = json() as unknown as [BatchSizeSearch & { type: string }];
    expect(found).toMatchObject({
      type: "batchSizes",
      trials: [{ batchSize: 16 }, { batchSize: 32, tooLarge: expect.stringContaining("SIGKILL") as string }],
      suggestion: 16,
      limit: { name: "memory", batchSize: 32 },
    });
  });

  it("takes an engine's lack of memory for an answer, and looks between powers of two if asked", async () => {
    const args = [...FIND, "--model=./refused.mjs", "--gain=-100", "--refine"];
    const { exitCode, stdout } = await runConvkit(folder, args);
    expect(exitCode).toBe(0);
    // 24, 20 and 18 are too large, and 18 is within an eighth of 16.
    expect(stdout.match(/^\d+(?= )/gm)).toEqual(["16", "32", "24", "20", "18"]);
    expect(stdout).toMatch(/^32 +– +– +too little$/m);
    expect(stdout).toContain("batch size 32: OOM when allocating tensor");
    expect(stdout).toMatch(/^suggestion {2}--batch-size 16: 18 does not fit into memory\.$/m);
  });

  it("does not take a crash, or a mistake in the config, for a lack of memory", async () => {
    const crash = await runConvkit(folder, [...FIND, "--model=./crashing.mjs", "--gain=-100"]);
    expect(crash.exitCode).toBe(5);
    expect(crash.stderr).toContain("SIGSEGV");
    const mistake = await runConvkit(folder, [...FIND, "--model=resnet1"]);
    expect(mistake.exitCode).toBe(2);
    expect(mistake.stderr).toContain("resnet1");
    const half = await runConvkit(folder, [...FIND, TINY, "--most=0.5"]);
    expect([half.exitCode, half.stderr]).toEqual([2, expect.stringContaining("a whole number from 1")]);
  });

  it("ends at the first signal", async () => {
    const run = startConvkit(folder, [...FIND, TINY, "--gain=-100"]);
    await run.line((line) => line.startsWith("engine"));
    run.process.kill("SIGINT");
    expect(await run.finished).toMatchObject({
      exitCode: 130,
      stderr: "error  Stopped. Nothing was kept.\n",
    });
  });
});
