import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../image-batch.js";
import { corrupt, CORRUPTIONS, corruptionScale, type ByteImage, type CorruptionName } from "./corrupt.js";
import type { Severity } from "./picture.js";

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4, 5];

function constant(value: number, { side = 32, channels = 3 } = {}): ByteImage {
  return {
    pixels: new Uint8Array(side * side * channels).fill(value),
    height: side,
    width: side,
    channels,
  };
}

/** Soft hills, with an edge and a little grain, so that every corruption has something to change. */
function scene({ height = 32, width = 32, channels = 3 } = {}): ByteImage {
  const pixels = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const [y, x, c] = [Math.floor(i / channels / width), Math.floor(i / channels) % width, i % channels];
    return 110 + 60 * Math.sin((3 * y + 2 * x + 40 * c) / 9) + (x > y ? 30 : 0) + ((7 * x + 13 * y) % 11);
  });
  return { pixels, height, width, channels };
}

function seeded(image: ByteImage, name: CorruptionName, severity: Severity, seed = 1): Uint8Array {
  return corrupt(image, { name, severity, rng: Rng.fromSeed(seed) });
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return { mean, variance: all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length };
}

it("names the paper's fifteen", () => {
  expect(CORRUPTIONS).toEqual([
    "gaussian_noise",
    "shot_noise",
    "impulse_noise",
    "defocus_blur",
    "glass_blur",
    "motion_blur",
    "zoom_blur",
    "snow",
    "frost",
    "fog",
    "brightness",
    "contrast",
    "elastic_transform",
    "pixelate",
    "jpeg_compression",
  ]);
});

describe.each(CORRUPTIONS)("%s", (name) => {
  const image = scene();

  it("gives the same bytes for the same seed, and leaves the picture as it was", () => {
    const before = image.pixels.slice();
    for (const severity of SEVERITIES) {
      expect(seeded(image, name, severity)).toEqual(seeded(image, name, severity));
    }
    expect(image.pixels).toEqual(before);
  });

  it.each([
    [1, 1],
    [1, 2],
    [2, 1],
    [3, 3],
    [1, 40],
    [40, 1],
    [5, 17],
    [120, 90],
  ])("takes a picture of %d×%d, grey or coloured", (height, width) => {
    for (const channels of [1, 3]) {
      const odd = scene({ height, width, channels });
      for (const severity of [1, 3, 5] as const) {
        const corrupted = seeded(odd, name, severity);
        expect(corrupted.length).toBe(odd.pixels.length);
        // NaN would be 0: a whole picture of it is none.
        expect(corrupted.some((value) => value > 0)).toBe(true);
      }
    }
  });
});

/** Mean differences from the picture by severity, over several draws: chance is not to decide. */
function differencesOf(name: CorruptionName): number[] {
  const image = scene();
  return SEVERITIES.map((severity) => {
    const draws = [1, 2, 3, 4, 5, 6].map((seed) =>
      meanDifference(seeded(image, name, severity, seed), image.pixels),
    );
    return moments(draws).mean;
  });
}

it.each([
  "gaussian_noise",
  "shot_noise",
  "impulse_noise",
  "defocus_blur",
  "motion_blur",
  "snow",
  "fog",
  "brightness",
  "contrast",
  "pixelate",
  "jpeg_compression",
] as const)("%s is further from the picture the more severe it is", (name) => {
  const far = differencesOf(name);
  expect(far).toEqual(far.toSorted((a, b) => a - b));
  expect(far[4]).toBeGreaterThan(1.2 * far[0]!);
});

// Glass's third severity smooths more than its fourth, zoom's first moves small pictures by half a pixel, frost's last darkens
// what its ice brightens.
it.each(["glass_blur", "zoom_blur", "frost"] as const)("%s is furthest at its most severe", (name) => {
  const far = differencesOf(name);
  expect(far[4]).toBeGreaterThan(far[0]!);
});

it.each([
  "shot_noise",
  "gaussian_noise",
  "impulse_noise",
  "glass_blur",
  "motion_blur",
  "snow",
  "frost",
  "fog",
] as const)("%s of another seed is another one", (name) => {
  expect(seeded(scene(), name, 3, 1)).not.toEqual(seeded(scene(), name, 3, 2));
});

it.each([
  "defocus_blur",
  "glass_blur",
  "motion_blur",
  "zoom_blur",
  "contrast",
  "pixelate",
  "elastic_transform",
] as const)("%s leaves a picture of one colour alone", (name) => {
  for (const side of [32, 96]) {
    for (const severity of SEVERITIES) {
      const image = constant(141, { side });
      expect([...new Set(seeded(image, name, severity))]).toEqual([141]);
    }
  }
});

describe("noise", () => {
  const grey = constant(128, { side: 80 });
  const count = grey.pixels.length;

  it.each([
    [1, 0.04],
    [3, 0.08],
    [5, 0.1],
  ] as const)("gaussian, severity %d, has a deviation of %f of white", (severity, sigma) => {
    const { mean, variance } = moments(seeded(grey, "gaussian_noise", severity));
    // Rounding to bytes adds a twelfth.
    const expected = (255 * sigma) ** 2 + 1 / 12;
    expect(Math.abs(mean - 128)).toBeLessThan(5 * Math.sqrt(expected / count));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });

  it.each([
    [1, 500],
    [5, 50],
  ] as const)("shot, severity %d, counts %d where all is white", (severity, light) => {
    const { mean, variance } = moments(seeded(grey, "shot_noise", severity));
    const expected = (128 * 255) / light;
    expect(Math.abs(mean - 128)).toBeLessThan(5 * Math.sqrt(expected / count) + 0.1);
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.06);
  });

  it("shot leaves black alone", () => {
    expect(seeded(constant(0), "shot_noise", 5)).toEqual(constant(0).pixels);
  });

  it.each([
    [1, 0.01],
    [5, 0.07],
  ] as const)("impulse, severity %d, makes %f of the values black or white alike", (severity, amount) => {
    const values = seeded(grey, "impulse_noise", severity);
    const [black, white] = [0, 255].map((end) => values.filter((value) => value === end).length / count) as [
      number,
      number,
    ];
    const slack = 5 * Math.sqrt(amount / 2 / count);
    expect(Math.abs(black - amount / 2)).toBeLessThan(slack);
    expect(Math.abs(white - amount / 2)).toBeLessThan(slack);
    expect(values.filter((value) => value === 128).length / count).toBeCloseTo(1 - black - white, 10);
  });

  it("is stronger in large pictures, by ImageNet-C's parameters", () => {
    expect([84, 85].map((side) => corruptionScale({ height: side, width: 200 }))).toEqual([
      "cifar",
      "imagenet",
    ]);
    const { variance } = moments(seeded(constant(128, { side: 90 }), "gaussian_noise", 1));
    expect(Math.sqrt(variance) / 255).toBeCloseTo(0.08, 2);
  });
});

describe("blur", () => {
  /** One white pixel in the middle of a black picture. */
  function point(side: number): ByteImage {
    const image = constant(0, { side, channels: 1 });
    image.pixels[Math.floor(side / 2) * side + Math.floor(side / 2)] = 255;
    return image;
  }

  it("defocus spreads a point over its disk", () => {
    // A radius of 1.5 takes in all of 3×3: 255 / 9 = 28.3.
    const values = seeded(point(9), "defocus_blur", 5);
    const disk = Array.from(values, (value, i) => (value > 0 ? [i, value] : [])).filter(
      ({ length }) => length > 0,
    );
    expect(disk).toEqual([30, 31, 32, 39, 40, 41, 48, 49, 50].map((i) => [i, 28]));
  });

  it("motion draws a point out to one side, less and less, along a line of at most 45°", () => {
    const side = 41;
    const values = seeded(point(side), "motion_blur", 5);
    const lit = Array.from(values.entries()).filter(([, value]) => value > 0);
    expect(lit.length).toBeGreaterThan(4);
    // The pixels whose light comes from the point lie to its left.
    const columns = lit.map(([i]) => (i % side) - 20);
    const rows = lit.map(([i]) => Math.floor(i / side) - 20);
    expect(Math.max(...columns)).toBe(0);
    columns.forEach((column, i) => expect(Math.abs(rows[i]!)).toBeLessThanOrEqual(Math.abs(column)));
    const byDistance = lit.toSorted(([a], [b]) => (b % side) - (a % side)).map(([, value]) => value);
    expect(byDistance).toEqual(byDistance.toSorted((a, b) => b - a));
    // Half a Gaussian of σ 2.5: 255 / Σ exp(−i² / 12.5) = 70.3.
    expect(byDistance[0]).toBe(70);
  });

  it("glass shows no colour that is not near by", () => {
    // Severity 1 shuffles and does not smooth.
    const image = scene({ channels: 1 });
    const values = seeded(image, "glass_blur", 1);
    values.forEach((value, i) => {
      const [y, x] = [Math.floor(i / 32), i % 32];
      const near: number[] = [];
      // Copies of copies come from at most a few steps away, up and to the left or the right.
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++)
          near.push(
            image.pixels[Math.min(Math.max(y + dy, 0), 31) * 32 + Math.min(Math.max(x + dx, 0), 31)]!,
          );
      }
      expect(near).toContain(value);
    });
  });
});

describe("weather", () => {
  it("brightness raises V and keeps hue and saturation", () => {
    const image = {
      pixels: Uint8Array.of(100, 50, 0, 0, 0, 0, 200, 250, 240, 30, 30, 30),
      height: 2,
      width: 2,
      channels: 3,
    };
    // Severity 4: V + 51. 100, 50, 0 → ×1.51; black → grey; 250 → white's 255, ×1.02; 30 → 81.
    expect([...seeded(image, "brightness", 4)]).toEqual([151, 76, 0, 51, 51, 51, 204, 255, 245, 81, 81, 81]);
  });

  it("fog brightens the dark, dims what is brightest, and leaves a black picture black", () => {
    const half: ByteImage = {
      ...constant(0),
      pixels: constant(0).pixels.map((_, i) => (i < 1536 ? 20 : 255)),
    };
    const values = seeded(half, "fog", 3);
    expect(moments(values.subarray(0, 1536)).mean).toBeGreaterThan(40);
    expect(moments(values.subarray(1536)).mean).toBeLessThan(255);
    expect(seeded(constant(0), "fog", 3)).toEqual(constant(0).pixels);
  });

  it("snow and frost only add light to a dark picture", () => {
    for (const name of ["snow", "frost"] as const) {
      const values = seeded(constant(10), name, 1);
      expect(values.every((value) => value >= 10)).toBe(true);
      expect(moments(values).variance).toBeGreaterThan(0);
    }
  });

  it("frost is bluish on colours", () => {
    const values = seeded(constant(60), "frost", 5);
    const of = (channel: number) => moments(values.filter((_, i) => i % 3 === channel)).mean;
    expect(of(2)).toBeGreaterThan(of(0));
  });
});

describe("digital", () => {
  it("contrast brings values nearer to each channel's mean", () => {
    const image = {
      pixels: Uint8Array.of(0, 10, 100, 10, 200, 10, 100, 10),
      height: 8,
      width: 1,
      channels: 1,
    };
    // The mean is 55; severity 2 halves distances; halves go to the even byte.
    expect([...seeded(image, "contrast", 2)]).toEqual([28, 32, 78, 32, 128, 32, 78, 32]);
  });

  it("pixelate makes boxes of their means", () => {
    // Severity 5 of 4 pixels: ⌊4 · 0.65⌋ = 2 boxes.
    const image = {
      pixels: Uint8Array.of(0, 10, 100, 200, 20, 30, 40, 80),
      height: 2,
      width: 4,
      channels: 1,
    };
    // Of 2 rows ⌊1.3⌋ = 1: boxes of 2×2, columns first: 5, 25 → 15; 150, 60 → 105.
    expect([...seeded(image, "pixelate", 5)]).toEqual([15, 15, 105, 105, 15, 15, 105, 105]);
  });

  it("elastic bends more at its first severity than at its last, as published", () => {
    const far = ([1, 5] as const).map((severity) => {
      const draws = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
        meanDifference(seeded(scene(), "elastic_transform", severity, seed), scene().pixels),
      );
      return moments(draws).mean;
    });
    expect(far[0]).toBeGreaterThan(far[1]!);
    expect(far[1]).toBeGreaterThan(1);
  });

  it("jpeg keeps a grey of its own", () => {
    // 128 is the middle: every coefficient is 0.
    expect(seeded(constant(128), "jpeg_compression", 5)).toEqual(constant(128).pixels);
  });
});

it("refuses pictures of two channels, and arrays that are too short", () => {
  const rng = Rng.fromSeed(0);
  const options = { name: "fog", severity: 1, rng } as const;
  expect(() => corrupt({ pixels: new Uint8Array(8), height: 2, width: 2, channels: 2 }, options)).toThrow(
    ShapeError,
  );
  expect(() => corrupt({ pixels: new Uint8Array(3), height: 2, width: 2, channels: 1 }, options)).toThrow(
    /Received: 2×2×1 and 3 bytes/,
  );
});
