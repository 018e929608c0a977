/**
 * Pictures from bytes, where the network is to have them: a quarter of the memory crosses over to a GPU, and that moves, normalises,
 * erases and mixes them in one pass. Where the backend has no such kernel the same is done here before it gets them.
 */
import * as tf from "@tensorflow/tfjs";
import { FinishImages, type FinishImagesAttrs, type ImageMix } from "./kernel-names.js";

/** As a loader of bytes gives them. */
export interface UnfinishedPictures {
  /** uint8 [N, H, W, C]; copied once more where its memory does not lie on whole words of four bytes. */
  readonly bytes: Uint8Array;
  /** int32 [N, height + width + 4]: see `FinishImages` in kernel-names. */
  readonly places: Int32Array;
  /** float32 [C, 257] */
  readonly values: Float32Array;
}

/** Whether the current backend finishes pictures by itself, so that bytes are what to give it. */
export function hasFinishImages(): boolean {
  return tf.getKernel(FinishImages, tf.getBackend()) !== undefined;
}

/**
 * @returns float32 `shape`; the caller disposes it. The pictures' memory may be used again at once.
 * @throws {RangeError} if the arrays do not fit the shapes.
 */
export function finishImages(pictures: UnfinishedPictures, attrs: FinishImagesAttrs): tf.Tensor4D {
  check(pictures, attrs);
  if (!hasFinishImages()) return tf.tensor4d(finishHere(pictures, attrs), [...attrs.shape]);
  const { bytes, places, values } = pictures;
  return tf.tidy(() => {
    const inputs = {
      bytes: tf.tensor1d(wordsOf(bytes), "int32"),
      places: tf.tensor1d(places, "int32"),
      values: tf.tensor1d(values),
    };
    const [images] = tf
      .engine()
      .runKernel<[tf.Tensor4D]>(FinishImages, inputs, attrs as unknown as tf.NamedAttrMap);
    return images;
  });
}

/** What lies behind the last byte is read by nobody. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const length = Math.ceil(bytes.length / 4);
  const isWhole = bytes.byteOffset % 4 === 0 && bytes.byteOffset + 4 * length <= bytes.buffer.byteLength;
  if (isWhole) return new Int32Array(bytes.buffer, bytes.byteOffset, length);
  const copy = new Int32Array(length);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}

function check({ bytes, places, values }: UnfinishedPictures, { bytesShape, shape }: FinishImagesAttrs) {
  const [count, height, width, channels] = shape;
  const expected = [
    count * bytesShape[0] * bytesShape[1] * channels,
    count * (height + width + 4),
    channels * 257,
  ];
  const received = [bytes.length, places.length, values.length];
  if (expected.join() === received.join()) return;
  throw new RangeError(
    `Expected ${expected.join(", ")} bytes, places and values for [${shape.join(", ")}]. Received: ${received.join(", ")}.`,
  );
}

function finishHere({ bytes, places, values }: UnfinishedPictures, attrs: FinishImagesAttrs): Float32Array {
  const [count, height, width, channels] = attrs.shape;
  const own = new Float32Array(count * height * width * channels);
  let to = 0;
  for (let n = 0; n < count; n++) {
    const start = n * (height + width + 4);
    const columns = start + height;
    const [top, left, tall, wide] = places.subarray(columns + width) as unknown as [
      number,
      number,
      number,
      number,
    ];
    for (let y = 0; y < height; y++) {
      const row = places[start + y]!;
      for (let x = 0; x < width; x++) {
        const column = places[columns + x]!;
        const isErased = y >= top && y < top + tall && x >= left && x < left + wide;
        const from = ((n * attrs.bytesShape[0] + row) * attrs.bytesShape[1] + column) * channels;
        const isBlack = row < 0 || column < 0;
        for (let c = 0; c < channels; c++) {
          own[to++] = values[c * 257 + (isErased ? 256 : isBlack ? 0 : bytes[from + c]!)]!;
        }
      }
    }
  }
  return attrs.mix === null ? own : mixed(own, attrs.shape, attrs.mix);
}

function mixed(own: Float32Array, shape: FinishImagesAttrs["shape"], mix: ImageMix): Float32Array {
  const [count, height, width, channels] = shape;
  const size = height * width * channels;
  const isInBox = (at: number): boolean => {
    if (mix.name !== "CutMix") return false;
    const [x, y] = [Math.floor(at / channels) % width, Math.floor(at / channels / width)];
    const { top, left, ...box } = mix.box;
    return y >= top && y < top + box.height && x >= left && x < left + box.width;
  };
  return own.map((value, i) => {
    const partner = own[((Math.floor(i / size) + count - 1) % count) * size + (i % size)]!;
    if (mix.name === "MixUp") return mix.weight * value + (1 - mix.weight) * partner;
    return isInBox(i % size) ? partner : value;
  });
}
