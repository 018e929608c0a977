/** Pictures for README examples to work on: `photos/<class>/<number>.jpg`, of different sizes. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

/** Class and the colour that tells it from the others. */
const classes = { daisy: "#e8e4d0", rose: "#b0203a", tulip: "#d9a62e" };
const photosPerClass = 20;

/** @param {string} folder to make `photos` in. */
export async function makePhotos(folder) {
  for (const [name, background] of Object.entries(classes)) {
    mkdirSync(join(folder, "photos", name), { recursive: true });
    for (let number = 1; number <= photosPerClass; number++) {
      const size = { width: 60 + number, height: 80 - number };
      const noise = { type: /** @type {const} */ ("gaussian"), mean: 128, sigma: 30 };
      const grain = await sharp({ create: { ...size, channels: 3, background, noise } })
        .png()
        .toBuffer();
      await sharp({ create: { ...size, channels: 3, background } })
        .composite([{ input: grain, blend: "soft-light" }])
        .jpeg()
        .toFile(join(folder, "photos", name, `${number}.jpg`));
    }
  }
}
