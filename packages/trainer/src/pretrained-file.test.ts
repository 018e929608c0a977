/** Runs that start from a file of pretrained weights, of mobilenet-v3-small as torchvision names them. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSavedModel, PretrainedWeightsError } from "@convkit/models";
import { Rng } from "@convkit/random";
import { RunConfig, type RunConfigInput } from "@convkit/schema";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import { readVariables, weightsByName } from "./named-tensors.js";
import { withHashedPretrained, withLocalPretrained } from "./pretrained-file.js";
import { openRunData } from "./run-data.js";
import { buildNetwork } from "./run-parts.js";
import { encodeSafetensors } from "./safetensors.js";
import { train } from "./train.js";

/** Lists names and shapes; `features.0.1.* 16` stands for the tensors of batch normalisation. */
const ZOO = new URL("../../models/test/fixtures/pretrained/zoo-parity.json", import.meta.url);
const NORM = ["weight", "bias", "running_mean", "running_var"];

let root: string;
let file: string;
let published: Uint8Array;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-pretrained-"));
  writeSquares(join(root, "squares"), { train: 20, test: 10 });
  published = encodeSafetensors(publishedArrays(), {});
});
beforeEach(() => {
  file = join(root, "mobile.safetensors");
  writeFileSync(file, published);
});
afterAll(() => rmSync(root, { recursive: true }));

/** The k-th number of each is k mod 7, that of the first layer's bias 5. */
function publishedArrays() {
  const { state } = (JSON.parse(readFileSync(ZOO, "utf8")) as Record<string, { state: string[] }>)[
    "torchvision/mobilenet_v3_small"
  ]!;
  const names = state.flatMap((line): [string, number[]][] => {
    const [name, ...sizes] = line.split(" ") as [string, ...string[]];
    const shape = sizes.map(Number);
    return name.endsWith(".*") ? NORM.map((last) => [name.replace("*", last), shape]) : [[name, shape]];
  });
  return Object.fromEntries(
    names.map(([name, shape]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const data = Float32Array.from({ length: count }, (_, k) => (name === "features.0.1.bias" ? 5 : k % 7));
      return [name, { shape, data }];
    }),
  );
}

const configOf = (pretrained: string, more: Partial<RunConfigInput> = {}) =>
  RunConfig.parse(
    squaresConfig(join(root, "squares"), { model: { name: "mobilenet-v3-small", pretrained }, ...more }),
  );
const options = () => runOptions(join(root, "run"));
const open = (config: RunConfig) => openRunData(config, options());

async function firstBias(config: RunConfig, weightsFollow = false): Promise<number> {
  const model = await buildNetwork(await open(config), { rng: Rng.fromSeed(1), weightsFollow });
  const [bias] = await weightsByName(model).get("stem-norm/beta")!.data();
  model.dispose();
  return bias!;
}

describe("a run from pretrained weights", () => {
  it("starts from them, and names path and hash in its config", async () => {
    const { config } = await open(configOf(file));
    const sha256 = createHash("sha256").update(published).digest("hex");
    expect(config.model).toEqual({ name: "mobilenet-v3-small", options: {}, pretrained: file, sha256 });
    expect(await firstBias(config)).toBe(5);
  });

  it("goes on and is judged without the file", async () => {
    const { config } = await open(configOf(file));
    rmSync(file);
    expect(await firstBias(config, true)).toBe(0);
    await expect(firstBias(config)).rejects.toThrow(`weights at ${file}. Received: no such file.`);
    await expect(open(configOf(file))).rejects.toThrow(PretrainedWeightsError);
  });

  it("is not replayed from another file", async () => {
    const { config } = await open(configOf(file));
    appendFileSync(file, "more");
    await expect(firstBias(config)).rejects.toThrow(
      /Expected the file of pretrained weights that the config/,
    );
  });

  it("fetches a URL once into its home", async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end(published);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/model.safetensors`;
    const { config } = await open(configOf(url));
    expect(config.model).toMatchObject({ pretrained: url });
    expect(await firstBias(config)).toBe(5);
    await open(configOf(url));
    expect(requests).toBe(1);
  });

  it("is not begun from one of timm's tf_…, whose name would be lost on the way into the home", async () => {
    const pretrained =
      "https://huggingface.co/timm/tf_efficientnet_b0.ns_jft_in1k/resolve/main/model.safetensors";
    const spec = { name: "efficientnet-b0", options: {}, pretrained };
    const words = "Received: those of timm's tf_efficientnet_b0";
    await expect(withHashedPretrained(spec, root)).rejects.toThrow(words);
    await expect(withLocalPretrained({ ...spec, sha256: "0".repeat(64) }, root)).rejects.toThrow(words);
  });

  it("normalises as the weights expect it where a preset chooses the transforms, and not where lists are given", async () => {
    const preset = await open(configOf(file, { transforms: "none" }));
    expect(preset.config.transforms.evaluation).toEqual([
      { name: "Normalize", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    ]);
    const lists = await open(configOf(file));
    expect(lists.config.transforms.evaluation).toEqual([]);
  });
});

describe("a run from a saved network", () => {
  it("goes on from another run's classifier, and is not replayed from another", async () => {
    const first = join(root, "first");
    const config = squaresConfig(join(root, "squares"), { epochs: 1 });
    await train(config, runOptions(first));
    const saved = (await loadCheckpoint(join(first, "checkpoints/best")))!.weights;

    const classifier = join(first, "model");
    const data = await open(RunConfig.parse({ ...config, model: { classifier } }));
    const { sha256 } = data.config.model as { sha256: string };
    expect(data.config.model).toEqual({ classifier, sha256: await hashSavedModel(classifier) });
    const model = await buildNetwork(data, { rng: Rng.fromSeed(5), weightsFollow: false });
    expect(await readVariables(weightsByName(model))).toEqual(saved);
    model.dispose();

    appendFileSync(join(classifier, "weights.bin"), "more");
    const altered = buildNetwork(data, { rng: Rng.fromSeed(5), weightsFollow: false });
    await expect(altered).rejects.toThrow(
      `Expected the saved network that the config was stored with, of SHA-256 ${sha256}`,
    );
  });
});
