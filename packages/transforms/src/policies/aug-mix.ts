/**
 * AugMix (Hendrycks et al. 2020, https://arxiv.org/abs/1912.02781): several chains of operations, mixed with each other
 * and with the picture itself; torchvision's `AugMix`. The paper's consistency loss is not part of it.
 */
import type { Rng } from "@convkit/random";
import { copyOf } from "../image-batch.js";
import { eachWarpedImage, type WarpOptions } from "../geometry/warp.js";
import type { Transform } from "../transform.js";
import {
  drawMagnitude,
  drawName,
  magnitudeSpace,
  type MagnitudeSpace,
  type SpaceLimits,
} from "./magnitudes.js";
import { mixImages } from "./mix-images.js";
import { applyOperations, type DrawnOperation } from "./operations.js";

export interface AugMixOptions extends WarpOptions {
  /** 1…10: operations are of a strength of less than this. */
  readonly severity: number;
  /** Chains. */
  readonly mixtureWidth: number;
  /** Operations of a chain; −1: one to three by chance. */
  readonly chainDepth: number;
  /** Of the Dirichlet and Beta distributions that the weights are drawn from. */
  readonly alpha: number;
  /** Brightness, colour, contrast and sharpness too, which overlap with the corruptions of ImageNet-C. */
  readonly allOps: boolean;
}

export interface AugMixParameters {
  /** Of the picture itself. */
  readonly weight: number;
  /** Weights of all and `weight` sum to 1. */
  readonly chains: readonly { readonly weight: number; readonly operations: readonly DrawnOperation[] }[];
}

const STRENGTHS = 10;
const DEEPEST = 3;
const LIMITS: Omit<SpaceLimits, "enhance"> = {
  shear: 0.3,
  translate: (length) => length / 3,
  rotate: 30,
  posterize: [4, 0],
};
const ALL = magnitudeSpace({ ...LIMITS, enhance: 0.9 });
const WITHOUT_ENHANCEMENTS = magnitudeSpace({ ...LIMITS, enhance: null });

export function augMix(options: AugMixOptions): Transform<AugMixParameters | null> {
  const { severity, mixtureWidth, chainDepth, alpha, allOps } = options;
  const space: MagnitudeSpace = allOps ? ALL : WITHOUT_ENHANCEMENTS;
  return eachWarpedImage<AugMixParameters>(options, {
    sample(rng, size) {
      const [weight, rest] = drawDirichlet(rng, 2, alpha) as [number, number];
      const chains = drawDirichlet(rng, mixtureWidth, alpha).map((share) => {
        const depth = chainDepth > 0 ? chainDepth : 1 + rng.int(DEEPEST);
        const operations = Array.from({ length: depth }, () => {
          const name = drawName(rng, space);
          return drawMagnitude(rng, space, { name, part: rng.int(severity) / (STRENGTHS - 1), size });
        });
        return { weight: share * rest, operations };
      });
      return { weight, chains };
    },
    change(image, { weight, chains }) {
      const { pixels } = image;
      const changed = chains.map(({ operations }) => {
        const copy = { ...image, pixels: copyOf(pixels) };
        applyOperations(copy, operations, options);
        return copy.pixels;
      });
      mixImages([pixels, ...changed], [weight, ...chains.map((chain) => chain.weight)]);
    },
  });
}

/** Shares that sum to 1. */
function drawDirichlet(rng: Rng, count: number, alpha: number): number[] {
  const drawn = Array.from({ length: count }, () => rng.gamma(alpha));
  const sum = drawn.reduce((total, value) => total + value, 0);
  // A small alpha draws numbers too small to be told from 0.
  return drawn.map((value) => (sum > 0 ? value / sum : 1 / count));
}
