import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ModelConfigError } from "@convkit/models";
import type { TrainEvent } from "@convkit/schema";
import { expect, it, onTestFinished } from "vitest";
import { eventsOf, journalOf, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { evaluateRun } from "./evaluate-run.js";
import { resume, train } from "./train.js";

it("shows a network 64 MiB of pictures at most, and one where a checkpoint's weights follow", async () => {
  const root = mkdtempSync(join(tmpdir(), "convkit-run-parts-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeSquares(join(root, "squares"), { train: 30, test: 2 });
  const file = join(root, "shown");
  const module = fileURLToPath(new URL("../test/fixtures/look-first.mjs", import.meta.url));
  const run = join(root, "run");
  const controller = new AbortController();
  const onEvent = ({ type }: TrainEvent): void => {
    if (type === "step") controller.abort(new Error("enough"));
  };
  await train(
    squaresConfig(join(root, "squares"), {
      data: { source: join(root, "squares"), validationFraction: 0, imageSize: [512, 512] },
      transforms: { train: [], evaluation: [] },
      model: { module, options: { file } },
      batchSize: 2,
      epochs: 1,
    }),
    runOptions(run, { signal: controller.signal, onEvent }),
  );
  await resume(run, runOptions(run));
  await evaluateRun(run, runOptions(run));
  // A picture has 512 · 512 · 3 values of 4 bytes: 3 MiB.
  expect(readFileSync(file, "utf8").trim().split("\n")).toEqual([
    "21 pictures, 16515072 values",
    "1 pictures, 786432 values",
    "1 pictures, 786432 values",
  ]);
});

it("refuses before the first step to move pictures by a pixel that have only one", async () => {
  const root = mkdtempSync(join(tmpdir(), "convkit-run-parts-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeSquares(join(root, "squares"), { train: 30, test: 2 });
  const run = join(root, "run");
  const training = train(
    squaresConfig(join(root, "squares"), {
      data: { source: join(root, "squares"), imageSize: [1, 8] },
      transforms: { train: [], evaluation: [] },
      model: { layers: [{ layer: "flatten" }] },
      testTimeAugmentation: "translate",
    }),
    runOptions(run),
  );
  await expect(training).rejects.toThrow(ModelConfigError);
  await expect(training).rejects.toThrow("Received: 1×8.");
  expect(eventsOf(journalOf(run), "epochStarted")).toEqual([]);
});
