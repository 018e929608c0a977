import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { reference } from "./fixtures/tiny-networks.js";
import { nearestNeighbours } from "./nearest-neighbours.js";
import { principalComponents } from "./principal-components.js";
import { projectFeatures } from "./project-features.js";

/** Groups of so many rows around 8-dimensional corners far from each other. */
function groups(sizes: readonly number[], rng: Rng): { rows: Float32Array[]; labels: number[] } {
  const labels = sizes.flatMap((size, label) => Array<number>(size).fill(label));
  const rows = labels.map((label) =>
    Float32Array.from({ length: 8 }, (_, j) => (j === label ? 5 : 0) + 0.3 * rng.normal()),
  );
  return { rows, labels };
}

describe("principalComponents", () => {
  it("agrees with NumPy's singular values", async () => {
    const { rows, coordinates, explained } = reference.pca;
    const found = await principalComponents(rows, 2, { rng: Rng.fromSeed(1) });
    coordinates.flat().forEach((value, i) => expect(found.coordinates.flat()[i]).toBeCloseTo(value, 4));
    explained.forEach((share, i) => expect(found.explained[i]).toBeCloseTo(share, 5));
  });

  it("has nothing to say of rows that are all the same", async () => {
    const found = await principalComponents(
      [
        [1, 2],
        [1, 2],
      ],
      2,
      { rng: Rng.fromSeed(1) },
    );
    expect(found).toEqual({
      coordinates: [
        [0, 0],
        [0, 0],
      ],
      explained: [0, 0],
    });
  });
});

describe("projectFeatures", () => {
  it("lets in what waits between the iterations of pca, and stops where it is told to", async () => {
    const { rows } = groups([40, 40], Rng.fromSeed(5));
    const project = (onEpoch?: (iteration: number) => void) =>
      projectFeatures(rows, { method: "pca", rng: Rng.fromSeed(6), onEpoch });
    const told: number[] = [];
    const whole = await project((iteration) => told.push(iteration));
    expect(told).toEqual(Array.from({ length: told.length }, (_, i) => i + 1));
    expect(told.length).toBeGreaterThan(3);
    expect(await project()).toEqual(whole);

    // As a signal comes: by the event loop alone.
    let isAborted = false;
    const timer = setTimeout(() => (isAborted = true));
    let last = 0;
    const stopped = project((iteration) => {
      last = iteration;
      if (isAborted) throw new Error("enough");
    });
    await expect(stopped).rejects.toThrow("enough");
    clearTimeout(timer);
    expect(last).toBeLessThan(told.length);
  });

  it("keeps groups apart on umap's plane, the same at the same seed", async () => {
    const { rows, labels } = groups([30, 30, 30], Rng.fromSeed(2));
    const project = () => projectFeatures(rows, { method: "umap", rng: Rng.fromSeed(3), labels });
    const { x, y, indices } = await project();
    expect(indices).toEqual([...rows.keys()]);
    for (const i of indices) {
      const byDistance = indices
        .filter((j) => j !== i)
        .sort((a, b) => Math.hypot(x[a]! - x[i]!, y[a]! - y[i]!) - Math.hypot(x[b]! - x[i]!, y[b]! - y[i]!));
      expect(byDistance.slice(0, 5).map((j) => labels[j])).toEqual(Array(5).fill(labels[i]));
    }
    expect(await project()).toEqual({ x, y, indices });
  });

  it("takes of more rows than umap can the classes' shares, none left out", async () => {
    const { rows, labels } = groups([60, 30, 2], Rng.fromSeed(2));
    const { indices, x } = await projectFeatures(rows, {
      method: "umap",
      rng: Rng.fromSeed(3),
      labels,
      most: 30,
    });
    const counts = [0, 1, 2].map((label) => indices.filter((i) => labels[i] === label).length);
    expect(counts).toEqual([19, 9, 1]);
    expect(x).toHaveLength(29);
  });

  it("stops where it is told to, and refuses two rows", async () => {
    const { rows } = groups([20], Rng.fromSeed(2));
    const onEpoch = () => {
      throw new Error("Stopped.");
    };
    await expect(projectFeatures(rows, { method: "umap", rng: Rng.fromSeed(3), onEpoch })).rejects.toThrow(
      "Stopped.",
    );
    await expect(projectFeatures(rows.slice(0, 2), { method: "umap", rng: Rng.fromSeed(3) })).rejects.toThrow(
      "Expected three rows or more for umap. Received: 2.",
    );
  });
});

describe("nearestNeighbours", () => {
  it("goes by the angle, nearest first, the first of equals before the others", async () => {
    const rows = [
      [1, 0],
      [0, 2],
      [3, 3],
      [5, 0],
      [0, 0],
    ].map((row) => Float32Array.from(row));
    const before = tf.memory().numTensors;
    const [ofFirst, ofSecond] = await nearestNeighbours(
      rows,
      [Float32Array.of(9, 0), Float32Array.of(1, 2)],
      3,
    );
    expect(ofFirst!.map(({ index }) => index)).toEqual([0, 3, 2]);
    expect(ofFirst![2]!.similarity).toBeCloseTo(Math.SQRT1_2, 6);
    // cos: 2/√5 = 0.894 to [0, 2], 3/√10 = 0.949 to [3, 3].
    expect(ofSecond!.map(({ index }) => index)).toEqual([2, 1, 0]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
