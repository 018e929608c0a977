/**
 * tfjs's BatchNormalization layer with its training mended; what it saves is the stock layer's, and the stock
 * layer loads it.
 *
 * Mended: one op instead of some twenty; `scale: false` and `center: false` (stock crashes in training); a
 * frozen layer runs in inference mode and keeps its moving statistics, as in Keras
 * (https://keras.io/api/layers/normalization_layers/batch_normalization/); the moving variance is the unbiased
 * one, as in Ioffe and Szegedy 2015, algorithm 2, line 10 (https://arxiv.org/abs/1502.03167), in PyTorch and in
 * TensorFlow's fused kernel, where Keras 3 and stock tfjs average the biased one.
 *
 * Narrower than the stock layer: `axis` has to be the last one.
 */
import * as tf from "@tensorflow/tfjs";
import { batchNormReluMaxPool, batchNormTraining } from "./batch-norm-training.js";
import type { BatchNormActivation, MoveTowardsAttrs } from "./kernel-names.js";
import { updateVariables, type VariableStep } from "./update-variables.js";

export type BatchNormalizationArgs = NonNullable<Parameters<typeof tf.layers.batchNormalization>[0]>;

type StockLayer = ReturnType<typeof tf.layers.batchNormalization>;
type Initializer = ReturnType<typeof tf.initializers.zeros>;
type Regularizer = ReturnType<typeof tf.regularizers.l2>;
type Constraint = ReturnType<typeof tf.constraints.nonNeg>;

type WeightArgs = { initializer: Initializer; regularizer?: Regularizer; constraint?: Constraint };

/** What the stock layer's constructor makes of its arguments: names and configs have become objects. */
type ResolvedArgs = {
  axis: number;
  momentum: number;
  epsilon: number;
  scale: boolean;
  center: boolean;
  gammaInitializer: Initializer;
  betaInitializer: Initializer;
  movingMeanInitializer: Initializer;
  movingVarianceInitializer: Initializer;
  gammaRegularizer: Regularizer;
  betaRegularizer: Regularizer;
  gammaConstraint: Constraint;
  betaConstraint: Constraint;
};

/**
 * float32 [..., C] → the same shape. Arguments, defaults (`momentum` 0.99, `epsilon` 1e-3) and weights
 * (`gamma`, `beta`, `moving_mean`, `moving_variance`, all [C]) are those of `tf.layers.batchNormalization`.
 *
 * @throws if `axis` is not the last one, when the layer is built.
 */
export class BatchNormalization extends tf.layers.Layer {
  /** @nocollapse */
  static readonly className = "BatchNormalization";

  /** Applied in the same pass while training. Set by `fuseActivations`; no part of the config. */
  trainingActivation: BatchNormActivation = "linear";
  /** Max pooling of 2×2 windows behind the activation, which is a ReLU then. Set by `fuseActivations`. */
  trainingPool = false;

  /** Never built or called: it resolves the arguments and writes the config, as tfjs exports neither. */
  private readonly stock: StockLayer;
  private readonly args: ResolvedArgs;
  private gamma?: tf.LayerVariable;
  private beta?: tf.LayerVariable;
  /** Stands where gamma and beta would, in a layer without either: freezing a model reaches only what stands there. */
  private trainableMark?: tf.LayerVariable;
  private movingMean!: tf.LayerVariable;
  private movingVariance!: tf.LayerVariable;

  constructor(args: BatchNormalizationArgs = {}) {
    super(args);
    this.supportsMasking = true;
    this.stock = tf.layers.batchNormalization({ ...args, name: this.name });
    this.args = this.stock as unknown as ResolvedArgs;
  }

  /** Whether training leaves this layer alone. `model.trainable = false` reaches the weights only. */
  get frozen(): boolean {
    const parameters = [this.gamma, this.beta, this.trainableMark].filter((weight) => weight !== undefined);
    return !this.trainable || (parameters.length > 0 && parameters.every(({ trainable }) => !trainable));
  }

  override get trainableWeights(): tf.LayerVariable[] {
    return super.trainableWeights.filter((weight) => weight !== this.trainableMark);
  }
  override set trainableWeights(weights: tf.LayerVariable[]) {
    super.trainableWeights = weights;
  }

  override get nonTrainableWeights(): tf.LayerVariable[] {
    return super.nonTrainableWeights.filter((weight) => weight !== this.trainableMark);
  }
  override set nonTrainableWeights(weights: tf.LayerVariable[]) {
    super.nonTrainableWeights = weights;
  }

  /** Whether a call with these arguments normalises by the batch's statistics. */
  usesBatchStatistics(kwargs: { training?: boolean }): boolean {
    return kwargs.training === true && !this.frozen;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    const { args } = this;
    const lastAxis = shape.length - 1;
    if (args.axis !== -1 && args.axis !== lastAxis) {
      throw new Error(
        `Expected \`axis\` of BatchNormalization "${this.name}" to be -1 or ${lastAxis}, the last one. ` +
          `Received: ${args.axis}. Transpose the input, or use tf.layers.batchNormalization.`,
      );
    }
    const channels = shape[lastAxis];
    if (channels == null) {
      throw new Error(
        `Expected the last dimension of the input of BatchNormalization "${this.name}" to be known. ` +
          `Received: ${JSON.stringify(shape)}. Give the model an input shape that names it.`,
      );
    }
    const add = (name: string, trainable: boolean, of: WeightArgs): tf.LayerVariable =>
      this.addWeight(name, [channels], "float32", of.initializer, of.regularizer, trainable, of.constraint);
    if (args.scale) {
      const {
        gammaInitializer: initializer,
        gammaRegularizer: regularizer,
        gammaConstraint: constraint,
      } = args;
      this.gamma = add("gamma", true, { initializer, regularizer, constraint });
    }
    if (args.center) {
      const { betaInitializer: initializer, betaRegularizer: regularizer, betaConstraint: constraint } = args;
      this.beta = add("beta", true, { initializer, regularizer, constraint });
    }
    if (!args.scale && !args.center) {
      this.trainableMark = { trainable: true } as tf.LayerVariable;
      (this as unknown as { _trainableWeights: tf.LayerVariable[] })._trainableWeights.push(
        this.trainableMark,
      );
    }
    this.movingMean = add("moving_mean", false, { initializer: args.movingMeanInitializer });
    this.movingVariance = add("moving_variance", false, { initializer: args.movingVarianceInitializer });
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean } = {}): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
      const scale = this.gamma?.read();
      const offset = this.beta?.read();
      const { epsilon } = this.args;
      if (!this.usesBatchStatistics(kwargs)) {
        const mean = this.movingMean.read() as tf.Tensor1D;
        const variance = this.movingVariance.read() as tf.Tensor1D;
        // Without them tfjs computes the same, and then fails where a gradient goes through.
        const [ones, zeros] = [scale ?? tf.onesLike(variance), offset ?? tf.zerosLike(mean)];
        return tf.batchNorm(x, mean, variance, zeros, ones, epsilon);
      }
      const count = x.size / (x.shape.at(-1) ?? 1);
      const given = { x, ...(scale && { scale }), ...(offset && { offset }) };
      const share = 1 - this.args.momentum;
      const unbiased = count / Math.max(count - 1, 1);
      const move = (mean: tf.Tensor, variance: tf.Tensor) =>
        updateVariables([
          moving(this.movingMean, mean, { share }),
          moving(this.movingVariance, variance, { share, factor: unbiased }),
        ]);
      return this.trainingPool
        ? batchNormReluMaxPool(given, { epsilon }, move)
        : batchNormTraining(given, { epsilon, activation: this.trainingActivation }, move);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...this.stock.getConfig(), ...super.getConfig() };
  }
}

function moving(average: tf.LayerVariable, value: tf.Tensor, attrs: MoveTowardsAttrs): VariableStep {
  // Typed as any tensor.
  return { update: "MoveTowards", inputs: { average: average.read(), value }, attrs };
}
