/** The picture as it is seen from another side; torchvision's `RandomPerspective`. */
import type { Transform } from "../transform.js";
import { eachWarpedImage, perspectiveProjection, warp, type Corners, type WarpOptions } from "./warp.js";

export interface RandomPerspectiveOptions extends WarpOptions {
  /** 0…1: how far corners may go, as a part of half the picture. */
  readonly distortionScale: number;
  readonly p: number;
}

/** Corners go inwards, each by itself. @returns a transform that draws where they go, clockwise from the upper left. */
export function randomPerspective(options: RandomPerspectiveOptions): Transform<Corners | null> {
  const { distortionScale, p } = options;
  return eachWarpedImage<Corners>(options, {
    sample(rng, { height, width }) {
      // A line has no other side to be seen from.
      if (!rng.bernoulli(p) || height < 2 || width < 2) return null;
      const inwards = (length: number) => rng.int(Math.floor(distortionScale * Math.floor(length / 2)) + 1);
      const across = () => inwards(width);
      const down = () => inwards(height);
      return [
        [across(), down()],
        [width - 1 - across(), down()],
        [width - 1 - across(), height - 1 - down()],
        [across(), height - 1 - down()],
      ];
    },
    change(image, to) {
      const [right, bottom] = [image.width - 1, image.height - 1];
      const from: Corners = [
        [0, 0],
        [right, 0],
        [right, bottom],
        [0, bottom],
      ];
      const projection = perspectiveProjection(image, { from, to });
      // Corners that fell together leave nothing to be seen.
      if (Object.values(projection).every(Number.isFinite)) warp(image, projection, options);
    },
  });
}
