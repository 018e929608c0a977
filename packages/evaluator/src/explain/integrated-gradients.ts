/**
 * Integrated gradients: how much each pixel adds to a class's logit on the straight way from a baseline to the picture.
 * Sundararajan et al. 2017, § 3, https://arxiv.org/abs/1703.01365. The integral is a sum at the middles of equal steps.
 */
import * as tf from "@tensorflow/tfjs";
import type { SaliencyMaps } from "./saliency-maps.js";
import { targetClasses, type TargetClasses } from "./target-classes.js";

/** Pictures in one pass. */
const BATCH_SIZE = 16;

export type IntegratedGradientsOptions = {
  classes?: TargetClasses | undefined;
  /** More are closer to the integral. Default: 32. */
  steps?: number | undefined;
  /** Every value of the picture without evidence. Default: 0, the data set's mean after normalisation. */
  baseline?: number | undefined;
};

/**
 * (x − x′) · ∫₀¹ ∂yᶜ/∂x (x′ + a (x − x′)) da, summed over the channels. A picture's map sums to yᶜ(x) − yᶜ(x′) up to the error of
 * the sum of steps ("completeness").
 *
 * @param model ends in logits [N, K]; it stays as it was.
 * @param inputs float32 [N, H, W, C], as the network takes them; not disposed.
 * @returns maps of the input's size; below 0 where a pixel speaks against the class.
 * @throws {RangeError} if a class is none of the network's, or `steps` is no whole number above 0.
 */
export async function integratedGradients(
  model: tf.LayersModel,
  inputs: tf.Tensor4D,
  { classes, steps = 32, baseline = 0 }: IntegratedGradientsOptions = {},
): Promise<SaliencyMaps> {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`Expected a whole number of steps above 0. Received: ${steps}.`);
  }
  const [count, height, width] = inputs.shape;
  const data = new Float32Array(count * height * width);
  const explained: number[] = [];
  for (let start = 0; start < count; start += BATCH_SIZE) {
    const x = inputs.slice(start, Math.min(BATCH_SIZE, count - start));
    const logits = tf.tidy(() => model.apply(x, { training: false }) as tf.Tensor2D);
    let sum: tf.Tensor = tf.zerosLike(x);
    try {
      const targets = await targetClasses(logits, classes, start);
      const score = (picture: tf.Tensor): tf.Scalar => {
        const y = model.apply(picture, { training: false }) as tf.Tensor2D;
        return y.mul(tf.oneHot(targets, y.shape[1])).sum();
      };
      for (let step = 0; step < steps; step++) {
        const next = tf.tidy(() => {
          const onTheWay = x
            .sub(baseline)
            .mul((step + 0.5) / steps)
            .add(baseline);
          return sum.add(tf.grad(score)(onTheWay));
        });
        sum.dispose();
        sum = next;
      }
      const map = tf.tidy(() => x.sub(baseline).mul(sum).div(steps).sum(-1));
      data.set(await map.data<"float32">(), start * height * width);
      map.dispose();
      explained.push(...targets);
    } finally {
      tf.dispose([x, logits, sum]);
    }
  }
  return { data, count, height, width, classes: explained };
}
