/**
 * How the operands of a product of matrices come out of tensors, as WGSL: each gives vec4s along the index that runs fastest in
 * memory, zeros beyond the edges, and keeps its position from slice to slice instead of dividing for each element.
 */

/** A thread's part in loading an operand: `units` vec4s per slice of `k`. */
export interface Lanes {
  readonly units: number;
  /** WGSL: where its vec4s begin along the fastest index, within the tile. */
  readonly lane: string;
  /** WGSL: where vec4 number `unit` lies along the other index, within the tile. */
  readonly row: (unit: number) => string;
  /** The slice's depth. */
  readonly depth: number;
}

export interface Operand {
  readonly name: string;
  /** Whether `k`, over which is summed, runs fastest in memory, or the row of A (column of B). */
  readonly isAlongK: boolean;
  /** Whether the tensor can be read as vec4s. */
  readonly isVec4: boolean;
  /** Before the first slice. */
  readonly setUp: (lanes: Lanes) => string;
  /** Assigns to `value`, a vec4f of zeros, what the slice from `kNow` holds for this unit. */
  readonly load: (lanes: Lanes, unit: number) => string;
  /** After each slice. */
  readonly advance: (lanes: Lanes) => string;
}

type Side = "a" | "b";

const COMPONENTS = ["x", "y", "z", "w"] as const;
const UNITS = (lanes: Lanes) => Array.from({ length: lanes.units }, (_, unit) => unit);
/** The origin of the tile and the matrix's size along the side's own index. */
const ORIGIN = { a: "m0", b: "n0" } as const;
const SIZE = { a: "M", b: "N" } as const;

/** A matrix as it stands: [M, K] (A) or [N, K] (B), row by row. */
export function alongK(side: Side, isVec4: boolean): Operand {
  return {
    name: `${side}K${isVec4 ? 4 : 1}`,
    isAlongK: true,
    isVec4,
    setUp: (lanes) =>
      UNITS(lanes)
        .map((unit) => `let ${side}Outer${unit} = ${ORIGIN[side]} + ${lanes.row(unit)};`)
        .join("\n"),
    load: ({ lane }, unit) => {
      const outer = `${side}Outer${unit}`;
      if (isVec4) {
        return `let at = kNow + ${lane}; if (${outer} < ${SIZE[side]} && at < kEnd) { value = ${side}[(${outer} * K + at) >> 2u]; }`;
      }
      return `if (${outer} < ${SIZE[side]}) { let at = kNow + ${lane};
        ${COMPONENTS.map((each, i) => `if (at + ${i} < kEnd) { value.${each} = ${side}[${outer} * K + at + ${i}]; }`).join("\n")} }`;
    },
    advance: () => "",
  };
}

/** A matrix across: [K, M] (A) or [K, N] (B), row by row. */
export function acrossK(side: Side, isVec4: boolean): Operand {
  const outer = `${side}Outer`;
  const size = SIZE[side];
  return {
    name: `${side}X${isVec4 ? 4 : 1}`,
    isAlongK: false,
    isVec4,
    setUp: ({ lane }) => `let ${outer} = ${ORIGIN[side]} + ${lane};`,
    load: ({ row }, unit) => {
      const at = `let at = kNow + ${row(unit)};`;
      if (isVec4) {
        return `${at} if (at < kEnd && ${outer} < ${size}) { value = ${side}[(at * ${size} + ${outer}) >> 2u]; }`;
      }
      return `${at} if (at < kEnd) {
        ${COMPONENTS.map((each, i) => `if (${outer} + ${i} < ${size}) { value.${each} = ${side}[at * ${size} + ${outer} + ${i}]; }`).join("\n")} }`;
    },
    advance: () => "",
  };
}

/**
 * A of a convolution, never laid out in memory: row m is a place of a grid [batch, gridH, gridW], column k a tap of the filter
 * and a channel, and the element is the picture's pixel under that tap.
 *
 * WGSL names that it expects, all i32: `gridH`, `gridW`, `scaleY`, `scaleX`, `shiftY`, `shiftX` (the pixel under tap 0 of place
 * y is y · scale + shift), `stepY`, `stepX` (from tap to tap), `tapsY`, `tapsX`, `pictureH`, `pictureW`, `channels`.
 */
export function pixelsUnderTaps(isVec4: boolean): Operand {
  return {
    name: `pixels${isVec4 ? 4 : 1}`,
    isAlongK: true,
    isVec4,
    setUp: (lanes) => `
  let firstTap = (kStart + ${lanes.lane}) / channels;
  var channel = (kStart + ${lanes.lane}) % channels;
  var tapX = firstTap % max(tapsX, 1);
  var tapY = firstTap / max(tapsX, 1);
  ${UNITS(lanes)
    .map(
      (unit) => `
  let place${unit} = m0 + ${lanes.row(unit)};
  let aRow${unit} = place${unit} / (gridH * gridW) * pictureH;
  let aX${unit} = place${unit} % gridW * scaleX + shiftX;
  let aY${unit} = select(OUTSIDE, place${unit} / gridW % gridH * scaleY + shiftY, place${unit} < M);`,
    )
    .join("")}`,
    load: (_, unit) =>
      eachTap(isVec4, (component, channel, tapY, tapX) => {
        const pixel = `((aRow${unit} + y) * pictureW + x) * channels + ${channel}`;
        return `let y = aY${unit} + ${tapY} * stepY; let x = aX${unit} + ${tapX} * stepX;
          if (${tapY} < tapsY && u32(y) < u32(pictureH) && u32(x) < u32(pictureW)) { value${component} = a[${isVec4 ? `(${pixel}) >> 2u` : pixel}]; }`;
      }),
    advance: ({ depth }) => `
    channel += ${depth};
    if (channel >= channels) {
      tapX += channel / channels; channel %= channels;
      if (tapX >= tapsX) { tapY += tapX / tapsX; tapX %= tapsX; }
    }`,
  };
}

/**
 * B of a convolution's gradient with respect to its input: the filter [filterH, filterW, N, channels], whose taps and channels
 * are those of `pixelsUnderTaps`, beside which alone it can stand.
 *
 * WGSL names that it expects, all i32: `filterW`, `phaseY`, `phaseX`, `strideY`, `strideX`; the tap number t of a phase is the
 * filter's phase + t · stride.
 */
export function filterAcross(isVec4: boolean): Operand {
  return {
    name: `filter${isVec4 ? 4 : 1}`,
    isAlongK: true,
    isVec4,
    setUp: (lanes) =>
      UNITS(lanes)
        .map((unit) => `let bOuter${unit} = n0 + ${lanes.row(unit)};`)
        .join("\n"),
    load: (_, unit) =>
      eachTap(isVec4, (component, channel, tapY, tapX) => {
        const tap = `((phaseY + ${tapY} * strideY) * filterW + phaseX + ${tapX} * strideX)`;
        const at = `(${tap} * N + bOuter${unit}) * channels + ${channel}`;
        return `if (${tapY} < tapsY && bOuter${unit} < N) { value${component} = b[${isVec4 ? `(${at}) >> 2u` : at}]; }`;
      }),
    advance: () => "",
  };
}

/**
 * A of a convolution's gradient with respect to its filter, across: row m is a tap and a channel, column k a place of the
 * output [batch, gridH, gridW]. Names as for `pixelsUnderTaps`, and `batch`.
 */
export function pixelsUnderPlaces(isVec4: boolean): Operand {
  const elements = isVec4 ? [0] : [0, 1, 2, 3];
  return {
    name: `places${isVec4 ? 4 : 1}`,
    isAlongK: false,
    isVec4,
    setUp: (lanes) => `
  ${elements
    .map(
      (i) => `
  let aOuter${i} = m0 + ${lanes.lane} + ${i};
  let aChannel${i} = aOuter${i} % channels;
  let aX${i} = aOuter${i} / channels % tapsX * stepX + shiftX;
  let aY${i} = select(OUTSIDE, aOuter${i} / channels / tapsX * stepY + shiftY, aOuter${i} < M);`,
    )
    .join("")}
  ${UNITS(lanes)
    .map(
      (unit) => `
  let place${unit} = kStart + ${lanes.row(unit)};
  var placeX${unit} = place${unit} % gridW;
  var placeY${unit} = place${unit} / gridW % gridH;
  var picture${unit} = place${unit} / (gridH * gridW);`,
    )
    .join("")}`,
    load: (_, unit) => `if (picture${unit} < batch) {
      ${elements
        .map((i) => {
          const pixel = `((picture${unit} * pictureH + y) * pictureW + x) * channels + aChannel${i}`;
          return `{ let y = placeY${unit} * scaleY + aY${i}; let x = placeX${unit} * scaleX + aX${i};
        if (u32(y) < u32(pictureH) && u32(x) < u32(pictureW)) { value${isVec4 ? "" : `.${COMPONENTS[i]}`} = a[${isVec4 ? `(${pixel}) >> 2u` : pixel}]; } }`;
        })
        .join("\n")} }`,
    advance: (lanes) =>
      UNITS(lanes)
        .map(
          (unit) => `
    placeX${unit} += ${lanes.depth};
    if (placeX${unit} >= gridW) {
      placeY${unit} += placeX${unit} / gridW; placeX${unit} %= gridW;
      if (placeY${unit} >= gridH) { picture${unit} += placeY${unit} / gridH; placeY${unit} %= gridH; }
    }`,
        )
        .join(""),
  };
}

/** One load at the thread's tap and channel, or four from there on where a vec4 may reach over a tap's end. */
function eachTap(
  isVec4: boolean,
  load: (component: string, channel: string, tapY: string, tapX: string) => string,
): string {
  if (isVec4) return load("", "channel", "tapY", "tapX");
  return `var ch = channel; var ty = tapY; var tx = tapX;
    ${COMPONENTS.map(
      (each) => `{ ${load(`.${each}`, "ch", "ty", "tx")} }
    ch++; if (ch == channels) { ch = 0; tx++; if (tx == tapsX) { tx = 0; ty++; } }`,
    ).join("\n")}`;
}
