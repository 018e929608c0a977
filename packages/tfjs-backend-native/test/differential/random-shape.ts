/** Random shapes: mostly small, of every rank, with sizes of 1 and now and then of 0. */
import type { Rng } from "@convkit/random";
import { between, oneOf } from "./op-case.js";

export type ShapeOptions = { ranks: readonly [least: number, most: number]; side?: number; zeros?: boolean };

/** Now and then one long axis, so that vector loops and thread splits are run. */
export function randomShape(
  rng: Rng,
  { ranks: [least, most], side = 6, zeros = true }: ShapeOptions,
): number[] {
  const shape = Array.from({ length: between(rng, least, most) }, () =>
    rng.bernoulli(0.2) ? 1 : zeros && rng.bernoulli(0.02) ? 0 : between(rng, 1, side),
  );
  if (shape.length > 0 && rng.bernoulli(0.25))
    shape[rng.int(shape.length)] = oneOf(rng, [15, 16, 17, 33, 100, 257]);
  return shape;
}

/** Two shapes that broadcast to each other: axes of size 1 and missing leading axes on either side. */
export function broadcastingShapes(rng: Rng, options: ShapeOptions): [number[], number[]] {
  const whole = randomShape(rng, options);
  const thin = (): number[] => {
    const shape = whole.map((size) => (rng.bernoulli(0.25) ? 1 : size));
    return rng.bernoulli(0.3) ? shape.slice(rng.int(shape.length + 1)) : shape;
  };
  return oneOf(rng, [
    () => [whole, whole] as [number[], number[]],
    () => [whole, thin()] as [number[], number[]],
    () => [thin(), whole] as [number[], number[]],
    () => [thin(), thin()] as [number[], number[]],
  ])();
}

/** A random subset of the axes, in any order and counted from either end. */
export function randomAxes(rng: Rng, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter(() => rng.bernoulli(0.5));
  return rng.shuffle(axes).map((axis) => (rng.bernoulli(0.3) ? axis - rank : axis));
}
