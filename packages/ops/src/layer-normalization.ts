/**
 * tfjs's LayerNormalization layer on `layerNorm`, which needs neither copies of its parameters nor twenty nodes on the
 * gradient tape, and trains with `scale: false` and `center: false` (stock crashes). What it saves is the stock layer's, and the stock layer loads it.
 *
 * Narrower than the stock layer: `axis` has to be the last one.
 */
import * as tf from "@tensorflow/tfjs";
import { layerNorm } from "./layer-norm.js";

export type LayerNormalizationArgs = NonNullable<Parameters<typeof tf.layers.layerNormalization>[0]>;

type StockLayer = ReturnType<typeof tf.layers.layerNormalization>;
type Initializer = ReturnType<typeof tf.initializers.zeros>;
type Regularizer = ReturnType<typeof tf.regularizers.l2>;

/** What the stock layer's constructor makes of its arguments: names and configs have become objects. */
type ResolvedArgs = {
  axis: number | number[];
  epsilon: number;
  scale: boolean;
  center: boolean;
  gammaInitializer: Initializer;
  betaInitializer: Initializer;
  gammaRegularizer: Regularizer;
  betaRegularizer: Regularizer;
};

/**
 * float32 [..., C] → the same shape, in training as in inference. Arguments, defaults (`epsilon` 1e-3) and weights
 * (`gamma`, `beta`, both [C]) are those of `tf.layers.layerNormalization`.
 *
 * @throws if `axis` is not the last one, when the layer is built.
 */
export class LayerNormalization extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className = "LayerNormalization";

  /** Never built or called: it resolves the arguments and writes the config, as tfjs exports neither. */
  private readonly stock: StockLayer;
  private readonly args: ResolvedArgs;
  private gamma?: tf.LayerVariable;
  private beta?: tf.LayerVariable;

  constructor(args: LayerNormalizationArgs = {}) {
    super(args);
    this.supportsMasking = true;
    this.stock = tf.layers.layerNormalization({ ...args, name: this.name });
    this.args = this.stock as unknown as ResolvedArgs;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    const { axis, scale, center, ...args } = this.args;
    const lastAxis = shape.length - 1;
    const [only, ...others] = [axis].flat();
    if (others.length > 0 || (only !== -1 && only !== lastAxis)) {
      throw new Error(
        `Expected \`axis\` of LayerNormalization "${this.name}" to be -1 or ${lastAxis}, the last one. ` +
          `Received: ${JSON.stringify(axis)}. Transpose the input, or use tf.layers.layerNormalization.`,
      );
    }
    const channels = shape[lastAxis];
    if (channels == null) {
      throw new Error(
        `Expected the last dimension of the input of LayerNormalization "${this.name}" to be known. ` +
          `Received: ${JSON.stringify(shape)}. Give the model an input shape that names it.`,
      );
    }
    const add = (name: string, initializer: Initializer, regularizer: Regularizer): tf.LayerVariable =>
      this.addWeight(name, [channels], "float32", initializer, regularizer);
    if (scale) this.gamma = add("gamma", args.gammaInitializer, args.gammaRegularizer);
    if (center) this.beta = add("beta", args.betaInitializer, args.betaRegularizer);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
      const scale = this.gamma?.read();
      const offset = this.beta?.read();
      return layerNorm({ x, ...(scale && { scale }), ...(offset && { offset }) }, this.args.epsilon);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.stock.getConfig(), ...super.getConfig() };
  }
}
