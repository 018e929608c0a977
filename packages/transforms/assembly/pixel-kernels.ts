/**
 * The inner loops over pixels, four or sixteen values at once: AssemblyScript (https://www.assemblyscript.org), compiled
 * to WebAssembly with SIMD by build.js beside it. Every function does, in float32 and in the same order, what its
 * namesake in src/kernels/plain-kernels.ts does, so both give the same bits; that file says what it is.
 *
 * All arguments are addresses in bytes, or counts. Loads and stores may run up to 63 bytes past the end of what they
 * are given, loads also 16 bytes ahead of its beginning: the caller leaves room, and writes rows in ascending order.
 */

/** See `sumRows`. Sixteen columns at once; a row of `target` has `columns` rounded up to a multiple of sixteen. */
export function sumRows(
  source: usize,
  target: usize,
  columns: usize,
  count: i32,
  starts: usize,
  ends: usize,
  weights: usize,
): void {
  const stride = ((columns + 15) & ~15) << 2;
  for (let t = 0; t < count; t++) {
    const start = load<i32>(starts + ((<usize>t) << 2));
    const taps = load<i32>(ends + ((<usize>t) << 2)) - start;
    const first = source + <usize>start * columns;
    for (let column: usize = 0; column < columns; column += 16) {
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      let from = first + column;
      for (let k = 0; k < taps; k++, from += columns) {
        const weight = v128.load_splat<f32>(weights + ((<usize>k) << 2));
        const bytes = v128.load(from);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = f32x4.add(a, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low))));
        b = f32x4.add(b, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low))));
        c = f32x4.add(c, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high))));
        d = f32x4.add(d, f32x4.mul(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high))));
      }
      const to = target + (column << 2);
      v128.store(to, a);
      v128.store(to, b, 16);
      v128.store(to, c, 32);
      v128.store(to, d, 48);
    }
    weights += (<usize>taps) << 2;
    target += stride;
  }
}

/**
 * See `sumColumns`, of colour pictures; four rows at a time share their weights, and none waits for its own last sum.
 * `stride` is that of a row of `source`, in bytes.
 */
export function sumColumns3(
  source: usize,
  stride: usize,
  target: usize,
  rows: i32,
  count: i32,
  starts: usize,
  ends: usize,
  weights: usize,
): void {
  const targetStride = <usize>count * 3;
  let row = 0;
  for (; row + 4 <= rows; row += 4, source += stride << 2, target += targetStride << 2) {
    let weight = weights;
    let to = target;
    const last = count - 1;
    for (let t = 0; t < count; t++, to += 3) {
      let from = source + <usize>load<i32>(starts + ((<usize>t) << 2)) * 12;
      const end = source + <usize>load<i32>(ends + ((<usize>t) << 2)) * 12;
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      for (; from < end; from += 12, weight += 4) {
        const share = v128.load_splat<f32>(weight);
        const second = from + stride;
        const third = second + stride;
        a = f32x4.add(a, f32x4.mul(share, v128.load(from)));
        b = f32x4.add(b, f32x4.mul(share, v128.load(second)));
        c = f32x4.add(c, f32x4.mul(share, v128.load(third)));
        d = f32x4.add(d, f32x4.mul(share, v128.load(third + stride)));
      }
      // Four bytes: the next pixel overwrites the last of them. Behind a row's end lies one that is done already.
      if (t < last) {
        store<u32>(to, colourOf(a));
        store<u32>(to + targetStride, colourOf(b));
        store<u32>(to + targetStride * 2, colourOf(c));
      } else {
        storeColour(to, colourOf(a));
        storeColour(to + targetStride, colourOf(b));
        storeColour(to + targetStride * 2, colourOf(c));
      }
      store<u32>(to + targetStride * 3, colourOf(d));
    }
  }
  for (; row < rows; row++, source += stride) {
    let weight = weights;
    for (let t = 0; t < count; t++, target += 3) {
      let from = source + <usize>load<i32>(starts + ((<usize>t) << 2)) * 12;
      const end = source + <usize>load<i32>(ends + ((<usize>t) << 2)) * 12;
      let sum = f32x4.splat(0);
      for (; from < end; from += 12, weight += 4) {
        sum = f32x4.add(sum, f32x4.mul(v128.load_splat<f32>(weight), v128.load(from)));
      }
      store<u32>(target, colourOf(sum));
    }
  }
}

/** Three float32 from 0 up, rounded to the nearest, as the lowest bytes; 2²³ leaves whole numbers in the lowest bits. */
function colourOf(sum: v128): u32 {
  const whole = f32x4.floor(f32x4.add(sum, f32x4.splat(0.5)));
  const bits = f32x4.add(whole, f32x4.splat(8388608));
  const order = i8x16(0, 4, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  return i32x4.extract_lane(i8x16.swizzle(bits, order), 0);
}

function storeColour(target: usize, colour: u32): void {
  store<u16>(target, <u16>colour);
  store<u8>(target, <u8>(colour >> 16), 2);
}

/** See `sumColumns`, of grey pictures. */
export function sumColumns1(
  source: usize,
  stride: usize,
  target: usize,
  rows: i32,
  count: i32,
  starts: usize,
  ends: usize,
  weights: usize,
): void {
  for (let row = 0; row < rows; row++, source += stride) {
    let weight = weights;
    for (let t = 0; t < count; t++, target++) {
      let from = source + ((<usize>load<i32>(starts + ((<usize>t) << 2))) << 2);
      const end = source + ((<usize>load<i32>(ends + ((<usize>t) << 2))) << 2);
      let sum: f32 = 0;
      for (; from < end; from += 4, weight += 4) sum += load<f32>(weight) * load<f32>(from);
      store<u8>(target, <i32>(sum + <f32>0.5));
    }
  }
}

/**
 * See `normalizeRuns`. `runs` are triples of int32 [from, step, pixels]: pixels from, from + step, … of a row, step 1, 0
 * or −1; where from is negative, black. `statistics` are twelve means, then twelve deviations: what three pixels of colour,
 * or twelve of grey, need.
 */
export function normalizeRuns(
  source: usize,
  target: usize,
  width: usize,
  channels: usize,
  rows: usize,
  rowCount: i32,
  runs: usize,
  runCount: i32,
  statistics: usize,
): void {
  const block = channels === 3 ? <usize>4 : <usize>12;
  const isColour = channels === 3;
  const same = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1, -1, -1, -1);
  const reversed = isColour
    ? i8x16(9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, -1, -1, -1, -1)
    : i8x16(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -1, -1, -1);
  const repeated = isColour
    ? i8x16(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, -1, -1, -1, -1)
    : i8x16(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1);
  const scale = f32x4.splat(255);
  const meanA = v128.load(statistics);
  const meanB = v128.load(statistics, 16);
  const meanC = v128.load(statistics, 32);
  const deviationA = v128.load(statistics, 48);
  const deviationB = v128.load(statistics, 64);
  const deviationC = v128.load(statistics, 80);
  for (let y = 0; y < rowCount; y++) {
    const row = load<i32>(rows + ((<usize>y) << 2));
    const rowStart = source + <usize>max(row, 0) * width * channels;
    for (let r = 0; r < runCount; r++) {
      const run = runs + <usize>r * 12;
      const from = load<i32>(run);
      const step = load<i32>(run, 4);
      const pixels = load<i32>(run, 8);
      const end = target + <usize>pixels * channels * 4;
      const isBlack = row < 0 || from < 0;
      const isReversed = step < 0;
      // The first pixel of a block in memory is its last one when it is read backwards.
      let at = rowStart + <usize>from * channels - (isReversed ? (block - 1) * channels : 0);
      const advance = 12 * step;
      const order = isReversed ? reversed : step === 0 ? repeated : same;
      for (let to = target; to < end; to += 48, at += advance) {
        const bytes = isBlack ? i8x16.splat(0) : i8x16.swizzle(v128.load(at), order);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        const a = f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), scale);
        const b = f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), scale);
        const c = f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), scale);
        v128.store(to, f32x4.div(f32x4.sub(a, meanA), deviationA));
        v128.store(to, f32x4.div(f32x4.sub(b, meanB), deviationB), 16);
        v128.store(to, f32x4.div(f32x4.sub(c, meanC), deviationC), 32);
      }
      target = end;
    }
  }
}

/**
 * `movePixels` of one picture. `rows` and `runs` are those of `normalizeRuns`.
 */
export function moveRuns(
  source: usize,
  target: usize,
  width: usize,
  channels: usize,
  rows: usize,
  rowCount: i32,
  runs: usize,
  runCount: i32,
): void {
  const isColour = channels === 3;
  const reversed = isColour
    ? i8x16(12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, -1)
    : i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const repeated = isColour ? i8x16(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, -1) : i8x16.splat(0);
  const block: usize = isColour ? 15 : 16;
  for (let y = 0; y < rowCount; y++) {
    const row = load<i32>(rows + ((<usize>y) << 2));
    const rowStart = source + <usize>max(row, 0) * width * channels;
    for (let r = 0; r < runCount; r++) {
      const run = runs + <usize>r * 12;
      const from = load<i32>(run);
      const length = <usize>load<i32>(run, 8) * channels;
      const end = target + length;
      const step = load<i32>(run, 4);
      const at = rowStart + <usize>from * channels;
      if (row < 0 || from < 0) memory.fill(target, 0, length);
      else if (step > 0) memory.copy(target, at, length);
      else if (step === 0) {
        const pixels = i8x16.swizzle(v128.load(at), repeated);
        for (let to = target; to < end; to += block) v128.store(to, pixels);
      } else {
        let last = at + channels - block;
        for (let to = target; to < end; to += block, last -= block) {
          v128.store(to, i8x16.swizzle(v128.load(last), reversed));
        }
      }
      target = end;
    }
  }
}
