/** The pictures that a network takes for most alike. */
import * as tf from "@tensorflow/tfjs";
import { toLengthOne } from "./project-features.js";

export type Neighbour = {
  /** Among the rows. */
  index: number;
  /** Cosine of the angle between the features: 1 where they differ in nothing but length. */
  similarity: number;
};

/** Queries compared at once; bounds memory. */
const BLOCK = 256;

/**
 * @param rows float32 [D] each, as `extractFeatures` gives them.
 * @param queries the same of the pictures whose neighbours are sought.
 * @returns of each query the `k` nearest rows, nearest first; a query among the rows is its own.
 */
export async function nearestNeighbours(
  rows: readonly Float32Array[],
  queries: readonly Float32Array[],
  k: number,
): Promise<Neighbour[][]> {
  if (rows.length === 0) return queries.map(() => []);
  const unit = tf.tidy(() => tf.stack(rows.map((row) => tf.tensor1d(toLengthOne(row)))));
  const found: Neighbour[][] = [];
  try {
    for (let start = 0; start < queries.length; start += BLOCK) {
      const block = queries.slice(start, start + BLOCK).map(toLengthOne);
      const product = tf.tidy(() =>
        tf.matMul(tf.stack(block.map((row) => tf.tensor1d(row))), unit, false, true),
      );
      const values = await product.data<"float32">();
      product.dispose();
      for (const i of block.keys())
        found.push(largest(values.subarray(i * rows.length, (i + 1) * rows.length), k));
    }
  } finally {
    unit.dispose();
  }
  return found;
}

/** In falling order; the first of equals comes first. */
function largest(values: Float32Array, k: number): Neighbour[] {
  const best: Neighbour[] = [];
  for (const [index, similarity] of values.entries()) {
    if (best.length === k && similarity <= best[k - 1]!.similarity) continue;
    const place = best.findLastIndex((other) => other.similarity >= similarity) + 1;
    best.splice(place, 0, { index, similarity });
    if (best.length > k) best.pop();
  }
  return best;
}
