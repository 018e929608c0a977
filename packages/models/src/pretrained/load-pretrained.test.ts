/** Our networks, filled from files as timm and torchvision write them, give timm's and torchvision's logits. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import {
  madePicture,
  madeState,
  madeTensor,
  safetensorsOf,
  ZOO,
  type MadeState,
} from "../../test/made-weights.js";
import { serveFolder } from "../../test/serve-folder.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { createModel } from "../create-model.js";
import { PretrainedWeightsError } from "../errors.js";
import type { ModelName } from "../names.js";
import { loadPretrained } from "./load-pretrained.js";

type BuildOptions = { side?: number; channels?: number; numClasses?: number; options?: object };

function build(
  name: ModelName,
  { side = 64, channels = 3, numClasses = 10, options = {} }: BuildOptions = {},
) {
  return createModel(
    { name, options: { ...options } },
    { inputShape: [side, side, channels], numClasses, rng: Rng.fromSeed(1) },
  );
}

/** One-threaded JavaScript has the time for few, and so have GPUs in software, which compile each network's programs. */
const IS_SLOW = ["cpu", "webgpu"].includes(process.env.CONVKIT_TEST_BACKEND ?? "");

const PARITY: [ours: ModelName, published: string, options?: BuildOptions][] = [
  ["resnet18", "timm/resnet18"],
  ["resnet34", "torchvision/resnet34"],
  ["resnet50", "timm/resnet50"],
  ["mobilenet-v2", "timm/mobilenetv2_100"],
  ["mobilenet-v2", "torchvision/mobilenet_v2"],
  ["mobilenet-v3-small", "timm/mobilenetv3_small_100"],
  ["mobilenet-v3-small", "torchvision/mobilenet_v3_small"],
  ["efficientnet-b0", "timm/efficientnet_b0"],
  ["efficientnet-b0", "torchvision/efficientnet_b0"],
  ["convnext-atto", "timm/convnext_atto"],
  ["convnext-tiny", "timm/convnext_tiny"],
  ["convnext-tiny", "torchvision/convnext_tiny"],
  ["squeezenet", "torchvision/squeezenet1_1"],
  ["vgg11-bn", "torchvision/vgg11_bn", { options: { hidden: 8 } }],
  ["resnet18", "timm-grey/resnet18", { channels: 1 }],
  ["efficientnet-b0", "timm-grey/efficientnet_b0", { channels: 1 }],
  ["convnext-atto", "timm-grey/convnext_atto", { channels: 1 }],
];
const SMALL = new Set(["timm/mobilenetv3_small_100", "torchvision/squeezenet1_1"]);

describe("logits", () => {
  for (const [ours, published, options = {}] of PARITY) {
    it.skipIf(IS_SLOW && !SMALL.has(published))(`of ${ours} are those of ${published}`, async () => {
      const { logits } = ZOO[published]!;
      const file = safetensorsOf(madeState(ZOO[published]!));
      for (const [side, expected] of Object.entries(logits)) {
        const model = await build(ours, { side: Number(side), ...options });
        await loadPretrained(model, file);
        await expectLogits(model, Number(side), expected);
        model.dispose();
      }
    });
  }
});

async function expectLogits(model: tf.LayersModel, side: number, expected: readonly number[]): Promise<void> {
  const channels = model.inputs[0]!.shape[3]!;
  const received = await tf.tidy(() => model.predict(madePicture(side, channels)) as tf.Tensor).data();
  const scale = Math.max(...expected.map(Math.abs));
  expected.forEach((logit, i) => expect(Math.abs(received[i]! - logit) / scale).toBeLessThan(1e-4));
}

const valuesOf = async (model: tf.LayersModel) =>
  new Map(
    await Promise.all(
      model.weights.map(async (weight) => [weight.originalName, await weight.read().data()] as const),
    ),
  );

/** A hash of each weight's bytes, by which whole networks are compared in no time. */
const hashesOf = async (model: tf.LayersModel) =>
  new Map(
    [...(await valuesOf(model))].map(([name, values]) => [
      name,
      createHash("sha256").update(values).digest("hex"),
    ]),
  );

/** Of the smallest network there is: so that each test of a file changes one thing. */
const small = () => madeState(ZOO["torchvision/squeezenet1_1"]!);
const MOBILE = "torchvision/mobilenet_v3_small";

describe("the classifier", () => {
  it("stays as it started where the file's is for other classes, and all else is loaded", async () => {
    const [model, fresh, whole] = await Promise.all([
      build("mobilenet-v3-small", { numClasses: 4 }),
      build("mobilenet-v3-small", { numClasses: 4 }),
      build("mobilenet-v3-small"),
    ]);
    const file = safetensorsOf(madeState(ZOO[MOBILE]!));
    await loadPretrained(model, file);
    await loadPretrained(whole, file);
    const [loaded, first, published] = [await hashesOf(model), await hashesOf(fresh), await hashesOf(whole)];
    for (const [name, hash] of loaded) {
      const expected = name.startsWith("logits/") ? first : published;
      expect(hash, name).toBe(expected.get(name));
    }
  });

  it("stays as it started where the file has none", async () => {
    const state = small();
    state.delete("classifier.1.weight");
    state.delete("classifier.1.bias");
    const [model, fresh] = await Promise.all([build("squeezenet"), build("squeezenet")]);
    await loadPretrained(model, safetensorsOf(state));
    expect((await valuesOf(model)).get("classifier/kernel")).toEqual(
      (await valuesOf(fresh)).get("classifier/kernel"),
    );
    expect((await valuesOf(model)).get("stem-conv/bias")).toEqual(state.get("features.0.bias")!.values);
  });
});

describe("layouts", () => {
  it("a dense layer behind a map reads it row by row, whether timm or torchvision wrote it", async () => {
    const options = { side: 32, options: { hidden: 2 }, numClasses: 2 };
    const [ours, timm] = await Promise.all([build("vgg11-bn", options), build("vgg11-bn", options)]);
    const state: MadeState = new Map(
      [...madeState(ZOO["torchvision/vgg11_bn"]!)].filter(([name]) => name.startsWith("features")),
    );
    const dense: [torchvision: string, timm: string, sizes: number[], timmSizes: number[]][] = [
      ["classifier.0", "pre_logits.fc1", [2, 25088], [2, 512, 7, 7]],
      ["classifier.3", "pre_logits.fc2", [2, 2], [2, 2, 1, 1]],
      ["classifier.6", "head.fc", [2, 2], [2, 2]],
    ];
    const [byTorchvision, byTimm] = [new Map(state), new Map(state)];
    for (const [theirs, timms, shape, timmShape] of dense) {
      const kernel = madeTensor(`${theirs}.weight`, shape);
      const bias = madeTensor(`${theirs}.bias`, [2]);
      byTorchvision.set(`${theirs}.weight`, kernel).set(`${theirs}.bias`, bias);
      byTimm.set(`${timms}.weight`, { ...kernel, shape: timmShape }).set(`${timms}.bias`, bias);
    }
    await loadPretrained(ours, safetensorsOf(byTorchvision));
    await loadPretrained(timm, safetensorsOf(byTimm));
    expect(await hashesOf(timm)).toEqual(await hashesOf(ours));
    // Row 2, column 3, channel 5 of the 7×7×512 map, to output 1.
    const kernel = (await valuesOf(ours)).get("hidden-1/kernel")!;
    const published = byTorchvision.get("classifier.0.weight")!.values;
    expect(kernel[((2 * 7 + 3) * 512 + 5) * 2 + 1]).toBe(published[25088 + (5 * 7 + 2) * 7 + 3]);
  });

  it("the first layer for grey pictures is the sum over the colours", async () => {
    const model = await build("squeezenet", { channels: 1 });
    const state = small();
    await loadPretrained(model, safetensorsOf(state));
    const published = state.get("features.0.weight")!.values;
    // Filter 2, row 1, column 0 of [64, 3, 3, 3].
    const sum = [0, 1, 2].reduce((total, colour) => total + published[(2 * 3 + colour) * 9 + 3]!, 0);
    expect((await valuesOf(model)).get("stem-conv/kernel")![3 * 64 + 2]).toBeCloseTo(sum, 6);
  });
});

describe("where the file comes from", () => {
  it("a path, a web server or bytes", async () => {
    const folder = await temporaryFolder();
    const file = safetensorsOf(small());
    await writeFile(join(folder, "model.safetensors"), file);
    const models = await Promise.all([build("squeezenet"), build("squeezenet"), build("squeezenet")]);
    await loadPretrained(models[0], file);
    await loadPretrained(models[1], join(folder, "model.safetensors"));
    await loadPretrained(models[2], `${await serveFolder(folder)}/model.safetensors`);
    const [first, ...others] = await Promise.all(models.map(hashesOf));
    for (const other of others) expect(other).toEqual(first);
  });

  it("createModel reads it where the config names it", async () => {
    const path = join(await temporaryFolder(), "model.safetensors");
    await writeFile(path, safetensorsOf(small()));
    const context = { inputShape: [32, 32, 3], numClasses: 3, rng: Rng.fromSeed(1) } as const;
    const model = await createModel({ name: "squeezenet", options: {}, pretrained: path }, context);
    expect((await valuesOf(model)).get("stem-conv/bias")).toEqual(small().get("features.0.bias")!.values);
  });
});

describe("a file that is not of the network", () => {
  const refusals: [what: string, change: (state: MadeState) => void, message: string][] = [
    [
      "lacks a weight",
      (state) => void state.delete("features.4.squeeze.bias"),
      "Expected the weights of squeezenet, all of them and no others. Received: a file without features.4.squeeze.bias.",
    ],
    [
      "has one too many",
      (state) => void state.set("features.13.weight", madeTensor("a", [1])),
      "Received: a file with features.13.weight.",
    ],
    [
      "has one of another shape",
      (state) => void state.set("features.4.squeeze.weight", madeTensor("a", [16, 128, 3, 3])),
      'Expected "features.4.squeeze.weight" of shape [16, 128, 1, 1] for stage1-fire2-squeeze/kernel of squeezenet. ' +
        "Received: [16, 128, 3, 3].",
    ],
    [
      "has a classifier of other features",
      (state) => void state.set("classifier.1.weight", madeTensor("a", [10, 500, 1, 1])),
      'Expected "classifier.1.weight" of shape [10, 512, 1, 1] for classifier/kernel of squeezenet. Received: [10, 500, 1, 1].',
    ],
  ];
  for (const [what, change, message] of refusals) {
    it(`is refused by name if it ${what}, and changes nothing`, async () => {
      const state = small();
      change(state);
      const model = await build("squeezenet");
      const before = await hashesOf(model);
      const load = loadPretrained(model, safetensorsOf(state));
      await expect(load).rejects.toThrow(PretrainedWeightsError);
      await expect(load).rejects.toThrow(message);
      expect(await hashesOf(model)).toEqual(before);
    });
  }

  it("is refused if it is another network's", async () => {
    const load = loadPretrained(await build("resnet18"), safetensorsOf(small()));
    await expect(load).rejects.toThrow(
      "Expected weights of resnet18 by the names of timm and torchvision, such as conv1.weight. Received: features.0.weight, ",
    );
  });

  it("is refused if it is timm's port from TensorFlow, by the name of the file, of its folder or in its metadata", async () => {
    const words = "Received: those of timm's tf_mobilenetv3_small_100, which pads as TensorFlow does";
    const state = madeState(ZOO["timm/mobilenetv3_small_100"]!);
    const file = safetensorsOf(state);
    const model = await build("mobilenet-v3-small", { side: 32 });
    const before = await hashesOf(model);
    const folder = await temporaryFolder();
    const hub = join(folder, "models--timm--tf_mobilenetv3_small_100.in1k", "snapshots");
    await mkdir(hub, { recursive: true });
    for (const path of [
      join(folder, "tf_mobilenetv3_small_100-37f49e2b.safetensors"),
      join(hub, "model.safetensors"),
    ]) {
      await writeFile(path, file);
      await expect(loadPretrained(model, path)).rejects.toThrow(words);
    }
    const told = safetensorsOf(state, { architecture: "tf_mobilenetv3_small_100" });
    await expect(loadPretrained(model, told)).rejects.toThrow(words);
    expect(await hashesOf(model)).toEqual(before);
    // What a file is called itself counts more than where somebody has put it.
    const named = join(hub, "mobilenetv3_small_100.safetensors");
    await writeFile(named, file);
    await loadPretrained(model, named);
    expect(await hashesOf(model)).not.toEqual(before);
  });

  it("is refused for a network that nobody publishes, one that is not there, and what is no file of weights", async () => {
    const resnet20 = await build("resnet20");
    await expect(loadPretrained(resnet20, safetensorsOf(small()))).rejects.toThrow("Received: resnet20.");
    const model = await build("squeezenet");
    await expect(loadPretrained(model, "/nowhere/model.pth")).rejects.toThrow(
      "Expected a file of pretrained weights at /nowhere/model.pth. Received: ENOENT",
    );
    const page = new TextEncoder().encode("<!doctype html><title>Sign in</title>");
    await expect(loadPretrained(model, page)).rejects.toThrow("Give the file itself, not a page about it");
  });
});
