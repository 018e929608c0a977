/** Features of many dimensions on a plane, for the eye: what lies together there, the network takes for alike. */
import type { Rng } from "@convkit/random";
import { stratifiedSample } from "../stratified-sample.js";
import { principalComponents } from "./principal-components.js";

export type FeatureProjection = {
  /** Which rows are on the plane: all, or a sample of them. Rising. */
  indices: number[];
  /** Of `indices`, in their order. */
  x: number[];
  y: number[];
  /** Of `pca`: the share of the variance along x and y. */
  explained?: [number, number];
};

export type ProjectFeaturesOptions = {
  /**
   * `pca`: linear, distances far apart mean something. `umap`: neighbours stay neighbours, sizes and distances of groups mean little
   * (McInnes et al. 2018, https://arxiv.org/abs/1802.03426, by umap-js, with cosine distances).
   */
  method: "pca" | "umap";
  rng: Rng;
  /** Where there are more rows, `umap` takes so many, of each label its share. Default: 2,000. */
  most?: number | undefined;
  /** By which the sample is drawn. */
  labels?: ArrayLike<number> | undefined;
  /** Called now and then while it is at work, with the epoch of `umap` or the iteration of `pca`; may throw, to stop. */
  onEpoch?: ((epoch: number) => void) | undefined;
};

const NEIGHBOURS = 15;

/**
 * @param rows float32 [D] each, as `extractFeatures` gives them.
 * @throws {RangeError} if `umap` has fewer than three rows.
 */
export async function projectFeatures(
  rows: readonly Float32Array[],
  { method, rng, most = 2000, labels, onEpoch }: ProjectFeaturesOptions,
): Promise<FeatureProjection> {
  if (method === "pca") {
    const { coordinates, explained } = await principalComponents(rows, 2, { rng, onIteration: onEpoch });
    return { ...onPlane([...rows.keys()], coordinates), explained: explained as [number, number] };
  }
  if (rows.length < 3)
    throw new RangeError(`Expected three rows or more for umap. Received: ${rows.length}.`);
  const indices = stratifiedSample(labels ?? new Int32Array(rows.length), most, {
    rng: rng.split("sample"),
    rounding: "none-left-out",
  });
  const chosen = indices.map((index) => [...toLengthOne(rows[index]!)]);
  const { UMAP } = await import("umap-js");
  const draws = rng.split("umap");
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(NEIGHBOURS, chosen.length - 1),
    random: () => draws.uniform(),
  });
  const coordinates = await umap.fitAsync(chosen, onEpoch);
  return onPlane(indices, coordinates);
}

function onPlane(indices: number[], coordinates: readonly number[][]): FeatureProjection {
  return { indices, x: coordinates.map(([x]) => x!), y: coordinates.map(([, y]) => y!) };
}

/** Euclidean distances of such rows order as cosine distances do. */
export function toLengthOne(row: Float32Array): Float32Array {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? row.map((value) => value / length) : row;
}
