import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const TINY = [
  "--engine=cpu",
  "--batch-size=8",
  '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}',
];

describe("convkit lr-find", () => {
  const folder = makeFolder();
  beforeAll(() => writePictures(folder));

  it("draws the loss over the rates, suggests one as a flag, and keeps nothing", async () => {
    const { exitCode, stdout, stderr } = await runConvkit(folder, ["lr-find", "./pictures", ...TINY]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/█/);
    expect(stdout).toMatch(/^ +1e-6 +1e-5/m);
    expect(stdout).toMatch(
      /^suggestion {2}--lr [\d.e-]+, where the loss falls most steeply; the valley's is [\d.e-]+$/m,
    );
    expect(existsSync(join(folder, ".convkit", "runs"))).toBe(false);
  });

  it("says the same as JSON", async () => {
    const { exitCode, json } = await runConvkit(folder, ["lr-find", "./pictures", ...TINY, "--json"]);
    expect(exitCode).toBe(0);
    const [told] = json();
    expect(told).toMatchObject({
      type: "learningRates",
      suggestion: { steepest: expect.any(Number) as number },
    });
    expect((told!["points"] as object[])[0]).toMatchObject({ learningRate: 1e-6 });
  });

  it("names what is wrong with the config as train does", async () => {
    const { exitCode, stderr } = await runConvkit(folder, ["lr-find", "./pictures", "--model=resnet1"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("resnet1");
  });
});
