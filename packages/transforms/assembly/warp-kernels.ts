/**
 * Pictures of bytes drawn anew from other places of themselves, as `drawNearest` and `drawBilinear` of
 * src/geometry/warp.ts do it, to the same bits: places and blends are float64. See pixel-kernels.ts, whose conventions
 * hold here too.
 *
 * Along a row of an affine map both coordinates only rise or only fall, rounding included, so that what is taken from
 * inside the picture lies in one piece, within which nothing needs to be asked pixel by pixel.
 */

/** 1.5 · 2^52: added to a number, it rounds it half to even and leaves it in the lowest bits. */
const NO_FRACTIONS: f64 = 6755399441055744;

/** A slope that moves no place by this much across a row says nothing about where the piece ends. */
const FLAT: f64 = 1e-6;

// What the map of one picture is made of, set by `begin`.
let source: usize;
let height: i32;
let width: i32;
let channels: usize;
let a: f64;
let b: f64;
let c: f64;
let d: f64;
let e: f64;
let f: f64;
let g: f64;
let h: f64;
let halfWidth: f64;
let halfHeight: f64;
// Of the present row.
let y: f64;
let by: f64;
let ey: f64;
let hy: f64;

function begin(sourceAt: usize, heightOf: i32, widthOf: i32, channelsOf: usize, projection: usize): void {
  source = sourceAt;
  height = heightOf;
  width = widthOf;
  channels = channelsOf;
  a = load<f64>(projection);
  b = load<f64>(projection, 8);
  c = load<f64>(projection, 16);
  d = load<f64>(projection, 24);
  e = load<f64>(projection, 32);
  f = load<f64>(projection, 40);
  g = load<f64>(projection, 48);
  h = load<f64>(projection, 56);
  halfWidth = <f64>width / 2;
  halfHeight = <f64>height / 2;
}

function beginRow(row: i32): void {
  y = <f64>row + 0.5 - halfHeight;
  by = b * y;
  ey = e * y;
  hy = h * y;
}

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function middleX(column: i32): f64 {
  return <f64>column + 0.5 - halfWidth;
}

/** Of affine maps, where the divisor is 1. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function placeX(x: f64): f64 {
  return a * x + by + c + halfWidth - 0.5;
}

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function placeY(x: f64): f64 {
  return d * x + ey + f + halfHeight - 0.5;
}

/** Whether the nearest pixel, or all four around, are the picture's. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function isWithin(atX: f64, atY: f64, isNearest: bool): bool {
  if (isNearest) {
    const nearX = atX + NO_FRACTIONS - NO_FRACTIONS;
    const nearY = atY + NO_FRACTIONS - NO_FRACTIONS;
    return nearX >= 0 && nearX < <f64>width && nearY >= 0 && nearY < <f64>height;
  }
  return atX >= 0 && atX < <f64>(width - 1) && atY >= 0 && atY < <f64>(height - 1);
}

// The piece of a row, columns pieceStart … pieceEnd − 1.
let pieceStart: i32;
let pieceEnd: i32;

/** Narrows the piece to where a place `at` + slope · column is about within `least` … `most`, and a column on either side. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function narrow(at: f64, slope: f64, least: f64, most: f64): void {
  if (Math.abs(slope) * <f64>width < FLAT) return;
  const one = (least - at) / slope;
  const other = (most - at) / slope;
  const from = Math.floor(Math.min(one, other)) - 1;
  const to = Math.ceil(Math.max(one, other)) + 2;
  if (from > <f64>pieceStart) pieceStart = <i32>Math.min(from, <f64>width);
  if (to < <f64>pieceEnd) pieceEnd = <i32>Math.max(to, 0);
}

function findPiece(isNearest: bool): void {
  pieceStart = 0;
  pieceEnd = width;
  const x = middleX(0);
  const margin = isNearest ? 0.5 : 0.0;
  narrow(placeX(x), a, -margin, <f64>(width - 1) + margin);
  narrow(placeY(x), d, -margin, <f64>(height - 1) + margin);
  while (pieceStart < pieceEnd) {
    const first = middleX(pieceStart);
    if (isWithin(placeX(first), placeY(first), isNearest)) break;
    pieceStart++;
  }
  while (pieceEnd > pieceStart) {
    const last = middleX(pieceEnd - 1);
    if (isWithin(placeX(last), placeY(last), isNearest)) break;
    pieceEnd--;
  }
  if (pieceEnd <= pieceStart) pieceStart = pieceEnd = 0;
}

/** Four bytes at a time: whatever is written too much, the next pixel overwrites. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function putColour(to: usize, colour: u32): void {
  store<u32>(to, colour);
}

/** @param colour its channels in the lowest bytes. @returns where it ends. */
function fillColumns(to: usize, columns: i32, colour: u32): usize {
  if (channels === 1) {
    memory.fill(to, <u8>colour, <usize>columns);
    return to + <usize>columns;
  }
  for (const end = to + 3 * <usize>columns; to < end; to += 3) putColour(to, colour);
  return to;
}

/** @param beyond the colour of what is not the picture's. */
export function warpNearest(
  sourceAt: usize,
  target: usize,
  heightOf: i32,
  widthOf: i32,
  channelsOf: usize,
  projection: usize,
  beyond: u32,
): void {
  begin(sourceAt, heightOf, widthOf, channelsOf, projection);
  if (g === 0 && h === 0) nearestAffine(target, beyond);
  else nearestProjective(target, beyond);
}

function nearestAffine(target: usize, beyond: u32): void {
  const rowBytes = <usize>width * channels;
  const slope = f64x2.replace_lane(f64x2.splat(a), 1, d);
  const shift = f64x2.replace_lane(f64x2.splat(c), 1, f);
  const middle = f64x2.replace_lane(f64x2.splat(halfWidth), 1, halfHeight);
  const half = f64x2.splat(0.5);
  const rounding = f64x2.splat(NO_FRACTIONS);
  const one = f64x2.splat(1);
  let to = target;
  for (let row = 0; row < height; row++) {
    beginRow(row);
    findPiece(true);
    const down = f64x2.replace_lane(f64x2.splat(by), 1, ey);
    to = fillColumns(to, pieceStart, beyond);
    let x = f64x2.splat(middleX(pieceStart));
    if (channels === 3) {
      for (const end = to + 3 * <usize>(pieceEnd - pieceStart); to < end; to += 3) {
        const at = f64x2.add(f64x2.add(f64x2.mul(slope, x), down), shift);
        const near = f64x2.add(f64x2.sub(f64x2.add(at, middle), half), rounding);
        const column = <usize>i32x4.extract_lane(near, 0);
        const line = <usize>i32x4.extract_lane(near, 2);
        putColour(to, load<u32>(source + line * rowBytes + column * 3));
        x = f64x2.add(x, one);
      }
    } else {
      for (const end = to + <usize>(pieceEnd - pieceStart); to < end; to++) {
        const at = f64x2.add(f64x2.add(f64x2.mul(slope, x), down), shift);
        const near = f64x2.add(f64x2.sub(f64x2.add(at, middle), half), rounding);
        const column = <usize>i32x4.extract_lane(near, 0);
        const line = <usize>i32x4.extract_lane(near, 2);
        store<u8>(to, load<u8>(source + line * rowBytes + column));
        x = f64x2.add(x, one);
      }
    }
    to = fillColumns(to, width - pieceEnd, beyond);
  }
}

function nearestProjective(target: usize, beyond: u32): void {
  const rowBytes = <usize>width * channels;
  const slope = f64x2.replace_lane(f64x2.splat(a), 1, d);
  const shift = f64x2.replace_lane(f64x2.splat(c), 1, f);
  const middle = f64x2.replace_lane(f64x2.splat(halfWidth), 1, halfHeight);
  const half = f64x2.splat(0.5);
  const rounding = f64x2.splat(NO_FRACTIONS);
  const one = f64x2.splat(1);
  // What lies far away is brought to where it is still outside, and has room in int32.
  const least = f64x2.splat(-1);
  const most = f64x2.replace_lane(f64x2.splat(<f64>width), 1, <f64>height);
  const divisorSlope = f64x2.splat(g);
  let to = target;
  for (let row = 0; row < height; row++) {
    beginRow(row);
    const down = f64x2.replace_lane(f64x2.splat(by), 1, ey);
    const divisorDown = f64x2.splat(hy);
    let x = f64x2.splat(middleX(0));
    for (const end = to + rowBytes; to < end; to += channels) {
      const w = f64x2.add(f64x2.add(f64x2.mul(divisorSlope, x), divisorDown), one);
      const at = f64x2.div(f64x2.add(f64x2.add(f64x2.mul(slope, x), down), shift), w);
      const place = f64x2.sub(f64x2.add(at, middle), half);
      const near = f64x2.add(f64x2.pmax(least, f64x2.pmin(most, place)), rounding);
      const column = <u32>i32x4.extract_lane(near, 0);
      const line = <u32>i32x4.extract_lane(near, 2);
      let colour = beyond;
      if (column < <u32>width && line < <u32>height && f64x2.extract_lane(w, 0) > 0) {
        const from = source + <usize>line * rowBytes + <usize>column * channels;
        colour = channels === 3 ? load<u32>(from) : <u32>load<u8>(from);
      }
      put(to, colour);
      x = f64x2.add(x, one);
    }
  }
}

/**
 * @param background float64 [channels]: what lies beyond the picture's edge, and blends with it.
 * @param nothing the colour of what is seen from behind.
 */
export function warpBilinear(
  sourceAt: usize,
  target: usize,
  heightOf: i32,
  widthOf: i32,
  channelsOf: usize,
  projection: usize,
  background: usize,
  nothing: u32,
): void {
  begin(sourceAt, heightOf, widthOf, channelsOf, projection);
  let beyond: u32 = 0;
  for (let channel: usize = 0; channel < channels; channel++) {
    beyond |= (<u32>(load<f64>(background + (channel << 3)) + 0.5)) << ((<u32>channel) << 3);
  }
  const isAffine = g === 0 && h === 0;
  let to = target;
  for (let row = 0; row < height; row++) {
    beginRow(row);
    if (!isAffine && channels === 3) {
      projectedRow3(to, background, beyond, nothing);
      to += <usize>width * 3;
      continue;
    }
    if (isAffine) findPiece(false);
    else pieceStart = pieceEnd = 0;
    for (let column = 0; column < width; column++) {
      if (column === pieceStart && pieceStart < pieceEnd) {
        const columns = pieceEnd - pieceStart;
        if (channels === 3) bilinearPiece3(to, pieceStart, columns);
        else bilinearPiece1(to, pieceStart, columns);
        to += <usize>columns * channels;
        column = pieceEnd - 1;
        continue;
      }
      bilinearPixel(to, column, background, beyond, nothing);
      to += channels;
    }
  }
}

/** One pixel, wherever it comes from. */
function bilinearPixel(to: usize, column: i32, background: usize, beyond: u32, nothing: u32): void {
  const x = middleX(column);
  const w = g * x + hy + 1;
  if (!(w > 0)) {
    put(to, nothing);
    return;
  }
  const atX = (a * x + by + c) / w + halfWidth - 0.5;
  const atY = (d * x + ey + f) / w + halfHeight - 0.5;
  if (isWithin(atX, atY, false)) {
    const left = Math.floor(atX);
    const top = Math.floor(atY);
    const rowBytes = <usize>width * channels;
    const from = source + <usize>(<i32>top) * rowBytes + <usize>(<i32>left) * channels;
    if (channels === 3) blendExactly3(to, from, rowBytes, atX - left, atY - top);
    else blend1(to, from, rowBytes, atX - left, atY - top);
  } else if (atX > -1 && atX < <f64>width && atY > -1 && atY < <f64>height) {
    blendEdge(to, atX, atY, background);
  } else put(to, beyond);
}

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function put(to: usize, colour: u32): void {
  if (channels === 3) putColour(to, colour);
  else store<u8>(to, <u8>colour);
}

function bilinearPiece3(to: usize, column: i32, columns: i32): void {
  const rowBytes = <usize>width * 3;
  const slope = f64x2.replace_lane(f64x2.splat(a), 1, d);
  const shift = f64x2.replace_lane(f64x2.splat(c), 1, f);
  const middle = f64x2.replace_lane(f64x2.splat(halfWidth), 1, halfHeight);
  const half = f64x2.splat(0.5);
  const rounding = f64x2.splat(NO_FRACTIONS);
  const one = f64x2.splat(1);
  const down = f64x2.replace_lane(f64x2.splat(by), 1, ey);
  let x = f64x2.splat(middleX(column));
  for (const end = to + 3 * <usize>columns; to < end; to += 3) {
    const at = f64x2.sub(f64x2.add(f64x2.add(f64x2.add(f64x2.mul(slope, x), down), shift), middle), half);
    const corner = f64x2.floor(at);
    const part = f64x2.sub(at, corner);
    const place = f64x2.add(corner, rounding);
    const from =
      source + <usize>i32x4.extract_lane(place, 2) * rowBytes + <usize>i32x4.extract_lane(place, 0) * 3;
    blend3(to, from, rowBytes, part);
    x = f64x2.add(x, one);
  }
}

/** Of a projection that is not affine. */
function projectedRow3(to: usize, background: usize, beyond: u32, nothing: u32): void {
  const rowBytes = <usize>width * 3;
  const slope = f64x2.replace_lane(f64x2.splat(a), 1, d);
  const shift = f64x2.replace_lane(f64x2.splat(c), 1, f);
  const middle = f64x2.replace_lane(f64x2.splat(halfWidth), 1, halfHeight);
  const half = f64x2.splat(0.5);
  const rounding = f64x2.splat(NO_FRACTIONS);
  const one = f64x2.splat(1);
  const least = f64x2.splat(-1);
  const most = f64x2.replace_lane(f64x2.splat(<f64>width), 1, <f64>height);
  const divisorSlope = f64x2.splat(g);
  const divisorDown = f64x2.splat(hy);
  const down = f64x2.replace_lane(f64x2.splat(by), 1, ey);
  let x = f64x2.splat(middleX(0));
  for (let column = 0; column < width; column++, to += 3) {
    const w = f64x2.add(f64x2.add(f64x2.mul(divisorSlope, x), divisorDown), one);
    const at = f64x2.sub(
      f64x2.add(f64x2.div(f64x2.add(f64x2.add(f64x2.mul(slope, x), down), shift), w), middle),
      half,
    );
    const corner = f64x2.floor(f64x2.pmax(least, f64x2.pmin(most, at)));
    const place = f64x2.add(corner, rounding);
    const left = <u32>i32x4.extract_lane(place, 0);
    const top = <u32>i32x4.extract_lane(place, 2);
    if (left < <u32>(width - 1) && top < <u32>(height - 1) && f64x2.extract_lane(w, 0) > 0) {
      const from = source + <usize>top * rowBytes + <usize>left * 3;
      blend3(to, from, rowBytes, f64x2.sub(at, corner));
    } else bilinearPixel(to, column, background, beyond, nothing);
    x = f64x2.add(x, one);
  }
}

/** 2²³: added to a float32 of less, it leaves a whole number in the lowest bits. */
const NO_FRACTIONS_F32: f32 = 8388608;

/**
 * Four pixels of colour, the upper left one at `from`, in float32: a third quicker, and off by less than 0.0002. Where
 * that could round to another byte, all is done once more in float64.
 * @param part float64, how far to the right and down.
 */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function blend3(to: usize, from: usize, rowBytes: usize, part: v128): void {
  const parts = f32x4.demote_f64x2_zero(part);
  const right = i32x4.shuffle(parts, parts, 0, 0, 0, 0);
  const below = i32x4.shuffle(parts, parts, 1, 1, 1, 1);
  const upperWords = v128.load8x8_u(from);
  const lowerWords = v128.load8x8_u(from + rowBytes);
  const first = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(upperWords));
  const third = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(lowerWords));
  const second = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(nextPixel(upperWords)));
  const fourth = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(nextPixel(lowerWords)));
  const upper = f32x4.add(first, f32x4.mul(right, f32x4.sub(second, first)));
  const lower = f32x4.add(third, f32x4.mul(right, f32x4.sub(fourth, third)));
  const sum = f32x4.add(upper, f32x4.mul(below, f32x4.sub(lower, upper)));
  const whole = f32x4.add(sum, f32x4.splat(NO_FRACTIONS_F32));
  const off = f32x4.abs(f32x4.sub(sum, f32x4.sub(whole, f32x4.splat(NO_FRACTIONS_F32))));
  if (v128.any_true(f32x4.gt(off, f32x4.splat(0.499)))) {
    blendExactly3(to, from, rowBytes, f64x2.extract_lane(part, 0), f64x2.extract_lane(part, 1));
    return;
  }
  const order = i8x16(0, 4, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  putColour(to, i32x4.extract_lane(i8x16.swizzle(whole, order), 0));
}

/** Of words of colours, from the second pixel on. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function nextPixel(words: v128): v128 {
  return i8x16.shuffle(words, words, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
}

function blendExactly3(to: usize, from: usize, rowBytes: usize, right: f64, below: f64): void {
  blend(to, from, from + 3, rowBytes, right, below);
  blend(to + 1, from + 1, from + 4, rowBytes, right, below);
  blend(to + 2, from + 2, from + 5, rowBytes, right, below);
}

function bilinearPiece1(to: usize, column: i32, columns: i32): void {
  const rowBytes = <usize>width;
  for (const end = to + <usize>columns; to < end; to++, column++) {
    const x = middleX(column);
    const atX = placeX(x);
    const atY = placeY(x);
    const left = Math.floor(atX);
    const top = Math.floor(atY);
    const from = source + <usize>(<i32>top) * rowBytes + <usize>(<i32>left);
    blend1(to, from, rowBytes, atX - left, atY - top);
  }
}

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function blend1(to: usize, from: usize, rowBytes: usize, right: f64, below: f64): void {
  blend(to, from, from + 1, rowBytes, right, below);
}

/** One value of four pixels. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function blend(to: usize, left: usize, next: usize, rowBytes: usize, right: f64, below: f64): void {
  const first = <f64>load<u8>(left);
  const third = <f64>load<u8>(left + rowBytes);
  const upper = first + right * (<f64>load<u8>(next) - first);
  const lower = third + right * (<f64>load<u8>(next + rowBytes) - third);
  store<u8>(to, <u8>(<i32>(upper + below * (lower - upper) + 0.5)));
}

/** Where picture and background meet. */
function blendEdge(to: usize, atX: f64, atY: f64, background: usize): void {
  const left = <i32>Math.floor(atX);
  const top = <i32>Math.floor(atY);
  const right = atX - Math.floor(atX);
  const below = atY - Math.floor(atY);
  for (let channel: usize = 0; channel < channels; channel++) {
    const other = load<f64>(background + (channel << 3));
    const first = seen(left, top, channel, other);
    const third = seen(left, top + 1, channel, other);
    const upper = first + right * (seen(left + 1, top, channel, other) - first);
    const lower = third + right * (seen(left + 1, top + 1, channel, other) - third);
    store<u8>(to + channel, <u8>(<i32>(upper + below * (lower - upper) + 0.5)));
  }
}

function seen(column: i32, row: i32, channel: usize, other: f64): f64 {
  if (column < 0 || column >= width || row < 0 || row >= height) return other;
  return <f64>load<u8>(source + (<usize>row * <usize>width + <usize>column) * channels + channel);
}
