import { readFileSync } from "node:fs";
import { OptimizerSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { createOptimizer, type Optimizer } from "./optimizer.js";
import { WeightPatternError } from "./weight-settings.js";

function kernelAndBias(): Map<string, tf.Variable> {
  return new Map<string, tf.Variable>([
    ["dense/kernel", tf.variable(tf.tensor2d([[1, 2]]))],
    ["dense/bias", tf.variable(tf.tensor1d([1, 2]))],
  ]);
}

function optimizerFor(spec: unknown, variables: Map<string, tf.Variable>): Optimizer {
  return createOptimizer(OptimizerSpec.parse(spec), variables);
}

async function expectValues(tensor: tf.Tensor, expected: number[]): Promise<void> {
  const values = [...(await tensor.data())];
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
}

describe("sgd", () => {
  it("takes Nesterov steps with decoupled decay on kernels and none on biases", async () => {
    const variables = kernelAndBias();
    const optimizer = optimizerFor({ name: "sgd", momentum: 0.5, weightDecay: 0.1 }, variables);
    const gradients = new Map<string, tf.Tensor>([
      ["dense/kernel", tf.tensor2d([[1, -1]])],
      ["dense/bias", tf.tensor1d([1, -1])],
    ]);
    optimizer.update(gradients, { learningRate: 0.1, step: 1 });
    // v = g; u = g + 0.5·v = 1.5·g; p − 0.1·(u + 0.1·p)
    await expectValues(variables.get("dense/kernel")!, [1 - 0.1 * (1.5 + 0.1), 2 - 0.1 * (-1.5 + 0.2)]);
    await expectValues(variables.get("dense/bias")!, [0.85, 2.15]);
    await expectValues(optimizer.slots.get("dense/bias/velocity")!, [1, -1]);

    optimizer.update(gradients, { learningRate: 0.1, step: 2 });
    // v = 0.5·1 + 1 = 1.5; u = 1 + 0.75
    await expectValues(variables.get("dense/bias")!, [0.85 - 0.175, 2.15 + 0.175]);
    await expectValues(optimizer.slots.get("dense/bias/velocity")!, [1.5, -1.5]);
  });

  it("decays depthwise kernels, but not those that are one factor a channel", async () => {
    const variables = new Map<string, tf.Variable>([
      ["a-conv/depthwise_kernel", tf.variable(tf.ones([3, 3, 2, 1]))],
      ["a-scale/depthwise_kernel", tf.variable(tf.ones([1, 1, 2, 1]))],
      ["a-project/kernel", tf.variable(tf.ones([1, 1, 2, 1]))],
    ]);
    const optimizer = optimizerFor({ name: "sgd", momentum: 0, weightDecay: 0.1 }, variables);
    const gradients = new Map([...variables].map(([name, variable]) => [name, tf.zerosLike(variable)]));
    optimizer.update(gradients, { learningRate: 0.5, step: 1 });
    await expectValues(variables.get("a-conv/depthwise_kernel")!, [0.95]);
    await expectValues(variables.get("a-scale/depthwise_kernel")!, [1]);
    await expectValues(variables.get("a-project/kernel")!, [0.95]);
  });

  it("leaves weights without a gradient alone", async () => {
    const variables = kernelAndBias();
    const optimizer = optimizerFor({ name: "sgd" }, variables);
    optimizer.update(new Map([["dense/bias", tf.tensor1d([1, 1])]]), { learningRate: 1, step: 1 });
    await expectValues(variables.get("dense/kernel")!, [1, 2]);
  });
});

describe("adamw", () => {
  it("corrects the bias of its moments and decays kernels only", async () => {
    const variables = kernelAndBias();
    const optimizer = optimizerFor({ name: "adamw", weightDecay: 0.5, epsilon: 1e-12 }, variables);
    const gradients = new Map<string, tf.Tensor>([
      ["dense/kernel", tf.tensor2d([[3, -4]])],
      ["dense/bias", tf.tensor1d([3, -4])],
    ]);
    optimizer.update(gradients, { learningRate: 0.1, step: 1 });
    // After one step m̂/√v̂ is the gradient's sign.
    await expectValues(variables.get("dense/bias")!, [1 - 0.1, 2 + 0.1]);
    await expectValues(variables.get("dense/kernel")!, [1 - 0.1 * (1 + 0.5), 2 - 0.1 * (-1 + 1)]);
    await expectValues(optimizer.slots.get("dense/kernel/firstMoment")!, [0.3, -0.4]);
    await expectValues(optimizer.slots.get("dense/kernel/secondMoment")!, [0.009, 0.016]);
  });
});

/** Out of test/fixtures/peer-optimizers.py. */
interface PeerCase {
  optimizer: { name: string };
  shape: number[];
  first: number[];
  gradients: number[][];
  /** The weight after each step. */
  after: number[][];
}
const peer = JSON.parse(
  readFileSync(new URL("../test/fixtures/optimizers.json", import.meta.url), "utf8"),
) as { rates: number[]; cases: PeerCase[] };

describe("beside PyTorch", () => {
  it.each(peer.cases.map((one) => [JSON.stringify(one.optimizer), one] as const))(
    "%s takes the same steps",
    async (_, { optimizer: spec, shape, first, gradients, after }) => {
      const weight = tf.variable(tf.tensor(first, shape));
      const optimizer = optimizerFor(spec, new Map([["layer/kernel", weight]]));
      for (const [i, learningRate] of peer.rates.entries()) {
        const gradient = tf.tensor(gradients[i]!, shape);
        optimizer.update(new Map([["layer/kernel", gradient]]), { learningRate, step: i + 1 });
        const values = await weight.data();
        after[i]!.forEach((value, at) => expect(values[at], `step ${i + 1}`).toBeCloseTo(value, 4));
      }
    },
  );
});

describe("muon", () => {
  it("moves filters by Muon and all else by SGD at a rate of its own, by hand", async () => {
    const variables = new Map<string, tf.Variable>([
      ["conv/kernel", tf.variable(tf.tensor4d([2], [1, 1, 1, 1]))],
      ["conv/bias", tf.variable(tf.tensor1d([2]))],
    ]);
    const optimizer = optimizerFor({ name: "muon", iterations: 1, otherLearningRate: 0.5 }, variables);
    const gradients = new Map<string, tf.Tensor>([
      ["conv/kernel", tf.tensor4d([7], [1, 1, 1, 1])],
      ["conv/bias", tf.tensor1d([1])],
    ]);
    optimizer.update(gradients, { learningRate: 0.1, step: 1 });
    // The only singular value is 1: 3.4445 − 4.775 + 2.0315 = 0.701; the weight's norm is brought to 1.
    await expectValues(variables.get("conv/kernel")!, [1 - 0.1 * 0.701]);
    await expectValues(variables.get("conv/bias")!, [2 - 0.05 * 1.85]);
  });
});

describe("groups and noDecay", () => {
  const spec = { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0.5 };
  const gradients = () =>
    new Map<string, tf.Tensor>([
      ["dense/kernel", tf.tensor2d([[1, 1]])],
      ["dense/bias", tf.tensor1d([1, 1])],
    ]);

  function updated(groups: unknown[], { step = 1, noDecay }: { step?: number; noDecay?: string[] } = {}) {
    const variables = kernelAndBias();
    const config = OptimizerSpec.parse({ ...spec, groups, noDecay });
    const optimizer = createOptimizer(config, variables, { stepsPerEpoch: 3 });
    optimizer.update(gradients(), { learningRate: 0.1, step });
    return variables;
  }

  it("multiply the learning rate of the weights they match first", async () => {
    const variables = updated([
      { weights: "bias$", learningRate: 64 },
      { weights: "^dense/", learningRate: 2 },
    ]);
    await expectValues(variables.get("dense/bias")!, [1 - 6.4, 2 - 6.4]);
    await expectValues(variables.get("dense/kernel")!, [1 - 0.2 * 1.5, 2 - 0.2 * 2]);
  });

  it("spare weights of decay, and decay biases where they say so", async () => {
    const variables = updated([
      { weights: "bias", weightDecay: 2 },
      { weights: "kernel", weightDecay: 0 },
    ]);
    await expectValues(variables.get("dense/bias")!, [1 - 0.1 * 2, 2 - 0.1 * 3]);
    await expectValues(variables.get("dense/kernel")!, [0.9, 1.9]);
    const spared = updated([{ weights: "kernel", learningRate: 2 }], { noDecay: ["^dense/k"] });
    await expectValues(spared.get("dense/kernel")!, [0.8, 1.8]);
    const insisting = updated([{ weights: "kernel", weightDecay: 1 }], { noDecay: ["^dense/k"] });
    await expectValues(insisting.get("dense/kernel")!, [1 - 0.15, 2 - 0.2]);
  });

  it("let weights rest from the start, or once their epochs are done", async () => {
    // 1.5 epochs of 3 steps: the fifth update is the last that begins before them.
    const bias = (step: number) =>
      updated([{ weights: "bias", untilEpoch: 1.5 }], { step }).get("dense/bias")!;
    await expectValues(bias(5), [0.9, 1.9]);
    await expectValues(bias(6), [1, 2]);
    const frozen = updated([{ weights: "kernel", learningRate: 0 }]);
    await expectValues(frozen.get("dense/kernel")!, [1, 2]);
    await expectValues(frozen.get("dense/bias")!, [0.9, 1.9]);
    const config = OptimizerSpec.parse({ ...spec, groups: [{ weights: "bias", untilEpoch: 1 }] });
    expect(() => createOptimizer(config, kernelAndBias())).toThrow(/Expected `stepsPerEpoch`/);
  });

  it("name the nearest weights where they match none", () => {
    const variables = new Map<string, tf.Variable>(
      ["stem/kernel", "stage1-conv1/kernel", "stage1-norm1/gamma", "classifier/bias"].map((name) => [
        name,
        tf.variable(tf.zeros([1, 1])),
      ]),
    );
    const create = (options: object) => () => optimizerFor({ name: "sgd", ...options }, variables);
    expect(create({ groups: [{ weights: "kernel" }, { weights: "^stage1-conv3/" }] })).toThrow(
      new WeightPatternError(
        "Expected `optimizer.groups[1].weights` to match a weight that the network trains. " +
          'Received: "^stage1-conv3/", which matches none. The nearest of 4 weights: ' +
          "stage1-conv1/kernel, stage1-norm1/gamma, stem/kernel, classifier/bias.",
      ),
    );
    expect(create({ groups: [{ weights: "kernel" }, { weights: "^stem/" }] })).toThrow(
      /groups\[1\]\.weights`.*which matches only weights of the groups before it/,
    );
    expect(create({ noDecay: ["gama"] })).toThrow(/`optimizer\.noDecay\[0\]`.*stage1-norm1\/gamma/);
  });
});

it.each(["sgd", "adam", "adamw", "rmsprop", "lion", "muon"])(
  "%s leaves no tensor behind per update, and none once disposed",
  (name) => {
    const before = tf.memory().numTensors;
    const variables = kernelAndBias();
    const held = tf.memory().numTensors;
    const optimizer = optimizerFor({ name }, variables);
    const gradient = tf.tensor1d([1, 1]);
    const gradients = new Map([["dense/bias", gradient]]);
    const withSlots = tf.memory().numTensors;
    for (let step = 1; step <= 3; step++) optimizer.update(gradients, { learningRate: 0.1, step });
    expect(tf.memory().numTensors).toBe(withSlots);
    gradient.dispose();
    optimizer.dispose();
    expect(tf.memory().numTensors - held).toBe(0);
    tf.dispose([...variables.values()]);
    // The two initial tensors of kernelAndBias are left over from making the variables.
    expect(tf.memory().numTensors - before).toBe(2);
  },
);
