/** A network of one's own, written in three ways: a list of layers, a module in JavaScript, one in TypeScript. */
import { fileURLToPath } from "node:url";
import { openEngine } from "@convkit/engine";
import type { RunConfigInput } from "@convkit/schema";
import { train } from "@convkit/trainer";

const TARGET_ACCURACY = 0.95;
const TWO_WIDTHS = fileURLToPath(new URL("../networks/two-widths.mjs", import.meta.url));
const SEPARABLE = fileURLToPath(new URL("../networks/separable.ts", import.meta.url));

const networks: Record<string, RunConfigInput["model"]> = {
  "list of layers": [
    { layer: "conv", filters: 16, strides: 2, useBias: false },
    { layer: "batchNorm" },
    { layer: "activation", activation: "relu" },
    { layer: "maxPool" },
    { layer: "conv", filters: 32, activation: "relu" },
    { layer: "flatten" },
    { layer: "dropout", rate: 0.2 },
  ],
  "JavaScript module": { module: TWO_WIDTHS, options: { filters: 12 } },
  "TypeScript module": SEPARABLE,
};

const engine = await openEngine();
for (const [kind, model] of Object.entries(networks)) {
  const { report } = await train(
    {
      data: { source: "mnist", limit: { train: 8_000, validation: 1_000, test: 2_000 } },
      model,
      optimizer: { name: "adamw" },
      learningRate: 0.005,
      batchSize: 64,
      epochs: 3,
    },
    { home: ".convkit", engine },
  );
  const accuracy = report?.accuracy ?? 0;
  console.log(
    `${kind} on ${engine.name}: ${(accuracy * 100).toFixed(2)} % of ${report?.testCount} test digits`,
  );
  if (accuracy < TARGET_ACCURACY) {
    console.error(`Expected an accuracy of at least ${TARGET_ACCURACY}. Received: ${accuracy}.`);
    process.exitCode = 1;
  }
}
