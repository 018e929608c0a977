import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { adaptiveAveragePool } from "./adaptive-average-pool.js";

async function pool(rows: number[][], size: number): Promise<number[][]> {
  const input = tf.input({ shape: [rows.length, rows[0]!.length, 1] });
  const model = tf.model({ inputs: input, outputs: adaptiveAveragePool("pool", input, size) });
  const output = model.predict(tf.tensor(rows).expandDims(0).expandDims(-1)) as tf.Tensor;
  return await output.squeeze<tf.Tensor2D>([0, 3]).array();
}

describe("adaptiveAveragePool", () => {
  it("divides what divides", async () => {
    const rows = [
      [1, 3, 10, 20],
      [5, 7, 30, 40],
    ];
    expect(await pool(rows, 2)).toEqual([
      [2, 15],
      [6, 35],
    ]);
    expect(await pool(rows, 1)).toEqual([[14.5]]);
  });

  it("lets neighbours share what does not, as worked out by hand", async () => {
    // Three pixels into two places: 0 to 1 and 1 to 2.
    expect(
      await pool(
        [
          [0, 2, 4],
          [6, 8, 10],
          [12, 14, 16],
        ],
        2,
      ),
    ).toEqual([
      [4, 6],
      [10, 12],
    ]);
    // Five rows into two places: 0 to 2 and 2 to 4. One column into two: itself.
    expect(await pool([[1], [2], [3], [4], [5]], 2)).toEqual([
      [2, 2],
      [4, 4],
    ]);
  });

  it("repeats a single pixel, and two by turns", async () => {
    expect(await pool([[7]], 3)).toEqual([
      [7, 7, 7],
      [7, 7, 7],
      [7, 7, 7],
    ]);
    // Two pixels into three places: the first, both, the second.
    expect(await pool([[0, 10]], 3)).toEqual([
      [0, 5, 10],
      [0, 5, 10],
      [0, 5, 10],
    ]);
  });
});
