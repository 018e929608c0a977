/**
 * How reductions over all but the last axis are cut into workgroups, for batch normalisation and sums: x [rows, channels] is
 * cut into blocks of channels, so that lanes beside each other read numbers beside each other, and into parts of the rows,
 * so that there are workgroups enough for a large GPU. Each part's result is written, and a second program puts the parts of a
 * channel together, always in the same order.
 */
import type { GpuCall } from "../program.js";

export const WORKGROUP_SIZE = 256;
/** Lanes side by side over channels, at most: the others of a workgroup take other rows. */
const MOST_COLUMNS = 64;
/** A lane takes so many rows at least, if there are other lanes for the rest. */
const LEAST_ROWS_PER_LANE = 8;
const MOST_PARTS = 256;
/** Lanes side by side over channels where parts are put together. */
export const GATHER_COLUMNS = 8;

export interface ChannelColumns {
  /** Channels that a lane takes at once. */
  readonly width: 1 | 4;
  /** Of so many channels. */
  readonly groups: number;
  readonly rows: number;
  /** Lanes of a workgroup side by side over groups: a power of 2. */
  readonly columns: number;
  /** Parts of the rows. */
  readonly parts: number;
  /** Rows of a part; the last may have fewer. */
  readonly chunk: number;
}

/** @param mostParts at most 256; there are fewer where there are not rows enough. */
export function channelColumns(rows: number, channels: number, mostParts = MOST_PARTS): ChannelColumns {
  const width = channels % 4 === 0 ? 4 : 1;
  const groups = channels / width;
  const columns = Math.min(2 ** Math.ceil(Math.log2(groups)), MOST_COLUMNS);
  const rowsAtOnce = WORKGROUP_SIZE / columns;
  const wanted = Math.min(Math.ceil(rows / (rowsAtOnce * LEAST_ROWS_PER_LANE)), mostParts, MOST_PARTS);
  const chunk = Math.ceil(rows / wanted);
  return { width, groups, rows, columns, parts: Math.ceil(rows / chunk), chunk };
}

/** Of the program that reduces parts, one workgroup for each block of channels and part. */
export function partWorkgroups({ groups, columns, parts }: ChannelColumns): GpuCall["workgroups"] {
  return [Math.ceil(groups / columns), parts, 1];
}

/** Of the program that puts parts together. */
export function gatherWorkgroups({ groups }: ChannelColumns): GpuCall["workgroups"] {
  return [Math.ceil(groups / GATHER_COLUMNS), 1, 1];
}

/** `T`: as many numbers as a lane takes at once; `Mask`, what comparing them gives. */
export function elementType(width: 1 | 4): string {
  return width === 4 ? "alias T = vec4f;\nalias Mask = vec4<bool>;" : "alias T = f32;\nalias Mask = bool;";
}

/**
 * Places of the lane in a program that reduces parts, whose uniforms have `rows`, `chunk` and `columns`: its group `g`, and its
 * rows from `row` before `end`, `rowLanes` apart.
 */
export const PART_PLACES = `
  let rowLanes = ${WORKGROUP_SIZE}u / u.columns;
  let g = group.x * u.columns + lane % u.columns;
  let first = lane / u.columns;
  let end = min((group.y + 1u) * u.chunk, u.rows);
  var row = group.y * u.chunk + first;`;

/** Places of the lane in a program that puts parts together, whose uniforms have `columns`: its group `g`, and its parts from `first` on, `rowLanes` apart. */
export const GATHER_PLACES = `
  let rowLanes = ${WORKGROUP_SIZE}u / u.columns;
  let g = group.x * u.columns + lane % u.columns;
  let first = lane / u.columns;`;

/**
 * Halves the lanes of each group until the first has all; `merge` takes what `other` has. How many there are is a uniform:
 * compilers unroll what they know the length of, for seconds in some drivers.
 */
export function mergeLanes(merge: string): string {
  return `
  for (var stride = rowLanes / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if (first < stride) {
      let other = lane + stride * u.columns;
      ${merge}
    }
  }`;
}
