/** What our layers save, stock tfjs loads: proved in a process that has never seen this package. */
import { execFileSync } from "node:child_process";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { largestDifference } from "../test/finite-difference.js";
import { BatchNormalization } from "./batch-normalization.js";
import { DropPath } from "./drop-path.js";
import { Dropout } from "./dropout.js";
import { fuseActivations } from "./fuse-activations.js";
import { LayerNormalization } from "./layer-normalization.js";

const STOCK_PROGRAM = `
  import * as tf from "@tensorflow/tfjs";
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  const { modelTopology, weightSpecs, weights, x } = JSON.parse(text);
  const weightData = new Uint8Array(Buffer.from(weights, "base64")).buffer;
  await tf.setBackend("cpu");
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  process.stdout.write(JSON.stringify([...model.predict(tf.tensor(x)).dataSync()]));
`;

function build(): tf.LayersModel {
  const input = tf.input({ shape: [4, 4, 2] });
  let x = tf.layers.conv2d({ filters: 3, kernelSize: 3, useBias: false }).apply(input);
  x = new BatchNormalization({ name: "bn" }).apply(x);
  x = tf.layers.activation({ activation: "relu" }).apply(x);
  x = new BatchNormalization({ name: "bn-without-scale", scale: false }).apply(x);
  x = new BatchNormalization({ name: "bn-without-center", center: false }).apply(x);
  x = new LayerNormalization({ name: "ln", epsilon: 1e-6 }).apply(x);
  x = new DropPath({ name: "drop-path", rate: 0.5, seed: 2 }).apply(x);
  x = tf.layers.flatten().apply(x);
  x = new Dropout({ name: "dropout", rate: 0.5, seed: 1 }).apply(x);
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2 }).apply(x) as tf.SymbolicTensor });
}

describe("a model of our layers", () => {
  it("predicts the same after stock tfjs has loaded it", async () => {
    const model = build();
    fuseActivations(model);
    const x = tf.randomNormal([3, 4, 4, 2], 1, 2, "float32", 1);
    for (let i = 0; i < 3; i++) model.apply(x, { training: true });
    const expected = await (model.predict(x) as tf.Tensor).data();

    let saved: tf.io.ModelArtifacts | undefined;
    await model.save({
      save: (artifacts) => {
        saved = artifacts;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
      },
    });
    const message = JSON.stringify({
      modelTopology: saved?.modelTopology,
      weightSpecs: saved?.weightSpecs,
      weights: Buffer.from(saved?.weightData as ArrayBuffer).toString("base64"),
      x: await x.array(),
    });
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", STOCK_PROGRAM], {
      input: message,
      stdio: ["pipe", "pipe", "ignore"],
      encoding: "utf8",
    });
    expect(largestDifference(JSON.parse(output) as number[], expected)).toBeLessThan(1e-5);
  });
});
