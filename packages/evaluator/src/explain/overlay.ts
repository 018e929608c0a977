/** A map laid over its picture, for the eye. Pixels only: whoever writes a file encodes them. */

/** uint8 [height, width, channels], row by row; 1 channel: grey, 3: RGB. */
export type OverlayPicture = { data: Uint8Array; height: number; width: number; channels: number };

export type ColorMap = "viridis" | "inferno";

export type OverlayOptions = {
  /** How much of the colour there is: 0 to 1. Default: 0.5. */
  alpha?: number | undefined;
  /** Default: `inferno`. */
  colormap?: ColorMap | undefined;
};

/**
 * Nine colours at equal distances of matplotlib's tables, whose lightness rises evenly (van der Walt and Smith 2015,
 * https://bids.github.io/colormap/); between them, straight lines, which stay within 19 of 255 of the tables.
 */
const COLORS: Readonly<Record<ColorMap, readonly number[]>> = {
  viridis: [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21908c, 0x27ad81, 0x5dc863, 0xaadc32, 0xfde725],
  inferno: [0x000004, 0x210c4a, 0x56106e, 0x89226a, 0xbb3754, 0xe35932, 0xf98c0a, 0xf9c932, 0xfcffa4],
};

/** A few pixels of integrated gradients are far above all others: beyond this share of the map the colour is the last one. */
const BRIGHTEST = 0.99;

/**
 * What speaks for the class, from nothing (or against it) to the map's largest values, in colours over the picture.
 *
 * @param map float32 [height, width], of the picture's size: `resizeMaps` brings one to it.
 * @returns RGB of the same size.
 * @throws {RangeError} if the sizes differ, or the picture is neither grey nor RGB.
 */
export function overlay(
  picture: OverlayPicture,
  map: Float32Array,
  { alpha = 0.5, colormap = "inferno" }: OverlayOptions = {},
): OverlayPicture {
  const { data, height, width, channels } = picture;
  const pixels = height * width;
  if (map.length !== pixels || ![1, 3].includes(channels)) {
    throw new RangeError(
      `Expected a grey or RGB picture and a map of its size. Received: ${height}×${width}×${channels}, ` +
        `and a map of ${map.length} values. Bring the map there by resizeMaps.`,
    );
  }
  const brightest = map.toSorted()[Math.floor(BRIGHTEST * (pixels - 1))]!;
  const largest = brightest > 0 ? brightest : map.reduce((a, b) => Math.max(a, b), 0);
  const blended = new Uint8Array(pixels * 3);
  for (let place = 0; place < pixels; place++) {
    const share = largest > 0 ? Math.min(Math.max(map[place]! / largest, 0), 1) : 0;
    for (let channel = 0; channel < 3; channel++) {
      const own = data[channels === 1 ? place : place * 3 + channel]!;
      blended[place * 3 + channel] = Math.round(
        (1 - alpha) * own + alpha * colorAt(colormap, share, channel),
      );
    }
  }
  return { data: blended, height, width, channels: 3 };
}

function colorAt(colormap: ColorMap, share: number, channel: number): number {
  const colors = COLORS[colormap];
  const place = share * (colors.length - 1);
  const low = Math.min(Math.floor(place), colors.length - 2);
  const at = (i: number) => (colors[i]! >> (16 - 8 * channel)) & 0xff;
  return at(low) + (at(low + 1) - at(low)) * (place - low);
}
