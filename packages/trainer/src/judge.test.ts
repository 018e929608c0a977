import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crossEntropy, fitTemperature, withTemperature } from "@convkit/evaluator";
import { decodePredictions, ModelCard } from "@convkit/schema";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runOptions, squaresConfig } from "../test/squares-run.js";
import { TEST_MARK, writeSquares } from "../test/write-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import { evaluateRun } from "./evaluate-run.js";
import { train } from "./train.js";

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "convkit-judge-"))));
afterEach(() => rmSync(root, { recursive: true }));

it("chooses and stops by validation, and looks at the test pictures once", async () => {
  // A network that learns the training pictures gets ever worse at these test pictures.
  writeSquares(join(root, "squares"), { train: 200, test: 40, wrongTest: true });
  const seen = join(root, "seen");
  const module = fileURLToPath(new URL("../test/fixtures/count-marked.mjs", import.meta.url));
  const counting = { module, options: { mark: TEST_MARK, file: seen } };
  const { status, history, report } = await train(
    squaresConfig(join(root, "squares"), {
      transforms: { train: [], evaluation: [counting] },
      learningRate: 0.01,
      schedule: { name: "constant" },
      epochs: 4,
      earlyStopping: { monitor: "val_loss", patience: 2 },
    }),
    runOptions(join(root, "run")),
  );
  expect(status).toBe("completed");
  const accuracies = history.map(({ logs }) => logs["val_accuracy"]!);
  const best = Math.max(...accuracies);
  expect(best).toBeGreaterThan(0.9);
  expect(accuracies[0]).toBeLessThan(best);
  const checkpoint = await loadCheckpoint(join(root, "run/checkpoints/best"));
  expect(checkpoint!.state.step).toBe((accuracies.indexOf(best) + 1) * 12);
  expect(report).toMatchObject({ split: "test", testCount: 40 });
  expect(report!.accuracy).toBeLessThan(0.1);
  expect(readFileSync(seen, "utf8")).toBe(".".repeat(40));
});

it("judges a sweep's trial by validation pictures, and by test pictures once somebody asks for it", async () => {
  // Only such test pictures bear the mark.
  writeSquares(join(root, "squares"), { train: 200, test: 40, wrongTest: true });
  const seen = join(root, "seen");
  const module = fileURLToPath(new URL("../test/fixtures/count-marked.mjs", import.meta.url));
  const counting = { module, options: { mark: TEST_MARK, file: seen } };
  const sweep = { name: "rates", trial: 1, metric: "val_loss", mode: "min", parameters: ["seed"] } as const;
  const options = runOptions(join(root, "run"));
  const { status, report, directory } = await train(
    squaresConfig(join(root, "squares"), {
      transforms: { train: [], evaluation: [counting] },
      epochs: 1,
      sweep: { ...sweep, parameters: [...sweep.parameters] },
    }),
    options,
  );
  expect(status).toBe("completed");
  expect(report!.split).toBe("validation");
  expect(existsSync(seen)).toBe(false);
  const again = await evaluateRun(directory, options);
  expect(again.report).toMatchObject({ split: "test", testCount: 40 });
  expect(readFileSync(seen, "utf8")).toBe(".".repeat(40));
});

/** Every fourth label is another class's: no network is right of more than three in four, and none should be surer. */
const NOISY = { train: 400, test: 80, noisy: true } as const;

it("tells how sure the network may be: a temperature fitted on validation pictures, in the card and the report", async () => {
  writeSquares(join(root, "squares"), NOISY);
  const run = join(root, "run");
  const config = squaresConfig(join(root, "squares"), { epochs: 6, learningRate: 0.01 });
  const { report } = await train(config, runOptions(run));
  const validation = decodePredictions(readFileSync(join(run, "predictions-validation.bin")));
  expect(validation.split).toBe("validation");
  const { value } = fitTemperature(validation);
  const fitted = { value, split: "validation", count: validation.ids.length };
  expect(report!.temperature).toMatchObject(fitted);
  const card = ModelCard.parse(JSON.parse(readFileSync(join(run, "model/model-card.json"), "utf8")));
  expect(card.temperature).toEqual(fitted);
  // The rest of the report is of the network as it is.
  const test = decodePredictions(readFileSync(join(run, "predictions.bin")));
  expect(test.split).toBe("test");
  expect(report!.loss).toBeCloseTo(crossEntropy(test), 12);
  expect(report!.temperature!.loss).toBeCloseTo(crossEntropy(withTemperature(test, value)), 12);
});

it("tells no temperature where the validation pictures judge", async () => {
  writeSquares(join(root, "squares"), { ...NOISY, test: 0 });
  const run = join(root, "run");
  const data = { source: join(root, "squares"), validationFraction: 0.2, testFraction: 0 };
  const { report } = await train(squaresConfig(join(root, "squares"), { data, epochs: 1 }), runOptions(run));
  expect(report).toMatchObject({ split: "validation" });
  expect(report!.temperature).toBeUndefined();
  expect(existsSync(join(run, "predictions-validation.bin"))).toBe(false);
  expect(
    ModelCard.parse(JSON.parse(readFileSync(join(run, "model/model-card.json"), "utf8"))).temperature,
  ).toBeUndefined();
});
