/** Photographs for `photos.ts` when nobody has given it any: those of five kinds out of CIFAR-10, as PNG files. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openDataset } from "@convkit/data";
import sharp from "sharp";

const KINDS = ["airplane", "automobile", "frog", "horse", "ship"];
const PER_KIND = 600;

/** Writes `<folder>/<kind>/<number>.png`, the same files every time. @param home where CIFAR-10 is kept. */
export async function writePhotos(folder: string, home: string): Promise<void> {
  const { splits, classNames } = await openDataset({ source: "cifar10" }, { home });
  for (const kind of KINDS) {
    const label = classNames.indexOf(kind);
    const positions = [...splits.train.labels.keys()].filter((i) => splits.train.labels[i] === label);
    const { images, shape } = await splits.train.readImages(positions.slice(0, PER_KIND));
    const { count, height, width } = shape;
    await mkdir(join(folder, kind), { recursive: true });
    for (let i = 0; i < count; i++) {
      const pixels = images.subarray(i * height * width * 3, (i + 1) * height * width * 3);
      const photo = sharp(pixels, { raw: { height, width, channels: 3 } });
      await photo.png().toFile(join(folder, kind, `${i}.png`));
    }
  }
}
