/**
 * A Dropout layer that a run can repeat. Stock tfjs draws from an unseeded generator, or, given a seed, the same
 * mask at every call. Here the mask is a function of the layer's seed and the number of calls so far, and that
 * number can be saved with a checkpoint.
 */
import * as tf from "@tensorflow/tfjs";
import { hashIndex, statelessDropout } from "./stateless-dropout.js";

export type DropoutArgs = {
  /** Fraction of the elements that training sets to 0, in [0, 1). */
  rate: number;
  /** A uint32 of this layer's own: two layers with one seed would draw the same masks. */
  seed: number;
  name?: string;
};

/** JSON; what a checkpoint keeps. */
export type DropoutState = {
  /** Masks drawn so far. */
  calls: number;
};

/** float32 of any shape → the same shape; the identity unless called with `training: true`. */
export class Dropout extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className = "Dropout";

  protected readonly rate: number;
  private readonly seed: number;
  private calls = 0;

  /** @throws {RangeError} if the rate or the seed is out of range, or missing. */
  constructor({ rate, seed, name }: DropoutArgs) {
    super({ name });
    if (!(rate >= 0 && rate < 1)) {
      throw new RangeError(`Expected \`rate\` of Dropout "${this.name}" to be in [0, 1). Received: ${rate}.`);
    }
    if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
      throw new RangeError(
        `Expected \`seed\` of Dropout "${this.name}" to be a uint32 of its own. Received: ${seed}. ` +
          "Take one from the run's Rng: rng.split(name).nextUint32().",
      );
    }
    this.supportsMasking = true;
    this.rate = rate;
    this.seed = seed;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean } = {}): tf.Tensor {
    const x = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    if (kwargs.training !== true || this.rate === 0) return x;
    const maskSeed = hashIndex(this.calls++, this.seed);
    return tf.tidy(() => this.drop(x, maskSeed));
  }

  /** Which elements go is for a subclass to say; its intermediate tensors are disposed. */
  protected drop(x: tf.Tensor, seed: number): tf.Tensor {
    return statelessDropout(x, { rate: this.rate, seed });
  }

  getState(): DropoutState {
    return { calls: this.calls };
  }

  setState({ calls }: DropoutState): void {
    this.calls = calls;
  }

  /** The stock layer's config without a seed: with one, stock tfjs would draw one mask for ever. */
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }
}

/** The state of every `Dropout` and `DropPath` of the model, by layer name. */
export function getDropoutStates(model: tf.LayersModel): Record<string, DropoutState> {
  return Object.fromEntries(dropoutLayers(model).map((layer) => [layer.name, layer.getState()]));
}

/**
 * Puts back what `getDropoutStates` gave.
 *
 * @throws if the names are not those of the model's `Dropout` layers: the states are another model's.
 */
export function setDropoutStates(model: tf.LayersModel, states: Record<string, DropoutState>): void {
  const layers = dropoutLayers(model);
  const expected = layers.map(({ name }) => name);
  const received = Object.keys(states);
  if (expected.length !== received.length || !expected.every((name) => name in states)) {
    throw new Error(
      `Expected a state for each of the model's Dropout layers: [${expected.join(", ")}]. ` +
        `Received: [${received.join(", ")}]. Build the model from the same spec as when they were saved.`,
    );
  }
  for (const layer of layers) layer.setState(states[layer.name] as DropoutState);
}

function dropoutLayers(model: tf.LayersModel): Dropout[] {
  return model.layers.filter((layer) => layer instanceof Dropout);
}
