/** Accuracy under attack: a run's network, its pictures moved against it by more and more. */
import { fgsm, pgd, type PixelBounds } from "@convkit/evaluator/explain";
import type { Rng } from "@convkit/random";
import type { AttackCurve, TransformSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { imagesTensor, labelsTensor } from "../batch-tensors.js";
import type { JudgedRun } from "../judged-run.js";
import type { RobustnessPictures } from "./robustness-pictures.js";

/** In values of 0…255; 8 is what CIFAR-10's networks are usually attacked by. */
const EPSILONS = [0, 1, 2, 4, 8] as const;
/** As Madry et al. 2018 test CIFAR-10's networks with 7 to 20 steps of 2, at an ε of 8. */
const PGD_STEPS = 10;
const STEP_SHARE = 1 / 4;
/** A gradient takes about two passes beside the one that it is of. */
const GRADIENT_PASSES = 3;
/** How often the network is asked of each picture, point by point. */
export const ATTACK_PASSES: readonly number[] = [1, PGD_STEPS].flatMap((steps) =>
  EPSILONS.map((epsilon) => 1 + (epsilon === 0 && steps > 1 ? 0 : steps * GRADIENT_PASSES)),
);

/**
 * The accuracy of the network by each picture alone, whatever views the run is judged by.
 *
 * @param onPoint told before each.
 */
export async function attackCurves(
  run: JudgedRun,
  pictures: RobustnessPictures,
  { rng, onPoint }: { rng: Rng; onPoint: (attack: AttackCurve["attack"], epsilon: number) => void },
): Promise<AttackCurve[]> {
  const bounds = pixelBounds(run.data.config.transforms.evaluation, pictures.shape.channels);
  const curves: AttackCurve[] = [];
  for (const attack of ["fgsm", "pgd"] as const) {
    const points: { epsilon: number; accuracy: number }[] = [];
    for (const epsilon of EPSILONS) {
      onPoint(attack, epsilon);
      points.push({
        epsilon,
        accuracy: await accuracyUnder(run, pictures, { attack, epsilon, bounds, rng }),
      });
    }
    curves.push({ attack, steps: attack === "pgd" ? PGD_STEPS : 1, points });
  }
  return curves;
}

interface Attack {
  readonly attack: AttackCurve["attack"];
  readonly epsilon: number;
  readonly bounds: PixelBounds;
  readonly rng: Rng;
}

async function accuracyUnder(
  { model }: JudgedRun,
  pictures: RobustnessPictures,
  { attack, epsilon, bounds, rng }: Attack,
): Promise<number> {
  let [hits, step] = [0, 0];
  for await (const batch of pictures.batches()) {
    await pictures.letIn();
    const right = tf.tidy(() => {
      const [inputs, labels] = [imagesTensor(batch), labelsTensor(batch)];
      const options = { epsilon, bounds };
      const attacked =
        attack === "fgsm"
          ? fgsm(model, inputs, labels, options)
          : pgd(model, inputs, labels, {
              ...options,
              stepSize: epsilon * STEP_SHARE,
              steps: epsilon === 0 ? 0 : PGD_STEPS,
              rng: rng.split(epsilon).split(step),
            });
      return tf.sum(tf.cast(tf.equal(tf.argMax(model.apply(attacked) as tf.Tensor2D, 1), labels), "int32"));
    });
    hits += (await right.data())[0]!;
    right.dispose();
    step++;
  }
  return hits / pictures.shape.count;
}

/** What a pixel's 0 and 255 are behind Normalize; transforms of a user's own are taken to keep them. */
export function pixelBounds(transforms: readonly TransformSpec[], channels: number): PixelBounds {
  const through = (value: number): number[] =>
    Array.from({ length: channels }, (_, channel) =>
      transforms.reduce((at, spec) => {
        if ("module" in spec || spec.name !== "Normalize") return at;
        const { mean, std } = spec;
        const of = mean.length === 1 ? 0 : channel;
        return (at - mean[of]!) / std[std.length === 1 ? 0 : channel]!;
      }, value),
    );
  return { black: through(0), white: through(1) };
}
