/** Pictures for `photos.ts` when nobody has given it any: shapes in any colour, place and turn, of different sizes. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import sharp from "sharp";

const SHAPES: Readonly<Record<string, string>> = {
  circle: `<circle cx="50" cy="50" r="34"/>`,
  square: `<rect x="20" y="20" width="60" height="60"/>`,
  triangle: `<path d="M50 14 L88 82 L12 82 Z"/>`,
};

/** Writes `<folder>/{train,test}/<shape>/<number>.jpg`, the same files every time. */
export async function drawShapes(folder: string): Promise<void> {
  const rng = Rng.fromSeed("shapes");
  for (const [split, count] of Object.entries({ train: 80, test: 30 })) {
    for (const [name, shape] of Object.entries(SHAPES)) {
      await mkdir(join(folder, split, name), { recursive: true });
      for (let i = 0; i < count; i++) {
        const svg = drawShape(shape, rng);
        await sharp(Buffer.from(svg))
          .jpeg()
          .toFile(join(folder, split, name, `${i}.jpg`));
      }
    }
  }
}

function drawShape(shape: string, rng: Rng): string {
  const size = 64 + rng.int(64);
  const ground = `hsl(${rng.int(360)} 40% 25%)`;
  const colour = `hsl(${rng.int(360)} 80% 65%)`;
  const place = `translate(${rng.int(20) - 10} ${rng.int(20) - 10}) rotate(${rng.int(30) - 15} 50 50)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${size}" height="${size}">
    <rect width="100" height="100" fill="${ground}"/>
    <g fill="${colour}" transform="${place}">${shape}</g>
  </svg>`;
}
