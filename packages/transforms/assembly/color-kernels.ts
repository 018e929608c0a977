/**
 * What changes the colours and tones of bytes, sixteen of them at once; see pixel-kernels.ts, whose conventions hold
 * here too. Each does to a picture what the function named in its comment does in JavaScript, to the same bits.
 */

/** `invert`, `posterize` and `solarize`: of bytes from `least` up the bits of `flip` are turned over, and `keep` are kept. */
export function flipAndKeep(at: usize, count: usize, least: i32, flip: i32, keep: i32): void {
  const threshold = i8x16.splat(<i8>least);
  const flips = i8x16.splat(<i8>flip);
  const keeps = i8x16.splat(<i8>keep);
  for (const end = at + count; at < end; at += 16) {
    const bytes = v128.load(at);
    const isFlipped = i8x16.ge_u(bytes, threshold);
    v128.store(at, v128.and(v128.xor(bytes, v128.and(isFlipped, flips)), keeps));
  }
}

/** Byte i is looked up in table i modulo 3 of `tables`, uint8 [3, 256]. */
export function mapBytes(at: usize, count: usize, tables: usize): void {
  for (const end = at + count; at < end; at += 6) {
    store<u8>(at, load<u8>(tables + <usize>load<u8>(at)));
    store<u8>(at, load<u8>(tables + <usize>load<u8>(at, 1), 256), 1);
    store<u8>(at, load<u8>(tables + <usize>load<u8>(at, 2), 512), 2);
    store<u8>(at, load<u8>(tables + <usize>load<u8>(at, 3)), 3);
    store<u8>(at, load<u8>(tables + <usize>load<u8>(at, 4), 256), 4);
    store<u8>(at, load<u8>(tables + <usize>load<u8>(at, 5), 512), 5);
  }
}

/** Byte i is counted in table i modulo 6 of `tables`, uint32 [6, 256]: counting the same twice in a row would wait for itself. */
export function countBytes(at: usize, count: usize, tables: usize): void {
  memory.fill(tables, 0, 6 * 1024);
  const end = at + count;
  for (; at + 6 <= end; at += 6) {
    increment(tables, load<u8>(at));
    increment(tables + 1024, load<u8>(at, 1));
    increment(tables + 2048, load<u8>(at, 2));
    increment(tables + 3072, load<u8>(at, 3));
    increment(tables + 4096, load<u8>(at, 4));
    increment(tables + 5120, load<u8>(at, 5));
  }
  for (; at < end; at++, tables += 1024) increment(tables, load<u8>(at));
}

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function increment(table: usize, value: u8): void {
  const at = table + ((<usize>value) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * The least and the most of bytes i modulo 48 go to `extremes`, uint8 [2, 48].
 * @param count 48 or more, a multiple of the channels.
 */
export function findExtremes(at: usize, count: usize, extremes: usize): void {
  const last = at + count - 48;
  let leastA = v128.load(at);
  let leastB = v128.load(at, 16);
  let leastC = v128.load(at, 32);
  let mostA = leastA;
  let mostB = leastB;
  let mostC = leastC;
  while (at < last) {
    // The last block overlaps the one before it by whole pixels.
    at = min(at + 48, last);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    leastA = i8x16.min_u(leastA, a);
    leastB = i8x16.min_u(leastB, b);
    leastC = i8x16.min_u(leastC, c);
    mostA = i8x16.max_u(mostA, a);
    mostB = i8x16.max_u(mostB, b);
    mostC = i8x16.max_u(mostC, c);
  }
  v128.store(extremes, leastA);
  v128.store(extremes, leastB, 16);
  v128.store(extremes, leastC, 32);
  v128.store(extremes, mostA, 48);
  v128.store(extremes, mostB, 64);
  v128.store(extremes, mostC, 80);
}

// Sixteen pixels of colour, 48 bytes a, b, c, channel by channel.

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function redOf(a: v128, b: v128, c: v128): v128 {
  const ab = i8x16.shuffle(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
  return i8x16.shuffle(ab, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
}

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function greenOf(a: v128, b: v128, c: v128): v128 {
  const ab = i8x16.shuffle(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
  return i8x16.shuffle(ab, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
}

// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function blueOf(a: v128, b: v128, c: v128): v128 {
  const ab = i8x16.shuffle(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
  return i8x16.shuffle(ab, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
}

/** Back to 48 bytes of sixteen pixels. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function storePixels(at: usize, red: v128, green: v128, blue: v128): void {
  const a = i8x16.shuffle(red, green, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  const b = i8x16.shuffle(red, green, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
  const c = i8x16.shuffle(red, green, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
  v128.store(at, i8x16.shuffle(a, blue, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  v128.store(at, i8x16.shuffle(b, blue, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16);
  v128.store(at, i8x16.shuffle(c, blue, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32);
}

/** Bytes 4 · quarter … 4 · quarter + 3 as float32. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function floatsOf(bytes: v128, quarter: i32): v128 {
  const words = quarter < 2 ? i16x8.extend_low_i8x16_u(bytes) : i16x8.extend_high_i8x16_u(bytes);
  return f32x4.convert_i32x4_s(
    (quarter & 1) === 0 ? i32x4.extend_low_i16x8_u(words) : i32x4.extend_high_i16x8_u(words),
  );
}

/** `greyAt` of four pixels, with its fraction, as float32. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function greyOf(red: v128, green: v128, blue: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(red, f32x4.splat(<f32>0.2989)), f32x4.mul(green, f32x4.splat(<f32>0.587))),
    f32x4.mul(blue, f32x4.splat(<f32>0.114)),
  );
}

/** Sixteen float32 as bytes: fractions are cut off, what is below black or above white becomes that. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function bytesOf(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b)),
    i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(c), i32x4.trunc_sat_f32x4_s(d)),
  );
}

/** `makeGrey`. @param pixels of colour. */
export function makeGrey3(at: usize, pixels: usize): void {
  for (const end = at + 3 * pixels; at < end; at += 48) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const red = redOf(a, b, c);
    const green = greenOf(a, b, c);
    const blue = blueOf(a, b, c);
    const grey = bytesOf(
      greyOf(floatsOf(red, 0), floatsOf(green, 0), floatsOf(blue, 0)),
      greyOf(floatsOf(red, 1), floatsOf(green, 1), floatsOf(blue, 1)),
      greyOf(floatsOf(red, 2), floatsOf(green, 2), floatsOf(blue, 2)),
      greyOf(floatsOf(red, 3), floatsOf(green, 3), floatsOf(blue, 3)),
    );
    storePixels(at, grey, grey, grey);
  }
}

/** The sum of `greyAt`, whole. Writes black behind the picture. @param pixels of colour. */
export function sumGrey3(at: usize, pixels: usize): f64 {
  const end = at + 3 * pixels;
  memory.fill(end, 0, 48);
  let total: f64 = 0;
  while (at < end) {
    // So many that their sum has room in int32.
    const pause = min(end, at + 48 * 65536);
    let sum = f32x4.splat(0);
    for (; at < pause; at += 48) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const red = redOf(a, b, c);
      const green = greenOf(a, b, c);
      const blue = blueOf(a, b, c);
      const grey = f32x4.add(
        f32x4.add(
          f32x4.floor(greyOf(floatsOf(red, 0), floatsOf(green, 0), floatsOf(blue, 0))),
          f32x4.floor(greyOf(floatsOf(red, 1), floatsOf(green, 1), floatsOf(blue, 1))),
        ),
        f32x4.add(
          f32x4.floor(greyOf(floatsOf(red, 2), floatsOf(green, 2), floatsOf(blue, 2))),
          f32x4.floor(greyOf(floatsOf(red, 3), floatsOf(green, 3), floatsOf(blue, 3))),
        ),
      );
      sum = i32x4.add(sum, i32x4.trunc_sat_f32x4_s(grey));
    }
    total +=
      <f64>i32x4.extract_lane(sum, 0) +
      <f64>i32x4.extract_lane(sum, 1) +
      <f64>i32x4.extract_lane(sum, 2) +
      <f64>i32x4.extract_lane(sum, 3);
  }
  return total;
}

/** `adjustSaturation`. @param pixels of colour. */
export function saturate3(at: usize, pixels: usize, factor: f32, rest: f32): void {
  const scale = f32x4.splat(factor);
  const share = f32x4.splat(rest);
  for (const end = at + 3 * pixels; at < end; at += 48) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const red = redOf(a, b, c);
    const green = greenOf(a, b, c);
    const blue = blueOf(a, b, c);
    const red0 = floatsOf(red, 0);
    const red1 = floatsOf(red, 1);
    const red2 = floatsOf(red, 2);
    const red3 = floatsOf(red, 3);
    const green0 = floatsOf(green, 0);
    const green1 = floatsOf(green, 1);
    const green2 = floatsOf(green, 2);
    const green3 = floatsOf(green, 3);
    const blue0 = floatsOf(blue, 0);
    const blue1 = floatsOf(blue, 1);
    const blue2 = floatsOf(blue, 2);
    const blue3 = floatsOf(blue, 3);
    const added0 = f32x4.mul(share, f32x4.floor(greyOf(red0, green0, blue0)));
    const added1 = f32x4.mul(share, f32x4.floor(greyOf(red1, green1, blue1)));
    const added2 = f32x4.mul(share, f32x4.floor(greyOf(red2, green2, blue2)));
    const added3 = f32x4.mul(share, f32x4.floor(greyOf(red3, green3, blue3)));
    storePixels(
      at,
      bytesOf(
        f32x4.add(f32x4.mul(red0, scale), added0),
        f32x4.add(f32x4.mul(red1, scale), added1),
        f32x4.add(f32x4.mul(red2, scale), added2),
        f32x4.add(f32x4.mul(red3, scale), added3),
      ),
      bytesOf(
        f32x4.add(f32x4.mul(green0, scale), added0),
        f32x4.add(f32x4.mul(green1, scale), added1),
        f32x4.add(f32x4.mul(green2, scale), added2),
        f32x4.add(f32x4.mul(green3, scale), added3),
      ),
      bytesOf(
        f32x4.add(f32x4.mul(blue0, scale), added0),
        f32x4.add(f32x4.mul(blue1, scale), added1),
        f32x4.add(f32x4.mul(blue2, scale), added2),
        f32x4.add(f32x4.mul(blue3, scale), added3),
      ),
    );
  }
}

/** `adjustHue`, two pixels at once, in float64. @param sixths of the whole turn, 6 · factor, −3…3. */
export function turnHue3(at: usize, pixels: usize, sixths: f64): void {
  const end = at + 3 * pixels;
  const turn = f64x2.splat(sixths);
  const toUnit = f64x2.splat(1.0 / 255.0);
  const fromUnit = f64x2.splat(255.999);
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  const four = f64x2.splat(4);
  const six = f64x2.splat(6);
  for (; at < end; at += 6) {
    const bytes = v128.load64_zero(at);
    const r = f64x2.mul(
      f64x2.convert_low_i32x4_s(
        i8x16.swizzle(bytes, i8x16(0, -1, -1, -1, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
      ),
      toUnit,
    );
    const g = f64x2.mul(
      f64x2.convert_low_i32x4_s(
        i8x16.swizzle(bytes, i8x16(1, -1, -1, -1, 4, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
      ),
      toUnit,
    );
    const b = f64x2.mul(
      f64x2.convert_low_i32x4_s(
        i8x16.swizzle(bytes, i8x16(2, -1, -1, -1, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
      ),
      toUnit,
    );
    const most = f64x2.pmax(f64x2.pmax(r, g), b);
    const range = f64x2.sub(most, f64x2.pmin(f64x2.pmin(r, g), b));
    const isRed = f64x2.eq(most, r);
    const isGreen = f64x2.eq(most, g);
    const difference = v128.bitselect(
      f64x2.sub(g, b),
      v128.bitselect(f64x2.sub(b, r), f64x2.sub(r, g), isGreen),
      isRed,
    );
    const base = v128.andnot(v128.bitselect(two, four, isGreen), isRed);
    // Grey has no hue: its range of 0 then takes nothing off.
    const divisor = v128.bitselect(one, range, f64x2.eq(range, zero));
    const turned = f64x2.add(f64x2.add(base, f64x2.div(difference, divisor)), turn);
    const below = v128.and(f64x2.lt(turned, zero), six);
    const above = v128.and(f64x2.ge(turned, six), six);
    const hue = f64x2.sub(f64x2.add(turned, below), above);
    const red = channelOf(f64x2.add(f64x2.splat(5), hue), most, range);
    const green = channelOf(f64x2.add(f64x2.splat(3), hue), most, range);
    const blue = channelOf(f64x2.add(one, hue), most, range);
    const reds = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(red, fromUnit));
    const greens = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(green, fromUnit));
    const blues = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(blue, fromUnit));
    const redsAndGreens = i8x16.shuffle(reds, greens, 0, 16, 2, 4, 20, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2);
    const all = i8x16.shuffle(redsAndGreens, blues, 0, 1, 16, 3, 4, 20, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2);
    v128.store32_lane(at, all, 0);
    v128.store16_lane(at, all, 2, 4);
  }
}

/** @param place of 1…12 sixths of a turn. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function channelOf(place: v128, most: v128, range: v128): v128 {
  const six = f64x2.splat(6);
  const k = f64x2.sub(place, v128.and(f64x2.ge(place, six), six));
  const least = f64x2.pmin(f64x2.pmin(k, f64x2.sub(f64x2.splat(4), k)), f64x2.splat(1));
  return f64x2.sub(most, f64x2.mul(range, f64x2.pmax(f64x2.splat(0), least)));
}

/**
 * `adjustSharpness` of a picture of at least 3×3.
 * @param target the picture too: its edge stays as it is.
 */
export function sharpen(
  source: usize,
  target: usize,
  height: usize,
  rowBytes: usize,
  channels: usize,
  rest: f32,
): void {
  const share = f32x4.splat(rest);
  for (let y: usize = 1; y < height - 1; y++) {
    const end = (y + 1) * rowBytes - channels;
    for (let i = y * rowBytes + channels; i < end; i += 16) {
      const at = source + i;
      const above = at - rowBytes;
      const below = at + rowBytes;
      const value = v128.load(at);
      const low = i16x8.extend_low_i8x16_u(value);
      const high = i16x8.extend_high_i8x16_u(value);
      let sumLow = i16x8.mul(low, i16x8.splat(5));
      let sumHigh = i16x8.mul(high, i16x8.splat(5));
      let near = v128.load(above - channels);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      near = v128.load(above);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      near = v128.load(above + channels);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      near = v128.load(at - channels);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      near = v128.load(at + channels);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      near = v128.load(below - channels);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      near = v128.load(below);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      near = v128.load(below + channels);
      sumLow = i16x8.add(sumLow, i16x8.extend_low_i8x16_u(near));
      sumHigh = i16x8.add(sumHigh, i16x8.extend_high_i8x16_u(near));
      v128.store(
        target + i,
        bytesOf(
          sharpened(i32x4.extend_low_i16x8_u(low), i32x4.extend_low_i16x8_u(sumLow), share),
          sharpened(i32x4.extend_high_i16x8_u(low), i32x4.extend_high_i16x8_u(sumLow), share),
          sharpened(i32x4.extend_low_i16x8_u(high), i32x4.extend_low_i16x8_u(sumHigh), share),
          sharpened(i32x4.extend_high_i16x8_u(high), i32x4.extend_high_i16x8_u(sumHigh), share),
        ),
      );
    }
    // The last store reached past the row's end: two pixels of the edge lie there, and the next row.
    memory.copy(target + end, source + end, 2 * channels);
  }
  const last = (height - 1) * rowBytes;
  memory.copy(target + last, source + last, rowBytes);
}

/** @param sum of weight 13; rounded to the nearest it is ⌊(sum + 6) / 13⌋, and 5042 is the inverse of 13 in parts of 2¹⁶. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function sharpened(value: v128, sum: v128, share: v128): v128 {
  const smooth = i32x4.shr_u(i32x4.mul(i32x4.add(sum, i32x4.splat(6)), i32x4.splat(5042)), 16);
  const floats = f32x4.convert_i32x4_s(value);
  return f32x4.add(floats, f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(smooth, value)), share));
}

/**
 * `mixImages`: each byte is the sum of those at its place, each by its weight, rounded to float32 after every one.
 * @param sources uint8 [sourceCount, stride].
 * @param weights float64 [sourceCount].
 */
export function mixBytes(
  target: usize,
  count: usize,
  sources: usize,
  sourceCount: i32,
  stride: usize,
  weights: usize,
): void {
  for (let i: usize = 0; i < count; i += 8) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let from = sources + i;
    for (let s = 0; s < sourceCount; s++, from += stride) {
      const weight = v128.load64_splat(weights + ((<usize>s) << 3));
      const words = v128.load8x8_u(from);
      a = weighed(a, i32x4.extend_low_i16x8_u(words), weight);
      b = weighed(b, i32x4.extend_high_i16x8_u(words), weight);
    }
    const words = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b));
    v128.store64_lane(target + i, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

/** Four float32 sums, and four whole numbers by a weight in float64 added to them. */
// @ts-ignore: decorators of functions are AssemblyScript's
@inline
function weighed(sum: v128, values: v128, weight: v128): v128 {
  const low = f64x2.add(f64x2.promote_low_f32x4(sum), f64x2.mul(weight, f64x2.convert_low_i32x4_s(values)));
  const high = f64x2.add(
    f64x2.promote_low_f32x4(i64x2.shuffle(sum, sum, 1, 1)),
    f64x2.mul(weight, f64x2.convert_low_i32x4_s(i64x2.shuffle(values, values, 1, 1))),
  );
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}
