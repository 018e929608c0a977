/**
 * A picture judged by several views of it, whose logits are averaged. `flip-translate` is airbench's: Jordan 2024, §3.5,
 * https://arxiv.org/abs/2404.00498, its "multi-crop" of six views. Mirrored views are long-standing: Krizhevsky et al.
 * 2012, §4.1.
 */
import type { TestTimeAugmentation } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { ModelConfigError } from "./errors.js";

/** How many views of a picture the network sees. */
export const VIEW_COUNTS = {
  flip: 2,
  translate: 3,
  "flip-translate": 6,
} as const satisfies Record<TestTimeAugmentation, number>;

/**
 * @param shape [H, W, …] of the pictures.
 * @throws {ModelConfigError} if they are to be moved by a pixel, and are only one pixel wide or high: there is no row or
 * column beside the border that could be mirrored.
 */
export function checkViews(kind: TestTimeAugmentation | null | undefined, shape: readonly number[]): void {
  const [height = 0, width = 0] = shape;
  if (kind == null || kind === "flip" || (height >= 2 && width >= 2)) return;
  throw new ModelConfigError(
    `Expected pictures of 2×2 pixels or more for \`testTimeAugmentation\` ${kind}, which moves them by one. ` +
      `Received: ${height}×${width}. Take flip, or leave it out.`,
  );
}

/**
 * flip: the mean of the picture and its mirror image. translate: half the picture, a quarter each of it moved by one pixel
 * down and right and up and left, with its border mirrored. flip-translate: the same of means over both sides.
 *
 * @param apply the network: [N, H, W, C] → [N, classes].
 * @param images float32 [N, H, W, C], H and W at least 2.
 * @param kind null: the network's own answer.
 * @returns [N, classes], which the caller disposes.
 * @throws {ModelConfigError} if the pictures are too small to be moved.
 */
export function applyToViews(
  apply: (images: tf.Tensor4D) => tf.Tensor2D,
  images: tf.Tensor4D,
  kind: TestTimeAugmentation | null | undefined,
): tf.Tensor2D {
  checkViews(kind, images.shape.slice(1));
  const sides = (view: tf.Tensor4D) =>
    tf.mul<tf.Tensor2D>(tf.add(apply(view), apply(tf.reverse4d(view, 2))), 0.5);
  return tf.tidy(() => {
    switch (kind) {
      case null:
      case undefined:
        return apply(images);
      case "flip":
        return sides(images);
      case "translate":
        return overMoves(apply, images);
      case "flip-translate":
        return overMoves(sides, images);
      default:
        throw new TypeError(`Expected a test-time augmentation. Received: ${String(kind satisfies never)}.`);
    }
  });
}

function overMoves(apply: (images: tf.Tensor4D) => tf.Tensor2D, images: tf.Tensor4D): tf.Tensor2D {
  const moved = tf.add(apply(movedBack(images)), apply(movedOn(images)));
  return tf.add(tf.mul(apply(images), 0.5), tf.mul(moved, 0.25));
}

/** One pixel down and right: rows 1, 0, 1, … and columns likewise. */
function movedBack(images: tf.Tensor4D): tf.Tensor4D {
  return [1, 2].reduce((x, axis) => {
    const length = x.shape[axis]!;
    return tf.concat([part(x, axis, 1, 1), part(x, axis, 0, length - 1)], axis);
  }, images);
}

/** One pixel up and left: rows 1, …, H − 1, H − 2 and columns likewise. */
function movedOn(images: tf.Tensor4D): tf.Tensor4D {
  return [1, 2].reduce((x, axis) => {
    const length = x.shape[axis]!;
    return tf.concat([part(x, axis, 1, length - 1), part(x, axis, length - 2, 1)], axis);
  }, images);
}

function part(x: tf.Tensor4D, axis: number, begin: number, size: number): tf.Tensor4D {
  const starts = x.shape.map((_, i) => (i === axis ? begin : 0));
  const sizes = x.shape.map((length, i) => (i === axis ? size : length));
  return tf.slice(x, starts, sizes);
}
