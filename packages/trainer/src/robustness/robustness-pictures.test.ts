import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runOptions, squaresConfig } from "../../test/squares-run.js";
import { writeSquares } from "../../test/write-squares.js";
import { withJudgedRun } from "../judged-run.js";
import { train } from "../train.js";
import { RobustnessPictures } from "./robustness-pictures.js";

let root: string;
let run: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "convkit-robustness-pictures-"));
  writeSquares(join(root, "squares"), { train: 60, test: 300 });
  run = join(root, "run");
  await train(squaresConfig(join(root, "squares"), { epochs: 3, learningRate: 0.01 }), runOptions(run));
});
afterAll(() => rmSync(root, { recursive: true }));

it("holds a few pictures changed at a time, and says of all what it says of parts", async () => {
  await withJudgedRun(run, runOptions(run), async (judged) => {
    const test = judged.data.dataset.splits.test!;
    const opened: number[] = [];
    const watched: typeof judged = {
      ...judged,
      openLoader: (split) => {
        opened.push(split.length);
        return judged.openLoader(split);
      },
    };
    const all = await RobustnessPictures.read(watched, test);
    // 20 batches of 13 are the first that hold 256.
    const batches: string[][] = [];
    for await (const { ids } of all.batches()) batches.push([...ids]);
    expect(opened).toEqual([260, 40]);
    expect(batches.map((ids) => ids.length)).toEqual([...Array<number>(23).fill(13), 1]);
    expect(batches.flat()).toEqual(test.ids);

    // The pictures behind the 150th lose their colours; the parts are each of one chunk.
    const darkFrom = (first: number) => async (pictures: RobustnessPictures) => {
      const seen: number[] = [];
      const accuracy = await pictures.accuracyOf(({ pixels }, position) => {
        seen.push(position);
        return position < first ? pixels : new Uint8Array(pixels.length);
      });
      expect(seen).toEqual([...Array(pictures.shape.count).keys()]);
      return accuracy;
    };
    const part = async (from: number, first: number) =>
      darkFrom(first)(
        await RobustnessPictures.read(judged, test.select(Array.from({ length: 150 }, (_, i) => from + i))),
      );
    const [whole, light, dark] = [await darkFrom(150)(all), await part(0, 150), await part(150, 0)];
    expect(whole).toBeCloseTo((light + dark) / 2, 12);
    expect(light).toBeGreaterThan(dark);
  });
});
