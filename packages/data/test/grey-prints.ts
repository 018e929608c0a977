/** Grey pictures of 32×32 as inspections compare them, drawn by number. */
import { Rng } from "@convkit/random";
import { PRINT_BYTES } from "../src/inspection/picture-prints.js";

/** A picture of broad strokes, and frames of a camera that looks at it: each strays from it by up to `stray` levels. */
export function film(frames: number, { seed, stray }: { seed: number; stray: number }): Uint8Array {
  const rng = Rng.fromSeed(seed);
  const scene = pictures(1, seed);
  return Uint8Array.from({ length: frames * PRINT_BYTES }, (_, at) =>
    Math.max(0, Math.min(255, (scene[at % PRINT_BYTES] as number) + (rng.uniform() * 2 - 1) * stray)),
  );
}

/** Pictures of broad strokes, each followed by one that strays from it, further and further through the set. */
export function pictures(count: number, seed: number): Uint8Array {
  const rng = Rng.fromSeed(seed);
  const grey = new Uint8Array(count * PRINT_BYTES);
  for (let i = 0; i < count; i++) {
    const waves = Array.from(
      { length: 6 },
      () => [rng.uniform() * 6, rng.uniform() * 6, rng.uniform() * 6.28] as const,
    );
    for (let at = 0; at < PRINT_BYTES; at++) {
      const [x, y] = [at % 32, Math.floor(at / 32)];
      const own =
        waves.reduce((sum, [fx, fy, phase]) => sum + Math.cos((fx * x + fy * y) / 10 + phase), 0) * 20 + 128;
      const stray = (rng.uniform() - 0.5) * (i * 1.5);
      const base = i % 2 === 1 ? (grey[(i - 1) * PRINT_BYTES + at] as number) : own;
      grey[i * PRINT_BYTES + at] = Math.max(0, Math.min(255, base + (i % 2 === 1 ? stray : 0)));
    }
  }
  return grey;
}
