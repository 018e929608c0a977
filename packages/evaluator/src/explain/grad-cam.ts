/**
 * Grad-CAM: which positions of a network's last feature maps speak for a class.
 * Selvaraju et al. 2017, § 3, https://arxiv.org/abs/1610.02391
 * Grad-CAM++: Chattopadhay et al. 2018, § 3, eq. 10, 19 and 21, https://arxiv.org/abs/1710.11063. Differs from it: the factor
 * exp(yᶜ), which scales a picture's whole map, is left out, since it overflows.
 */
import * as tf from "@tensorflow/tfjs";
import { evaluateAt, featureMapsOf } from "./network-graph.js";
import type { SaliencyMaps } from "./saliency-maps.js";
import { targetClasses, type TargetClasses } from "./target-classes.js";

/** Pictures in one pass; bounds memory, all of whose layers' outputs lie there at once. */
const BATCH_SIZE = 16;

export type GradCamVariant = "grad-cam" | "grad-cam++";

export type GradCamOptions = {
  classes?: TargetClasses | undefined;
  /** Name of a layer with feature maps. Default: the last one with more than one position. */
  layer?: string | undefined;
  /** Default: `grad-cam`. */
  variant?: GradCamVariant | undefined;
};

/**
 * With A the layer's output and g = ∂yᶜ/∂A for the class's logit yᶜ:
 * ReLU(Σₖ wₖ Aₖ), where wₖ = mean over positions of gₖ (`grad-cam`), or the sum over positions of αₖ ReLU(gₖ) with
 * αₖ = gₖ² / (2 gₖ² + gₖ³ Σ Aₖ) (`grad-cam++`).
 *
 * @param model ends in logits [N, K]; it stays as it was.
 * @param inputs float32 [N, H, W, C], as the network takes them; not disposed.
 * @returns maps of the layer's size, 0 or above, not scaled; `resizeMaps` brings them to the picture's.
 * @throws {NoFeatureMapsError} if the network has no such layer.
 * @throws {RangeError} if a class is none of the network's.
 */
export async function gradCam(
  model: tf.LayersModel,
  inputs: tf.Tensor4D,
  { classes, layer, variant = "grad-cam" }: GradCamOptions = {},
): Promise<SaliencyMaps> {
  const place = featureMapsOf(model, layer);
  const [input, output] = [model.inputs[0]!, model.outputs[0]!];
  const judge = (x: tf.Tensor, maps: tf.Tensor): tf.Tensor2D => {
    const given = new Map([
      [input.id, x],
      [place.id, maps],
    ]);
    return evaluateAt(output, given) as tf.Tensor2D;
  };
  const count = inputs.shape[0];
  const explained: number[] = [];
  const parts: Float32Array[] = [];
  let [height, width] = [place.shape[1] ?? 0, place.shape[2] ?? 0];
  for (let start = 0; start < count; start += BATCH_SIZE) {
    const [x, features, logits] = tf.tidy(() => {
      const batch = inputs.slice(start, Math.min(BATCH_SIZE, count - start));
      const maps = evaluateAt(place, new Map([[input.id, batch]])) as tf.Tensor4D;
      return [batch, maps, judge(batch, maps)];
    });
    try {
      const targets = await targetClasses(logits, classes, start);
      const map = tf.tidy(() => {
        const score = (maps: tf.Tensor): tf.Scalar => {
          const y = judge(x, maps);
          return y.mul(tf.oneHot(targets, y.shape[1])).sum();
        };
        const gradients = tf.grad(score)(features) as tf.Tensor4D;
        const weights =
          variant === "grad-cam" ? gradients.mean([1, 2], true) : plusWeights(features, gradients);
        return features.mul(weights).sum(-1).relu();
      });
      [height, width] = map.shape.slice(1) as [number, number];
      parts.push(await map.data<"float32">());
      map.dispose();
      explained.push(...targets);
    } finally {
      tf.dispose([x, features, logits]);
    }
  }
  return { data: joined(parts), count, height, width, classes: explained };
}

/** [N, h, w, C] twice → [N, 1, 1, C] */
function plusWeights(features: tf.Tensor4D, gradients: tf.Tensor4D): tf.Tensor {
  const squares = gradients.square();
  const below = squares.mul(2).add(squares.mul(gradients).mul(features.sum([1, 2], true)));
  // Where a feature map has no gradient, or the two terms cancel, a position has no weight.
  const isNothing = below.equal(0);
  const alphas = tf.where(
    isNothing,
    tf.zerosLike(below),
    squares.div(tf.where(isNothing, tf.onesLike(below), below)),
  );
  return alphas.mul(gradients.relu()).sum([1, 2], true);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
