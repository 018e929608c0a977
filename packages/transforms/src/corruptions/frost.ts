/**
 * Frost on a pane. The published code lays one of six photographs over the picture, which are not ours to ship: ice is drawn
 * here instead, ferns of crystals that branch at 60° over a cloudy film. How picture and ice are weighed is as published.
 */
import type { Rng } from "@convkit/random";
import { gaussianKernel, smooth } from "./filters.js";
import { corruption, plane, uniformBetween, type Picture } from "./picture.js";
import { plasma } from "./plasma.js";

/** Red, green, blue of ice, as parts of white; grey pictures get their mean. */
const TINT = [0.88, 0.95, 1] as const;
/** Brightness of the film and of the crystals on it, which together reach white. */
const FILM = 0.55;
const CRYSTALS = 0.75;
/** Of a stem, in parts of the picture's shorter edge. */
const SHORTEST_STEM = 0.35;
const LONGEST_STEM = 0.9;
/** Stems grow with the picture, so that as many make ice as dense in every size. */
const STEMS = 14;
/** A side branch leaves at this angle, and is so much shorter than its stem. */
const BRANCH_ANGLE = Math.PI / 3;
const BRANCH_LENGTH = 0.35;

/** a·v + b·ice. */
export const frost = corruption<readonly [picture: number, ice: number]>(
  {
    cifar: [
      [1, 0.2],
      [1, 0.3],
      [0.9, 0.4],
      [0.85, 0.4],
      [0.75, 0.45],
    ],
    imagenet: [
      [1, 0.4],
      [0.8, 0.6],
      [0.7, 0.7],
      [0.65, 0.7],
      [0.6, 0.75],
    ],
  },
  (picture, [kept, amount], { rng }) => {
    const { values, channels } = picture;
    const ice = drawIce(picture, rng);
    const grey = (TINT[0] + TINT[1] + TINT[2]) / 3;
    return values.map((value, i) => {
      const tint = channels === 3 ? (TINT[i % 3] as number) : grey;
      return kept * value + amount * 255 * tint * (ice[Math.floor(i / channels)] as number);
    });
  },
);

/** @returns float32 [height, width] of 0…1. */
function drawIce(picture: Picture, rng: Rng): Float32Array {
  const film = plasma(picture, 2, rng);
  const crystals = new Float32Array(film.length);
  const edge = Math.min(picture.height, picture.width);
  const draw = (y: number, x: number, light: number): void => {
    const [row, column] = [Math.round(y), Math.round(x)];
    if (row < 0 || column < 0 || row >= picture.height || column >= picture.width) return;
    const at = row * picture.width + column;
    crystals[at] = Math.max(crystals[at] as number, light);
  };
  const grow = (
    from: readonly [y: number, x: number],
    angle: number,
    length: number,
    depth: number,
  ): void => {
    // Branches a few pixels apart, on alternating sides.
    const apart = Math.max(2, Math.round(edge / 24));
    let side = rng.bernoulli(0.5) ? 1 : -1;
    for (let gone = 0; gone < length; gone++) {
      const [y, x] = [from[0] + gone * Math.sin(angle), from[1] + gone * Math.cos(angle)];
      const left = 1 - gone / length;
      draw(y, x, (0.5 + 0.5 * left) / (1 + 0.4 * depth));
      if (depth >= 2 || gone === 0 || gone % apart !== 0) continue;
      grow([y, x], angle + side * BRANCH_ANGLE, length * BRANCH_LENGTH * left, depth + 1);
      side = -side;
    }
  };
  for (let stem = 0; stem < STEMS; stem++) {
    const from = [rng.uniform() * picture.height, rng.uniform() * picture.width] as const;
    grow(
      from,
      uniformBetween(rng, 0, 2 * Math.PI),
      uniformBetween(rng, SHORTEST_STEM, LONGEST_STEM) * edge,
      0,
    );
  }
  const soft = smooth(plane(crystals, picture), gaussianKernel(1, 0.5), "nearest");
  return film.map((value, i) => Math.min(1, FILM * value + CRYSTALS * (soft[i] as number)));
}
