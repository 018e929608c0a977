import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { skipInputGradients } from "./skip-input-gradients.js";

type Options = { useBias?: boolean; strides?: number; frozen?: "kernel" | "bias" };

/** Two convolutions; equal seeds make every build the same network. */
function build({ useBias = true, strides = 1, frozen }: Options = {}): tf.LayersModel {
  const convolution = (name: string, seed: number, more: object) =>
    tf.layers.conv2d({
      ...{ name, filters: 4, kernelSize: 3, padding: "same", useBias },
      kernelInitializer: tf.initializers.glorotNormal({ seed }),
      ...more,
    });
  const input = tf.input({ shape: [6, 5, 2] });
  const first = convolution("first", 1, { strides });
  const second = convolution("second", 2, { activation: "relu" });
  const outputs = second.apply(first.apply(input)) as tf.SymbolicTensor;
  const weight = frozen && first.weights.find(({ originalName }) => originalName.endsWith(`/${frozen}`));
  if (weight) (weight as unknown as { trainable: boolean }).trainable = false;
  return tf.model({ inputs: input, outputs });
}

const batch = () => tf.randomNormal([3, 6, 5, 2], 0, 1, "float32", 5);

function differentiate(model: tf.LayersModel): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const loss = () => (model.apply(batch(), { training: true }) as tf.Tensor).square().mean().asScalar();
  const { value, grads } = tf.variableGrads(loss, variables);
  return { loss: value, gradients: variables.map(({ name }) => grads[name]!) };
}

async function gradientsOf(model: tf.LayersModel): Promise<{ loss: number; gradients: number[][] }> {
  const { loss, gradients } = differentiate(model);
  return {
    loss: (await loss.data())[0]!,
    gradients: await Promise.all(gradients.map(async (gradient) => [...(await gradient.data())])),
  };
}

async function kernelsOfStep(model: tf.LayersModel): Promise<string[]> {
  const { kernels } = await tf.profile(() => {
    differentiate(model);
    return tf.scalar(0);
  });
  return kernels.map(({ name }) => name);
}

describe("skipInputGradients", () => {
  it.each<Options>([{}, { useBias: false }, { strides: 2 }, { frozen: "kernel" }, { frozen: "bias" }])(
    "changes neither loss nor gradients of weights: %o",
    async (options) => {
      const [plain, spared] = [build(options), build(options)];
      expect(skipInputGradients(spared)).toEqual(["first"]);
      expect(await gradientsOf(spared)).toEqual(await gradientsOf(plain));
    },
  );

  it("computes the pictures' gradient no longer, nor that of a frozen kernel", async () => {
    const count = (kernels: string[], name: string) => kernels.filter((kernel) => kernel === name).length;
    const spared = build();
    skipInputGradients(spared);
    const [before, after] = [await kernelsOfStep(build()), await kernelsOfStep(spared)];
    expect([before, after].map((kernels) => count(kernels, "Conv2DBackpropInput"))).toEqual([2, 1]);
    expect(count(after, "Conv2DBackpropFilter")).toBe(2);
    const frozen = build({ frozen: "kernel" });
    skipInputGradients(frozen);
    expect(count(await kernelsOfStep(frozen), "Conv2DBackpropFilter")).toBe(1);
  });

  it("leaves inference alone: there the input's gradient is what it was", async () => {
    const [plain, spared] = [build(), build()];
    skipInputGradients(spared);
    skipInputGradients(spared);
    const saliency = async (model: tf.LayersModel) =>
      await tf
        .grad((x) => (model.apply(x) as tf.Tensor).sum())(batch())
        .data();
    expect(await saliency(spared)).toEqual(await saliency(plain));
    expect((await saliency(spared)).some((value) => value !== 0)).toBe(true);
    expect(await (spared.predict(batch()) as tf.Tensor).data()).toEqual(
      await (plain.predict(batch()) as tf.Tensor).data(),
    );
  });

  it("passes over what it does not take", () => {
    const input = tf.input({ shape: [8, 8, 2] });
    const options = { filters: 2, kernelSize: 3 };
    const layers = [
      tf.layers.conv2d({ ...options, activation: "relu" }),
      tf.layers.conv2d({ ...options, dilationRate: 2 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3 }),
    ];
    for (const layer of layers) {
      const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
      expect(skipInputGradients(model)).toEqual([]);
    }
  });
});
