import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { ModelConfigError } from "./errors.js";
import { applyToViews, checkViews, VIEW_COUNTS } from "./test-time-augmentation.js";

/** A network whose answer is the picture's pixels: each view shows where they went. */
const pixels = (images: tf.Tensor4D) => tf.reshape<tf.Rank.R2>(images, [images.shape[0], -1]);

/**
 * 1 2 3
 * 4 5 6
 * 7 8 9
 */
const square = () => tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);

const valuesOf = async (kind: Parameters<typeof applyToViews>[2]) => [
  ...(await applyToViews(pixels, square(), kind).data()),
];

describe("applyToViews", () => {
  it("asks the network once where nothing is augmented", async () => {
    expect(await valuesOf(null)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("averages the picture and its mirror image", async () => {
    expect(await valuesOf("flip")).toEqual([2, 2, 2, 5, 5, 5, 8, 8, 8]);
  });

  it("weighs the picture by a half and each diagonal move by a quarter, the border mirrored", async () => {
    // Down and right: 5 4 5 / 2 1 2 / 5 4 5. Up and left: 5 6 5 / 8 9 8 / 5 6 5.
    const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((own, i) => {
      const back = [5, 4, 5, 2, 1, 2, 5, 4, 5][i]!;
      const on = [5, 6, 5, 8, 9, 8, 5, 6, 5][i]!;
      return own / 2 + back / 4 + on / 4;
    });
    expect(await valuesOf("translate")).toEqual(expected);
  });

  it("mirrors every move", async () => {
    const mirrored = tf.reverse4d(square(), 2);
    const own = applyToViews(pixels, square(), "translate");
    const other = applyToViews(pixels, mirrored, "translate");
    expect(await valuesOf("flip-translate")).toEqual([...(await tf.mul(tf.add(own, other), 0.5).data())]);
  });

  it.each(["flip", "translate", "flip-translate"] as const)(
    "shows the network as many views as %s has",
    (kind) => {
      let views = 0;
      const counting = (images: tf.Tensor4D) => {
        views += 1;
        return pixels(images);
      };
      applyToViews(counting, square(), kind);
      expect(views).toBe(VIEW_COUNTS[kind]);
    },
  );

  it("moves no picture that is one pixel wide or high, and mirrors it", async () => {
    const row = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
    expect([...(await applyToViews(pixels, row, "flip").data())]).toEqual([2, 2, 2]);
    for (const kind of ["translate", "flip-translate"] as const) {
      expect(() => applyToViews(pixels, row, kind)).toThrow(ModelConfigError);
    }
    expect(() => checkViews("translate", [28, 1, 3])).toThrow("Received: 28×1. Take flip, or leave it out.");
    expect(() => checkViews("flip-translate", [2, 2, 1])).not.toThrow();
  });

  it("leaves one tensor, its answer", () => {
    const images = square();
    const before = tf.memory().numTensors;
    applyToViews(pixels, images, "flip-translate");
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});
