import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { createTransformPipeline } from "./transform-pipeline.js";

it("shows both sides of every picture in two epochs in a row, half of them mirrored in each", () => {
  const pipeline = createTransformPipeline([{ name: "AlternatingFlip" }]);
  const count = 400;
  const shape = { count, height: 1, width: 2, channels: 1 };
  const pictures = Uint8Array.from({ length: 2 * count }, (_, i) => (i % 2) * 255);
  const own = Rng.fromSeed(7);
  const mirroredIn = (epoch: number) => {
    const rngs = Array.from({ length: count }, (_, i) => Rng.fromSeed(epoch).split(i));
    const { images } = pipeline.apply(pictures, shape, rngs, { epoch, imageRngOf: (i) => own.split(i) });
    return Array.from({ length: count }, (_, i) => images[2 * i] === 1);
  };
  const [first, second, third] = [mirroredIn(0), mirroredIn(1), mirroredIn(2)];
  expect(second).toEqual(first.map((isMirrored) => !isMirrored));
  expect(third).toEqual(first);
  const share = first.filter(Boolean).length / count;
  expect(Math.abs(share - 0.5)).toBeLessThan(2.5 / Math.sqrt(count));
});
