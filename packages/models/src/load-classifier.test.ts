import type { ModelCard } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { execFile } from "node:child_process";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { serveFolder } from "../test/serve-folder.js";
import { temporaryFolder } from "../test/temporary-folder.js";
import { tinyCard, tinyModel } from "../test/tiny-classifier.js";
import {
  ClassifierFilesError,
  ClassifierInputError,
  ClassifierOutputError,
  UserModuleError,
} from "./errors.js";
import { loadClassifier, type ClassifierImage } from "./load-classifier.js";
import { saveClassifier } from "./save-classifier.js";

const DARKEN = fileURLToPath(new URL("../test/fixtures/darken.mjs", import.meta.url));

/** Loads the model with nothing but tfjs, from a web server, and predicts for one picture of normalised zeros. */
const STOCK_PROGRAM = `
  import * as tf from "@tensorflow/tfjs";
  await tf.setBackend("cpu");
  const model = await tf.loadLayersModel(process.argv[1] + "/model.json");
  console.log(JSON.stringify([...tf.softmax(model.predict(tf.zeros([1, 4, 4, 3]))).dataSync()]));
`;

function picture(seed: number): ClassifierImage {
  const data = Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => (seed * 31 + i * 17) % 256);
  return { data, height: 4, width: 4, channels: 3 };
}

async function savedFolder(change: Partial<ModelCard> = {}): Promise<string> {
  const folder = join(await temporaryFolder(), "model");
  await saveClassifier(await tinyModel(), { ...tinyCard, ...change }, folder);
  return folder;
}

afterEach(() => vi.unstubAllGlobals());

describe("loadClassifier", () => {
  it("predicts what the network says of the picture as evaluation prepared it", async () => {
    const model = await tinyModel();
    const pictures = [1, 2, 3].map(picture);
    const x = tf.stack(pictures.map(({ data }) => tf.tensor3d(new Float32Array(data), [4, 4, 3]).div(255)));
    const normalised = x.sub(tf.tensor1d([0.5, 0.4, 0.3])).div(tf.tensor1d([0.25, 0.5, 1]));
    const expected = await tf.softmax(model.predict(normalised) as tf.Tensor).data();

    const classifier = await loadClassifier(await savedFolder());
    const probabilities = await classifier.predict(pictures);
    expect(probabilities).toHaveLength(9);
    probabilities.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
    expect(classifier.card).toEqual(tinyCard);
  });

  it("goes through any number of pictures in batches, none included", async () => {
    const classifier = await loadClassifier(await savedFolder());
    expect(await classifier.predict([])).toEqual(new Float32Array());
    const pictures = Array.from({ length: 70 }, (_, i) => picture(i));
    const together = await classifier.predict(pictures);
    expect(together).toHaveLength(210);
    expect(together.slice(-3)).toEqual(await classifier.predict(pictures.slice(-1)));
  });

  it("leaves probabilities as they are where the network gives them", async () => {
    const [asLogits, asProbabilities] = [
      await loadClassifier(await savedFolder()),
      await loadClassifier(await savedFolder({ output: "probabilities" })),
    ];
    const raw = await asProbabilities.predict([picture(1)]);
    const softmax = await tf.softmax(tf.tensor1d(raw)).data();
    (await asLogits.predict([picture(1)])).forEach((value, i) =>
      expect(value).toBeCloseTo(softmax[i] as number, 6),
    );
  });

  it("divides logits by the card's temperature before they become probabilities, and tells them undivided", async () => {
    const temperature = { value: 2.5, split: "validation", count: 100 };
    const [plain, calibrated, labels] = [
      await loadClassifier(await savedFolder()),
      await loadClassifier(await savedFolder({ temperature })),
      await loadClassifier(await savedFolder({ temperature, output: "binary-logits" })),
    ];
    const pictures = [picture(1), picture(2)];
    const logits = await plain.logits(pictures);
    expect(logits).toHaveLength(6);
    expect(await calibrated.logits(pictures)).toEqual(logits);
    const softmaxOf = (row: Float32Array, divisor: number) => {
      const powers = Array.from(row, (logit) => Math.exp(logit / divisor));
      return powers.map((power) => power / powers.reduce((sum, one) => sum + one));
    };
    const rows = [logits.subarray(0, 3), logits.subarray(3)];
    const expected = (divisor: number) => rows.flatMap((row) => softmaxOf(row, divisor));
    const close = (values: Float32Array, wanted: number[]) =>
      values.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] as number, 6));
    close(await plain.predict(pictures), expected(1));
    close(await calibrated.predict(pictures), expected(2.5));
    close(
      await labels.predict(pictures),
      Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit / 2.5))),
    );
  });

  it("averages logits over the card's views of a picture", async () => {
    const [plain, flipped] = [
      await loadClassifier(await savedFolder()),
      await loadClassifier(await savedFolder({ testTimeAugmentation: "flip" })),
    ];
    const mirror = ({ data, ...shape }: ClassifierImage): ClassifierImage => ({
      ...shape,
      data: data.map((_, i) => data[i + 3 * (3 - 2 * (Math.floor(i / 3) % 4))] as number),
    });
    const [seen, mirrored] = [await plain.logits([picture(1)]), await plain.logits([mirror(picture(1))])];
    expect(mirrored).not.toEqual(seen);
    (await flipped.logits([picture(1)])).forEach((logit, i) =>
      expect(logit).toBeCloseTo(((seen[i] as number) + (mirrored[i] as number)) / 2, 5),
    );
  });

  it("hands out its network and what that takes, which is the caller's", async () => {
    const classifier = await loadClassifier(await savedFolder());
    const before = tf.memory().numTensors;
    const x = classifier.toInput([picture(1), picture(2)]);
    expect(x.shape).toEqual([2, 4, 4, 3]);
    // The first pixel's red: (byte / 255 - 0.5) / 0.25.
    expect((await x.data())[0]).toBeCloseTo((31 / 255 - 0.5) / 0.25, 5);
    const y = classifier.model.predict(x) as tf.Tensor;
    const logits = await classifier.logits([picture(1), picture(2)]);
    (await y.data()).forEach((value, i) => expect(logits[i]).toBeCloseTo(value, 5));
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("tells no logits of a network that ends in probabilities", async () => {
    const classifier = await loadClassifier(await savedFolder({ output: "probabilities" }));
    await expect(classifier.logits([picture(1)])).rejects.toThrow(ClassifierOutputError);
    await expect(classifier.logits([picture(1)])).rejects.toThrow("tiny, which ends in probabilities");
  });

  it("resizes a picture of another size if the card says so", async () => {
    const classifier = await loadClassifier(
      await savedFolder({ preprocessing: [{ name: "Resize", size: [4, 4] }] }),
    );
    const large = { data: new Uint8Array(9 * 6 * 3).fill(80), height: 9, width: 6, channels: 3 };
    const small = { data: new Uint8Array(4 * 4 * 3).fill(80), height: 4, width: 4, channels: 3 };
    const [first, second] = [await classifier.predict([large]), await classifier.predict([small])];
    first.forEach((value, i) => expect(value).toBeCloseTo(second[i] as number, 5));
  });

  it("applies a transform of the user's own, from its path or handed over", async () => {
    const folder = await savedFolder({ preprocessing: [{ module: DARKEN, options: { factor: 0 } }] });
    const black = { ...picture(1), data: new Uint8Array(48) };
    const fromPath = await loadClassifier(folder);
    expect(await fromPath.predict([picture(1)])).toEqual(await fromPath.predict([black]));
    const identity = () => ({ apply: (images: Uint8Array | Float32Array) => images });
    const given = await loadClassifier(folder, { customTransforms: new Map([[DARKEN, identity]]) });
    expect(await given.predict([picture(1)])).not.toEqual(await given.predict([black]));
  });

  it("frees everything it held", async () => {
    const folder = await savedFolder();
    const before = tf.memory().numTensors;
    const classifier = await loadClassifier(folder);
    await classifier.predict([picture(1)]);
    classifier.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("reads a file URL, and a web server with or without Node", async () => {
    const folder = await savedFolder();
    const expected = await (await loadClassifier(folder)).predict([picture(5)]);
    const sources = [pathToFileURL(folder), await serveFolder(folder), `${await serveFolder(folder)}/`];
    for (const source of sources) {
      expect(await (await loadClassifier(source)).predict([picture(5)])).toEqual(expected);
    }
    // A browser has no Node modules, and takes what is no URL relative to its page.
    const server = await serveFolder(join(folder, ".."));
    vi.stubGlobal("location", { href: `${server}/page.html` });
    vi.stubGlobal("process", { ...process, getBuiltinModule: undefined });
    const inBrowser = await loadClassifier("model");
    expect(await inBrowser.predict([picture(5)])).toEqual(expected);
  });

  it("is not needed: stock tfjs loads the same folder and predicts the same", async () => {
    const folder = await savedFolder({ preprocessing: [] });
    const expected = await (
      await loadClassifier(folder)
    ).predict([{ ...picture(0), data: new Uint8Array(48) }]);
    const args = ["--input-type=module", "--eval", STOCK_PROGRAM, await serveFolder(folder)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const stock = JSON.parse(stdout) as number[];
    stock.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 6));
  });

  describe("refuses", () => {
    async function expectDamage(
      damage: (folder: string) => Promise<unknown>,
      message: string | RegExp,
    ): Promise<void> {
      const folder = await savedFolder();
      await damage(folder);
      const load = loadClassifier(folder);
      await expect(load).rejects.toThrow(ClassifierFilesError);
      await expect(load).rejects.toThrow(message);
    }
    const edit = (folder: string, name: string, change: (text: string) => string) =>
      readFile(join(folder, name), "utf8").then((text) => writeFile(join(folder, name), change(text)));

    it("a folder with a file missing", async () => {
      for (const name of ["model-card.json", "model.json", "weights.bin"]) {
        await expectDamage((folder) => rm(join(folder, name)), `${name}. Received: ENOENT`);
      }
    });

    it("files that are cut short or not what they should be", async () => {
      await expectDamage(
        (folder) => edit(folder, "model-card.json", (text) => text.slice(0, 20)),
        "Expected JSON in model-card.json. Received: 20 bytes",
      );
      await expectDamage(
        (folder) => edit(folder, "model-card.json", () => "{}"),
        "Expected a model card of format version 1.",
      );
      await expectDamage(
        (folder) => edit(folder, "model.json", () => "null"),
        "modelTopology and weightsManifest",
      );
      await expectDamage(
        (folder) => writeFile(join(folder, "weights.bin"), new Uint8Array(10)),
        "Expected 556 bytes of weights. Received: 10.",
      );
      await expectDamage(
        (folder) => edit(folder, "model.json", (text) => text.replace("Conv2D", "Conv9D")),
        "Conv9D",
      );
    });

    it("weights of another length", async () => {
      await expectDamage(
        async (folder) =>
          writeFile(
            join(folder, "weights.bin"),
            Buffer.concat([await readFile(join(folder, "weights.bin")), Buffer.alloc(4)]),
          ),
        "Expected 556 bytes of weights. Received: 560.",
      );
    });

    it("a card that is not the model's", async () => {
      const other = await savedFolder();
      await edit(other, "model-card.json", (text) => text.replace('"cat",', ""));
      await expectDamage(
        (folder) => copyFile(join(other, "model-card.json"), join(folder, "model-card.json")),
        "Expected a model with the input and output of its card, [[null,4,4,3],[null,2]].",
      );
    });

    it("a card that divides probabilities by a temperature", async () => {
      await expectDamage(
        (folder) =>
          edit(folder, "model-card.json", (text) =>
            JSON.stringify({
              ...(JSON.parse(text) as ModelCard),
              output: "probabilities",
              temperature: { value: 2, split: "validation", count: 10 },
            }),
          ),
        "which it divides. Received: probabilities.",
      );
    });

    it("a web server without the files", async () => {
      const load = loadClassifier(await serveFolder(await temporaryFolder()));
      await expect(load).rejects.toThrow(ClassifierFilesError);
      await expect(load).rejects.toThrow("model-card.json. Received: 404 Not Found.");
    });

    it("a card whose transform is not there", async () => {
      const folder = await savedFolder({ preprocessing: [{ module: "./nowhere.mjs", options: {} }] });
      await expect(loadClassifier(folder)).rejects.toThrow(UserModuleError);
    });

    it("pictures of the wrong size, channels or length", async () => {
      const classifier = await loadClassifier(await savedFolder());
      const wrong = (change: Partial<ClassifierImage>) => classifier.predict([{ ...picture(1), ...change }]);
      await expect(wrong({ data: new Uint8Array(5 * 4 * 3), height: 5 })).rejects.toThrow(
        ClassifierInputError,
      );
      await expect(wrong({ data: new Uint8Array(5 * 4 * 3), height: 5 })).rejects.toThrow(
        "Expected a picture that preprocessing makes [4, 4, 3]. Received: one of [5, 4, 3] that became [5, 4, 3].",
      );
      await expect(wrong({ data: new Uint8Array(16), channels: 1 })).rejects.toThrow(ClassifierInputError);
      await expect(wrong({ data: new Uint8Array(7) })).rejects.toThrow("Received: 7.");
    });
  });
});
