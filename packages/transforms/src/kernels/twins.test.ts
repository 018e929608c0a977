/** What is done to bytes in WebAssembly, held against the same in JavaScript: the same bits, for any picture. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Image } from "../image.js";
import type { Corners, Interpolation } from "../geometry/warp.js";
import { simdMemory } from "./simd-memory.js";

async function load() {
  const [color, sharpness, tones, warp, mix, memory] = await Promise.all([
    import("../color/adjust-color.js"),
    import("../color/adjust-sharpness.js"),
    import("../color/adjust-tones.js"),
    import("../geometry/warp.js"),
    import("../policies/mix-images.js"),
    import("./simd-memory.js"),
  ]);
  return { ...color, ...sharpness, ...tones, ...warp, ...mix, ...memory };
}
type Changes = Awaited<ReturnType<typeof load>>;

let simd: Changes;
let plain: Changes;

beforeAll(async () => {
  simd = await load();
  vi.resetModules();
  vi.stubGlobal("WebAssembly", undefined);
  plain = await load();
  expect(plain.simdMemory(3)).toBeNull();
  vi.unstubAllGlobals();
  expect(simdMemory(3)).not.toBeNull();
});
afterAll(() => vi.resetModules());

/** Noise; few values, as histograms and extremes want to see; or slopes. */
type Kind = "noise" | "few" | "slope";

function pictureOf({ height, width, channels, seed, kind }: Drawn): Image {
  const pixels = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const noise = Math.imul(i + seed, 2654435761) >>> 24;
    if (kind === "noise") return noise;
    return kind === "few" ? 40 + 3 * (noise >> 4) : (seed + Math.floor(i / channels)) & 0xff;
  });
  return { pixels, height, width, channels };
}

interface Drawn {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly seed: number;
  readonly kind: Kind;
}

const edges = fc.integer({ min: 1, max: 70 });
const pictures: fc.Arbitrary<Drawn> = fc.record({
  height: edges,
  width: edges,
  channels: fc.constantFrom(1, 3),
  seed: fc.integer({ min: 0, max: 1e6 }),
  kind: fc.constantFrom<Kind>("noise", "few", "slope"),
});

function expectTheSame(drawn: Drawn, change: (changes: Changes, image: Image) => void): void {
  const [quick, slow] = [pictureOf(drawn), pictureOf(drawn)];
  change(simd, quick);
  change(plain, slow);
  expect(quick.pixels).toEqual(slow.pixels);
}

const factors = fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0, 1, 2));
const parts = fc.oneof(fc.double({ min: -0.5, max: 0.5, noNaN: true }), fc.constantFrom(-0.5, 1 / 3, 0.5));

describe("colours and tones", () => {
  const changes: Record<
    string,
    readonly [fc.Arbitrary<number>, (changes: Changes, image: Image, by: number) => void]
  > = {
    brightness: [factors, ({ adjustBrightness }, image, by) => adjustBrightness(image, by)],
    contrast: [factors, ({ adjustContrast }, image, by) => adjustContrast(image, by)],
    saturation: [factors, ({ adjustSaturation }, image, by) => adjustSaturation(image, by)],
    hue: [parts, ({ adjustHue }, image, by) => adjustHue(image, by)],
    grey: [fc.constant(0), ({ makeGrey }, image) => makeGrey(image)],
    invert: [fc.constant(0), ({ invert }, image) => invert(image)],
    posterize: [fc.integer({ min: 0, max: 8 }), ({ posterize }, image, by) => posterize(image, by)],
    solarize: [factors, ({ solarize }, image, by) => solarize(image, by - 0.5)],
    autocontrast: [fc.constant(0), ({ autoContrast }, image) => autoContrast(image)],
    equalize: [fc.constant(0), ({ equalize }, image) => equalize(image)],
    sharpness: [factors, ({ adjustSharpness }, image, by) => adjustSharpness(image, by)],
  };

  it.each(Object.keys(changes))("%s", (name) => {
    const [numbers, change] = changes[name]!;
    fc.assert(
      fc.property(pictures, numbers, (drawn, by) =>
        expectTheSame(drawn, (all, image) => change(all, image, by)),
      ),
    );
  });

  it("every colour there is can be turned", () => {
    // 2²⁴ colours would take long: 64 levels of each channel.
    const levels = 64;
    const pixels = Uint8Array.from({ length: levels ** 3 * 3 }, (_, i) => {
      const level = Math.floor(Math.floor(i / 3) / levels ** (i % 3)) % levels;
      return Math.round((level * 255) / (levels - 1));
    });
    const both = [simd, plain].map(({ adjustHue }) => {
      const image = { pixels: pixels.slice(), height: levels, width: levels ** 2, channels: 3 };
      adjustHue(image, 0.21);
      return image.pixels;
    });
    expect(Buffer.compare(both[0]!, both[1]!)).toBe(0);
  });
});

describe("warps", () => {
  const options = fc.record({
    interpolation: fc.constantFrom<Interpolation>("nearest", "bilinear"),
    // 12.5 is cut off where there is nothing but it, and rounded where it blends.
    fill: fc.constantFrom([0], [255], [12.5]),
  });
  const angles = fc.oneof(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.constantFrom(-180, -90, 0, 30, 45, 90),
  );
  const shifts = fc.oneof(fc.double({ min: -80, max: 80, noNaN: true }), fc.constantFrom(-1, 0, 0.5, 3));
  const affines = fc.record({
    angle: angles,
    translate: fc.tuple(shifts, shifts),
    scale: fc.oneof(fc.double({ min: 0.1, max: 10, noNaN: true }), fc.constant(1)),
    shear: fc.oneof(
      fc.tuple(fc.double({ min: -60, max: 60, noNaN: true }), fc.constant(0)),
      fc.constantFrom([0, 0] as const, [30, -20] as const),
    ),
  });

  it("turns, shifts, scales and shears", () => {
    fc.assert(
      fc.property(pictures, affines, options, (drawn, affine, how) => {
        expectTheSame(drawn, ({ warp, affineProjection }, image) => {
          warp(image, affineProjection(affine), how);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("perspectives, and what lies behind whoever looks", () => {
    const places = fc.integer({ min: -20, max: 90 });
    const point = fc.tuple(places, places);
    const corners = fc.tuple(point, point, point, point);
    fc.assert(
      fc.property(pictures, corners, options, (drawn, to, how) => {
        const [right, bottom] = [drawn.width - 1, drawn.height - 1];
        const from: Corners = [
          [0, 0],
          [right, 0],
          [right, bottom],
          [0, bottom],
        ];
        expectTheSame(drawn, ({ warp, perspectiveProjection }, image) => {
          const projection = perspectiveProjection(image, { from, to });
          if (Object.values(projection).every(Number.isFinite)) warp(image, projection, how);
        });
      }),
      { numRuns: 500 },
    );
  });
});

it("mixtures", () => {
  const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(pictures, weights, (drawn, drawnWeights) => {
      const sum = drawnWeights.reduce((total, weight) => total + weight, 0);
      fc.pre(sum > 0);
      const shares = drawnWeights.map((weight) => weight / sum);
      expectTheSame(drawn, ({ mixImages }, image) => {
        const others = shares
          .slice(1)
          .map((_, i) => pictureOf({ ...drawn, seed: drawn.seed + 7 * i + 1 }).pixels);
        mixImages([image.pixels, ...others], shares);
      });
    }),
  );
});

it("a picture that the memory does not hold is changed all the same", () => {
  const pixels = new Uint8Array(2 ** 26).fill(3);
  simd.invert({ pixels, height: 2 ** 13, width: 2 ** 13, channels: 1 });
  expect(pixels.every((value) => value === 252)).toBe(true);
});
