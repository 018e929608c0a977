/** What a run's network makes of the pictures of a split, before it judges them. */
import type { DatasetSplit } from "@convkit/data";
import { extractFeatures } from "@convkit/evaluator/explain";
import { eachGroup } from "./each-group.js";
import type { JudgedRun } from "./judged-run.js";

/** Of pictures in a group: cutting the network for each costs more than their features. */
const GROUP_SIZE = 256;

export interface RunFeaturesOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** @returns float32 [D] of each picture, in the split's order. */
export async function runFeatures(
  run: JudgedRun,
  split: DatasetSplit,
  { signal, onProgress }: RunFeaturesOptions,
): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  await eachGroup({ run, split, signal, size: GROUP_SIZE }, async (inputs) => {
    rows.push(...(await extractFeatures(run.model, inputs)));
    onProgress?.(`features of ${split.name}: ${rows.length} of ${split.length}`);
  });
  return rows;
}
