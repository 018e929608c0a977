/** How long CIFAR-10 to 94 % takes: the recipe that was made for it, pictures loaded and augmented as in every run. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeOpened, type Engine } from "@convkit/engine";
import { RunConfig } from "@convkit/schema";
import { RECIPES } from "@convkit/schema/recipes";
import { train } from "@convkit/trainer";
import type { Part } from "./run-parts.js";

const RECIPE = RECIPES["cifar10-airbench94"];

/**
 * @param data folder of `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin`.
 * @param engine opened, in the precision that is measured.
 */
export function accuracyPart(data: string, engine: Engine): Part {
  return async ({ add, signal }) => {
    const home = mkdtempSync(path.join(tmpdir(), "convkit-gpu-"));
    try {
      mkdirSync(path.join(home, "datasets"));
      symlinkSync(path.resolve(data), path.join(home, "datasets", "cifar10"));
      const config = RunConfig.parse({ ...RECIPE.config, precision: engine.precision });
      const startedAtMs = performance.now();
      const { report } = await train(config, { home, engine: describeOpened(engine), signal });
      const seconds = (performance.now() - startedAtMs) / 1000;
      if (!report || !("accuracy" in report)) return;
      const details = { seconds, epochs: config.epochs };
      add({ name: "accuracy on the test pictures", value: report.accuracy * 100, unit: "%", details });
    } finally {
      rmSync(home, { recursive: true });
    }
  };
}
