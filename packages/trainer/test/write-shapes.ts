/** Pictures with any number of labels: a red square, a blue circle, both or neither on grey noise, and a manifest of them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { encodePng } from "../src/png.js";

const SIZE = 16;
const NAMES = ["circle", "square"];

/** Every fourth picture has neither, every fourth both. @returns path of the manifest, in which `none` is said of the former. */
export function writeShapes(folder: string, { train, test }: { train: number; test: number }): string {
  mkdirSync(folder, { recursive: true });
  const lines = Array.from({ length: train + test }, (_, index) => {
    const has = [index % 2 === 1, index % 4 > 1] as const;
    const path = `${index}.png`;
    writeFileSync(
      join(folder, path),
      encodePng({ data: drawShapes(has, index), height: SIZE, width: SIZE, channels: 3 }),
    );
    const labels = NAMES.filter((_name, label) => has[label]).join("|") || "none";
    return `${path},${labels},${index < train ? "train" : "test"}`;
  });
  const manifest = join(folder, "manifest.csv");
  writeFileSync(manifest, ["path,label,split", ...lines, ""].join("\n"));
  return manifest;
}

/** One picture, uint8 16×16×3, the same for the same arguments. */
export function drawShapes([hasCircle, hasSquare]: readonly [boolean, boolean], index: number): Uint8Array {
  const rng = Rng.fromSeed("shapes").split(index);
  const pixels = Uint8Array.from({ length: SIZE * SIZE * 3 }, () => 96 + rng.int(64));
  const paint = (channel: number, isInside: (x: number, y: number) => boolean) => {
    for (let i = 0; i < SIZE * SIZE; i++) {
      if (isInside(i % SIZE, Math.floor(i / SIZE))) pixels[i * 3 + channel] = 255;
    }
  };
  const [left, top, x0, y0] = [rng.int(10), rng.int(10), 3 + rng.int(10), 3 + rng.int(10)];
  if (hasSquare) paint(0, (x, y) => x >= left && x < left + 6 && y >= top && y < top + 6);
  if (hasCircle) paint(2, (x, y) => (x - x0) ** 2 + (y - y0) ** 2 <= 9);
  return pixels;
}
