/** Blur: out of focus, through frosted glass, of a camera that moves across or towards the scene. */
import { blurAlong, gaussianKernel, placeWithin, scipyKernel, smooth, zoomed } from "./filters.js";
import { corruption, uniformBetween, type Picture } from "./picture.js";

interface Defocus {
  readonly radius: number;
  /** Of the Gaussian that softens the disk's edge. */
  readonly sigma: number;
}

/** The mean over a disk, softened. */
export const defocusBlur = corruption<Defocus>(
  {
    cifar: [
      { radius: 0.3, sigma: 0.4 },
      { radius: 0.4, sigma: 0.5 },
      { radius: 0.5, sigma: 0.6 },
      { radius: 1, sigma: 0.2 },
      { radius: 1.5, sigma: 0.1 },
    ],
    imagenet: [
      { radius: 3, sigma: 0.1 },
      { radius: 4, sigma: 0.5 },
      { radius: 6, sigma: 0.5 },
      { radius: 8, sigma: 0.5 },
      { radius: 10, sigma: 0.5 },
    ],
  },
  (picture, { radius, sigma }) => {
    const values = diskMean(picture, radius);
    return smooth({ ...picture, values }, gaussianKernel(radius <= 8 ? 1 : 2, sigma), "mirror");
  },
);

/** Over the pixels whose middles lie within the radius: a difference of running sums for each of the disk's rows. */
function diskMean({ values, height, width, channels }: Picture, radius: number): Float32Array {
  const reach = Math.floor(radius);
  if (reach === 0) return values.slice();
  const halves = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.floor(Math.sqrt(radius ** 2 - (i - reach) ** 2)),
  );
  const area = halves.reduce((sum, half) => sum + 2 * half + 1, 0);
  const padded = width + 2 * reach;
  const sums = new Float64Array(height * (padded + 1) * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = y * (padded + 1) * channels; x < padded; x++) {
      const from = (y * width + placeWithin(x - reach, width, "mirror")) * channels;
      for (let c = 0; c < channels; c++, at++) {
        sums[at + channels] = (sums[at] as number) + (values[from + c] as number);
      }
    }
  }
  const means = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (const [i, half] of halves.entries()) {
      const row = placeWithin(y + i - reach, height, "mirror") * (padded + 1);
      const last = (row + reach + half + 1) * channels;
      const first = (row + reach - half) * channels;
      for (let k = 0, to = y * width * channels; k < width * channels; k++) {
        means[to + k] =
          (means[to + k] as number) + ((sums[last + k] as number) - (sums[first + k] as number)) / area;
      }
    }
  }
  return means;
}

interface Glass {
  readonly sigma: number;
  /** Pixels that a pixel's light may come from. */
  readonly reach: number;
  readonly times: number;
}

const glass = (sigma: number, reach: number, times: number): Glass => ({ sigma, reach, times });

/**
 * Smoothed, pixels taken from places near by, smoothed again. The published code means to swap two pixels and copies one,
 * since NumPy's rows are views; so the published pictures are made, and these are.
 */
export const glassBlur = corruption<Glass>(
  {
    cifar: [glass(0.05, 1, 1), glass(0.25, 1, 1), glass(0.4, 1, 1), glass(0.25, 1, 2), glass(0.4, 1, 2)],
    imagenet: [glass(0.7, 1, 2), glass(0.9, 2, 1), glass(1, 2, 3), glass(1.1, 3, 2), glass(1.5, 4, 2)],
  },
  (picture, { sigma, reach, times }, { rng }) => {
    const { height, width, channels } = picture;
    const kernel = scipyKernel(sigma);
    const values = smooth(picture, kernel, "nearest");
    for (let time = 0; time < times; time++) {
      for (let y = height - reach; y > reach; y--) {
        for (let x = width - reach; x > reach; x--) {
          const fromX = x + rng.int(2 * reach) - reach;
          const fromY = y + rng.int(2 * reach) - reach;
          const from = (fromY * width + fromX) * channels;
          values.copyWithin((y * width + x) * channels, from, from + channels);
        }
      }
    }
    return smooth({ ...picture, values }, kernel, "nearest");
  },
);

/** Along a line of −45° to 45°. */
export const motionBlur = corruption<readonly [radius: number, sigma: number]>(
  {
    cifar: [
      [6, 1],
      [6, 1.5],
      [6, 2],
      [8, 2],
      [9, 2.5],
    ],
    imagenet: [
      [10, 3],
      [15, 5],
      [15, 8],
      [15, 12],
      [20, 15],
    ],
  },
  (picture, [radius, sigma], { rng }) =>
    blurAlong(picture, { radius, sigma, angle: uniformBetween(rng, -45, 45) }),
);

/** The mean of the picture and of its middle enlarged by 1, 1 + step, … */
export const zoomBlur = corruption<readonly [stop: number, step: number]>(
  {
    cifar: [
      [1.06, 0.01],
      [1.11, 0.01],
      [1.16, 0.01],
      [1.21, 0.01],
      [1.26, 0.01],
    ],
    imagenet: [
      [1.11, 0.01],
      [1.16, 0.01],
      [1.21, 0.02],
      [1.26, 0.02],
      [1.31, 0.03],
    ],
  },
  (picture, [stop, step]) => {
    // NumPy's `arange`, whose rounding lets the stop itself in, or not.
    const count = Math.ceil((stop - 1) / step);
    const apart = 1 + step - 1;
    const sum = picture.values.slice();
    for (let i = 0; i < count; i++) {
      const larger = zoomed(picture, 1 + i * apart);
      for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (larger[at] as number);
    }
    return sum.map((value) => value / (count + 1));
  },
);
