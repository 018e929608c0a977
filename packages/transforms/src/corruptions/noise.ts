/** Noise of sensors: Gaussian in the dark, shot noise of counted light, impulses of dead pixels. */
import { corruption } from "./picture.js";

/** v + 255·σ·n, n of the normal distribution, drawn for each value. */
export const gaussianNoise = corruption(
  { cifar: [0.04, 0.06, 0.08, 0.09, 0.1], imagenet: [0.08, 0.12, 0.18, 0.26, 0.38] },
  ({ values }, sigma, { rng }) => values.map((value) => value + 255 * sigma * rng.normal()),
);

/** Poisson(c·v / 255) · 255 / c: c is how much light white is. */
export const shotNoise = corruption(
  { cifar: [500, 250, 100, 75, 50], imagenet: [60, 25, 12, 5, 3] },
  ({ values }, light, { rng }) => values.map((value) => (rng.poisson((value / 255) * light) / light) * 255),
);

/** Of so many values, half become 0 and half 255, each by itself. */
export const impulseNoise = corruption(
  { cifar: [0.01, 0.02, 0.03, 0.05, 0.07], imagenet: [0.03, 0.06, 0.09, 0.17, 0.27] },
  ({ values }, amount, { rng }) =>
    values.map((value) => (rng.bernoulli(amount) ? (rng.bernoulli(0.5) ? 255 : 0) : value)),
);
