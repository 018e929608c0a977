/**
 * What a JPEG loses (ITU-T T.81, https://www.w3.org/Graphics/JPEG/itu-t81.pdf), as libjpeg does it: YCbCr, half the colour's rows
 * and columns (4:2:0), the cosine transform of blocks of 8×8, quantisation by the tables of T.81 § K.1 scaled by the quality, and
 * the way back with libjpeg's triangle filter for colour. Entropy coding loses nothing and is left out. Differs from
 * libjpeg in the transforms, which are float32's here and whole numbers' there.
 */
import type { Picture } from "./picture.js";

// prettier-ignore
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100,
  103, 99,
];
// prettier-ignore
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/** Values of one component, whole numbers of 0…255. */
interface Component {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/**
 * @param picture of one channel, coded as grey, or of three.
 * @param quality 1 to 100.
 */
export function throughJpeg({ values, height, width, channels }: Picture, quality: number): Float32Array {
  const tables = [LUMINANCE, CHROMINANCE].map((table) => scaledTable(table, quality)) as [number[], number[]];
  if (channels === 1) {
    const padded = extended({ values, height, width }, 8);
    throughBlocks(padded, tables[0]);
    return cropped(padded, { height, width });
  }
  const components = [0, 1, 2].map((component) =>
    extended({ values: convert(values, component), height, width }, 16),
  ) as [Component, Component, Component];
  throughBlocks(components[0], tables[0]);
  const luma = cropped(components[0], { height, width });
  const [blue, red] = [components[1], components[2]].map((component) => {
    const half = halved(component);
    throughBlocks(half, tables[1]);
    return doubled(half, { height, width });
  }) as [Float32Array, Float32Array];
  const back = new Float32Array(values.length);
  for (let i = 0; i < luma.length; i++) {
    const [y, cb, cr] = [luma[i] as number, (blue[i] as number) - 128, (red[i] as number) - 128];
    back[3 * i] = y + Math.round(1.402 * cr);
    back[3 * i + 1] = y + Math.round(-0.344136286 * cb - 0.714136286 * cr);
    back[3 * i + 2] = y + Math.round(1.772 * cb);
  }
  return back;
}

/** libjpeg's `jpeg_quality_scaling` and `jpeg_add_quant_table`. */
function scaledTable(table: readonly number[], quality: number): number[] {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return table.map((value) => Math.min(Math.max(Math.floor((value * percent + 50) / 100), 1), 255));
}

/** Of red, green and blue: Y, Cb, Cr of JFIF. */
const TO_YCBCR = [
  [0.299, 0.587, 0.114, 0],
  [-0.168735892, -0.331264108, 0.5, 128],
  [0.5, -0.418687589, -0.081312411, 128],
] as const;

function convert(values: Float32Array, component: number): Float32Array {
  const [red, green, blue, offset] = TO_YCBCR[component]!;
  const converted = new Float32Array(values.length / 3);
  for (let i = 0, at = 0; i < converted.length; i++, at += 3) {
    const value = red * values[at]! + green * values[at + 1]! + blue * values[at + 2]!;
    // Of two nearest values libjpeg takes the lower one of colours.
    converted[i] = component === 0 ? Math.floor(value + 0.5) : Math.ceil(value + offset - 0.5);
  }
  return converted;
}

/** To whole blocks, by repeating the last column and row. */
function extended({ values, height, width }: Component, multiple: number): Component {
  const [rows, columns] = [height, width].map((edge) => Math.ceil(edge / multiple) * multiple) as [
    number,
    number,
  ];
  const larger = new Float32Array(rows * columns);
  for (let y = 0, to = 0; y < rows; y++) {
    const from = Math.min(y, height - 1) * width;
    for (let x = 0; x < columns; x++, to++) larger[to] = values[from + Math.min(x, width - 1)] as number;
  }
  return { values: larger, height: rows, width: columns };
}

function cropped({ values, width }: Component, to: Pick<Picture, "height" | "width">): Float32Array {
  const part = new Float32Array(to.height * to.width);
  for (let y = 0; y < to.height; y++)
    part.set(values.subarray(y * width, y * width + to.width), y * to.width);
  return part;
}

/** The mean of four, halves rounded down and up by turns. */
function halved({ values, height, width }: Component): Component {
  const small = new Float32Array((height / 2) * (width / 2));
  for (let y = 0, to = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, to++) {
      const at = y * width + x;
      const sum = values[at]! + values[at + 1]! + values[at + width]! + values[at + width + 1]!;
      small[to] = Math.floor((sum + ((x / 2) % 2 === 0 ? 1 : 2)) / 4);
    }
  }
  return { values: small, height: height / 2, width: width / 2 };
}

/**
 * libjpeg's "fancy" upsampling: 9, 3, 3 and 1 sixteenths of the nearest four. Of the smaller picture no more counts than the
 * larger one needs, and where that is two columns, each is repeated.
 */
function doubled({ values, width: stride }: Component, to: Pick<Picture, "height" | "width">): Float32Array {
  const [rows, columns] = [Math.ceil(to.height / 2), Math.ceil(to.width / 2)];
  const large = new Float32Array(to.height * to.width);
  for (let y = 0, at = 0; y < to.height; y++) {
    const near = (y >> 1) * stride;
    const far = Math.min(Math.max((y >> 1) + (y % 2 === 0 ? -1 : 1), 0), rows - 1) * stride;
    for (let x = 0; x < to.width; x++, at++) {
      const column = x >> 1;
      if (columns <= 2) {
        large[at] = values[near + column] as number;
        continue;
      }
      const other = Math.min(Math.max(column + (x % 2 === 0 ? -1 : 1), 0), columns - 1);
      const own = 3 * values[near + column]! + values[far + column]!;
      const beside = 3 * values[near + other]! + values[far + other]!;
      large[at] = Math.floor((3 * own + beside + (x % 2 === 0 ? 8 : 7)) / 16);
    }
  }
  return large;
}

/** cos((2x + 1)·u·π / 16) / 2, and 1 / √8 for u = 0: [u, x]. */
const cosines = (): Float64Array =>
  Float64Array.from({ length: 64 }, (_, i) => {
    const [u, x] = [i >> 3, i & 7];
    return u === 0 ? Math.SQRT1_2 / 2 : Math.cos(((2 * x + 1) * u * Math.PI) / 16) / 2;
  });

/** Transform, quantise and back, in place. */
function throughBlocks({ values, height, width }: Component, table: readonly number[]): void {
  const basis = cosines();
  const transposed = basis.map((_, i) => basis[(i & 7) * 8 + (i >> 3)] as number);
  const block = new Float64Array(64);
  const scratch = new Float64Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) block[i] = values[(top + (i >> 3)) * width + left + (i & 7)]! - 128;
      multiplyBothSides(block, basis, scratch);
      for (let i = 0; i < 64; i++) block[i] = quantised(block[i]!, table[i]!);
      multiplyBothSides(block, transposed, scratch);
      for (let i = 0; i < 64; i++) {
        const value = Math.round(block[i]! + 128);
        values[(top + (i >> 3)) * width + left + (i & 7)] = Math.min(Math.max(value, 0), 255);
      }
    }
  }
}

/** The nearest multiple, of halves the one further from zero. libjpeg's transform gives whole eighths. */
function quantised(coefficient: number, step: number): number {
  const eighths = Math.round(Math.abs(coefficient) * 8);
  return Math.sign(coefficient) * Math.floor((eighths + 4 * step) / (8 * step)) * step;
}

/** m · block · mᵀ, in place. */
function multiplyBothSides(block: Float64Array, m: Float64Array, scratch: Float64Array): void {
  for (let u = 0; u < 8; u++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let y = 0; y < 8; y++) sum += m[u * 8 + y]! * block[y * 8 + x]!;
      scratch[u * 8 + x] = sum;
    }
  }
  for (let u = 0; u < 8; u++) {
    for (let v = 0; v < 8; v++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += scratch[u * 8 + x]! * m[v * 8 + x]!;
      block[u * 8 + v] = sum;
    }
  }
}
