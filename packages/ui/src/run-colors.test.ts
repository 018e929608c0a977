import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { colorOfRun, strokesOfRuns } from "./run-colors.js";

const theme = readFileSync(new URL("../theme.css", import.meta.url), "utf8");

/** `[light, dark]` of a token. */
function token(name: string): [string, string] {
  const match = new RegExp(`--color-${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(theme);
  if (!match?.[1] || !match[2]) throw new Error(`Expected --color-${name} in theme.css. Received: none.`);
  return [match[1], match[2]];
}

type Triple = [number, number, number];

function linear(hex: string): Triple {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const dot = (row: Triple, color: Triple) => row[0] * color[0] + row[1] * color[1] + row[2] * color[2];
const luminance = (hex: string) => dot([0.2126, 0.7152, 0.0722], linear(hex));

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Ottosson 2020, https://bottosson.github.io/posts/oklab/ */
function oklab(color: Triple): Triple {
  const l = Math.cbrt(dot([0.4122214708, 0.5363325363, 0.0514459929], color));
  const m = Math.cbrt(dot([0.2119034982, 0.6806995451, 0.1073969566], color));
  const s = Math.cbrt(dot([0.0883024619, 0.2817188376, 0.6299787005], color));
  return [
    dot([0.2104542553, 0.793617785, -0.0040720468], [l, m, s]),
    dot([1.9779984951, -2.428592205, 0.4505937099], [l, m, s]),
    dot([0.0259040371, 0.7827717662, -0.808675766], [l, m, s]),
  ];
}

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const sights: Record<string, [Triple, Triple, Triple]> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

describe.each([
  ["light", 0, "#ffffff"],
  ["dark", 1, "#16181b"],
] as const)("the %s palette", (_, theme, surface) => {
  const colors = Array.from({ length: 20 }, (_, index) => token(`run-${index}`)[theme]);

  test("stands out from the surface, 3:1", () => {
    expect(token("surface")[theme]).toBe(surface);
    for (const color of colors) expect(contrast(color, surface)).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.entries(sights))("is told apart with %s sight", (_, matrix) => {
    const seen = colors.map((hex) => {
      const rgb = linear(hex);
      return oklab(matrix.map((row) => Math.min(1, Math.max(0, dot(row, rgb)))) as Triple);
    });
    for (let i = 0; i < seen.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [seen[i], seen[j]] as [Triple, Triple];
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(0.04);
      }
    }
  });

  test.each(["hit", "miss"])("writing on the steps of %s is readable, 4.5:1", (kind) => {
    for (let step = 0; step <= 8; step++) {
      const ratio = contrast(token(`${kind}-${step}`)[theme], token(`${kind}-ink-${step}`)[theme]);
      expect(ratio).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(["ink", "ink-2", "ink-3", "accent", "good", "warn", "bad"])(
    "%s is readable on every ground",
    (ink) => {
      for (const ground of ["canvas", "surface", "sunken", "raised", "hover"]) {
        expect(contrast(token(ink)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  test.each(["accent", "good", "warn", "bad"])("%s is readable on its own ground", (tone) => {
    expect(contrast(token(tone)[theme], token(`${tone}-soft`)[theme])).toBeGreaterThanOrEqual(4.5);
  });
});

test("a run's color depends on nothing but its id", () => {
  expect(colorOfRun("run-1")).toBe(colorOfRun("run-1"));
  expect(new Set(Array.from({ length: 200 }, (_, i) => colorOfRun(`run-${i}`))).size).toBe(20);
});

test("up to twenty runs have twenty colors, whatever their order; more have dashes", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 60 }), (ids) => {
      const strokes = strokesOfRuns(ids);
      const looks = [...strokes.values()].map(({ color, dash }) => `${color} ${dash?.join() ?? ""}`);
      expect(new Set(looks).size).toBe(ids.length);
      expect(strokesOfRuns([...ids].reverse())).toEqual(strokes);
      if (ids.length <= 20) expect([...strokes.values()].every(({ dash }) => dash === undefined)).toBe(true);
    }),
  );
});

test("a run alone has its own color", () => {
  fc.assert(
    fc.property(fc.string(), (id) => {
      expect(strokesOfRuns([id]).get(id)?.color).toBe(colorOfRun(id));
    }),
  );
});
