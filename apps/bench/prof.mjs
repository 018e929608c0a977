import * as tf from "@tensorflow/tfjs";
import { openEngine } from "@convkit/engine";
import { Rng } from "@convkit/random";
import { createOptimizer, fit, weightsByName } from "@convkit/trainer";
import { BatchNormalization } from "@convkit/ops";
await openEngine("native", { precision: process.argv[2] });
const times = new Map();
for (const config of tf.getKernelsForBackend("native")) {
  tf.unregisterKernel(config.kernelName, "native");
  tf.registerKernel({
    ...config,
    kernelFunc: (args) => {
      const t = performance.now();
      const out = config.kernelFunc(args);
      const dt = performance.now() - t;
      const shape =
        config.kernelName.startsWith("Conv2D") ||
        config.kernelName.startsWith("Batch") ||
        config.kernelName.startsWith("Max")
          ? " " +
            Object.values(args.inputs)[0]?.shape?.join("x") +
            " " +
            (args.inputs.filter?.shape ?? args.inputs.dy?.shape ?? "")
          : "";
      const e = times.get(config.kernelName + shape) ?? { ms: 0, n: 0 };
      e.ms += dt;
      e.n++;
      times.set(config.kernelName + shape, e);
      return out;
    },
  });
}
function net() {
  const input = tf.input({ shape: [32, 32, 3] });
  let x = input;
  for (const [stage, filters] of [32, 64, 128].entries()) {
    for (const block of [1, 2]) {
      x = tf.layers
        .conv2d({ name: `s${stage}-c${block}`, filters, kernelSize: 3, padding: "same", useBias: false })
        .apply(x);
      x = new BatchNormalization().apply(x);
      x = tf.layers.activation({ activation: "relu" }).apply(x);
    }
    x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(x);
  }
  return tf.model({
    inputs: input,
    outputs: tf.layers.dense({ units: 10 }).apply(tf.layers.flatten().apply(x)),
  });
}
const model = net();
const optimizer = createOptimizer(
  { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 0 },
  weightsByName(model, "trainable"),
);
const rng = Rng.fromSeed(0);
const B = 128;
const batch = {
  images: Float32Array.from({ length: B * 3072 }, () => rng.normal()),
  shape: [B, 32, 32, 3],
  labels: Int32Array.from({ length: B }, () => rng.int(10)),
  ids: Array.from({ length: B }, (_, i) => String(i)),
};
const run = (steps) =>
  fit({
    model,
    optimizer,
    schedule: () => 0.01,
    epochs: 1,
    rng: Rng.fromSeed(0),
    loader: {
      stepsPerEpoch: steps,
      imageShape: [32, 32, 3],
      async *epoch() {
        for (let i = 0; i < steps; i++) yield batch;
      },
      close: () => Promise.resolve(),
    },
  });
await run(4);
times.clear();
const t = performance.now();
const N = 20;
await run(N);
const total = (performance.now() - t) / N;
console.log("step ms", total.toFixed(1));
let sum = 0;
for (const [k, { ms, n }] of [...times].sort((a, b) => b[1].ms - a[1].ms).slice(0, 26))
  console.log((ms / N).toFixed(2).padStart(7), (n / N).toFixed(1).padStart(5), k);
for (const { ms } of times.values()) sum += ms / N;
console.log("kernels", sum.toFixed(1));
