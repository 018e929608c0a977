/**
 * "Right for a poor reason": pictures that a network judges rightly, by what will not hold elsewhere. Two signs of it that can
 * be measured without anybody's marks in the pictures; each is a reason to look, no proof.
 */

/** `frame`: the evidence lies at the picture's edges. `neighbours`: the network takes the picture for like those of other classes. */
export type PoorReason = "frame" | "neighbours";

/** Of each side's length: so wide is the frame at each edge. It covers 44 % of the picture. */
const FRAME_WIDTH = 1 / 8;
/** More of the evidence in the frame than this is at odds with an object that was photographed. */
const MOST_FRAME_SHARE = 0.75;
/** More neighbours of other classes than this share. */
const MOST_FOREIGN_SHARE = 0.5;

export type Evidence = {
  /** Of the map of the class that the picture is of: `frameShare`; undefined where there is no map. */
  frameShare?: number | undefined;
  /** Share of the nearest training pictures, by features, that are of other classes; undefined where there are none. */
  foreignShare?: number | undefined;
};

/**
 * Which share of what speaks for the class lies within an eighth of the picture's sides from its edges.
 *
 * @param map float32 [height, width]; what speaks against the class, below 0, is left out.
 * @returns 0 to 1; 0 of a map without evidence.
 */
export function frameShare(map: Float32Array, height: number, width: number): number {
  const [rows, columns] = [frameWidth(height), frameWidth(width)];
  let [frame, all] = [0, 0];
  for (const [place, value] of map.entries()) {
    const [x, y] = [place % width, Math.floor(place / width)];
    const evidence = Math.max(0, value);
    all += evidence;
    if (x < columns || x >= width - columns || y < rows || y >= height - rows) frame += evidence;
  }
  return all === 0 ? 0 : frame / all;
}

/** Why a picture that is judged rightly may be so for a poor reason; mostly: for none. */
export function poorReasons({ frameShare: frame = 0, foreignShare = 0 }: Evidence): PoorReason[] {
  return [
    ...(frame > MOST_FRAME_SHARE ? (["frame"] as const) : []),
    ...(foreignShare > MOST_FOREIGN_SHARE ? (["neighbours"] as const) : []),
  ];
}

function frameWidth(side: number): number {
  return Math.max(1, Math.round(side * FRAME_WIDTH));
}
