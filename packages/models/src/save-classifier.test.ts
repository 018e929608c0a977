import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.js";
import { tinyCard, tinyModel } from "../test/tiny-classifier.js";
import { ClassifierFilesError } from "./errors.js";
import { loadClassifier } from "./load-classifier.js";
import { saveClassifier } from "./save-classifier.js";

const FILES = ["model-card.json", "model.json", "weights.bin"];

describe("saveClassifier", () => {
  it("writes the three files, and nothing beside them", async () => {
    const parent = await temporaryFolder();
    await saveClassifier(await tinyModel(), tinyCard, join(parent, "deep", "model"));
    expect(await readdir(parent)).toEqual(["deep"]);
    expect(await readdir(join(parent, "deep"))).toEqual(["model"]);
    expect((await readdir(join(parent, "deep", "model"))).sort()).toEqual(FILES);
  });

  it("names only layers of stock tfjs, and weights after our layers", async () => {
    const folder = join(await temporaryFolder(), "model");
    await saveClassifier(await tinyModel(), tinyCard, folder);
    const json = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
    expect(json.format).toBe("layers-model");
    const layers = json.modelTopology.config.layers as { class_name: string }[];
    expect(layers.map(({ class_name }) => class_name)).toEqual([
      "InputLayer",
      "Conv2D",
      "BatchNormalization",
      "Activation",
      "GlobalAveragePooling2D",
      "Dropout",
      "Dense",
    ]);
    const [{ paths, weights }] = json.weightsManifest;
    expect(paths).toEqual(["weights.bin"]);
    expect(weights.map(({ name }: { name: string }) => name)).toContain("batchNorm1/moving_mean");
  });

  it("can be loaded again where a figure on its card is no finite number", async () => {
    const folder = join(await temporaryFolder(), "model");
    const metrics = { loss: NaN, ratio: Infinity, accuracy: 0.5 };
    await saveClassifier(await tinyModel(), { ...tinyCard, metrics }, folder);
    const classifier = await loadClassifier(folder);
    expect(classifier.card.metrics).toEqual(metrics);
    classifier.dispose();
  });

  it("replaces an earlier classifier", async () => {
    const folder = join(await temporaryFolder(), "model");
    await saveClassifier(await tinyModel(1), tinyCard, folder);
    await saveClassifier(await tinyModel(2), { ...tinyCard, name: "second" }, folder);
    const classifier = await loadClassifier(folder);
    expect(classifier.card.name).toBe("second");
    expect((await readdir(folder)).sort()).toEqual(FILES);
  });

  it("writes its card in words beside it, and hands over what those were", async () => {
    const folder = join(await temporaryFolder(), "model");
    const seen: (string | undefined)[] = [];
    const readme = (previous: string | undefined) => {
      seen.push(previous);
      return `${previous ?? ""}more`;
    };
    await saveClassifier(await tinyModel(), tinyCard, folder, { readme });
    await saveClassifier(await tinyModel(), tinyCard, folder, { readme });
    expect(seen).toEqual([undefined, "more"]);
    expect((await readdir(folder)).sort()).toEqual(["README.md", ...FILES]);
    // Whoever has nothing to say leaves the words there.
    await saveClassifier(await tinyModel(), tinyCard, folder);
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("moremore");
  });

  it("refuses a folder whose README.md is of something else", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "README.md"), "my project");
    await expect(saveClassifier(await tinyModel(), tinyCard, folder)).rejects.toThrow(
      "one with README.md in it",
    );
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe("my project");
  });

  it("takes an empty folder, and refuses one that holds something else, or a file", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "empty"));
    await saveClassifier(await tinyModel(), tinyCard, join(folder, "empty"));
    await writeFile(join(folder, "diary.txt"), "dear diary");
    const save = saveClassifier(await tinyModel(), tinyCard, folder);
    await expect(save).rejects.toThrow(ClassifierFilesError);
    await expect(save).rejects.toThrow("Received: one with diary.txt, empty in it. Choose another folder.");
    expect(await readFile(join(folder, "diary.txt"), "utf8")).toBe("dear diary");
    await expect(saveClassifier(await tinyModel(), tinyCard, join(folder, "diary.txt"))).rejects.toThrow(
      "Expected a folder at",
    );
  });

  it("refuses a card that is not the model's", async () => {
    const folder = join(await temporaryFolder(), "model");
    const save = saveClassifier(await tinyModel(), { ...tinyCard, classNames: ["a", "b"] }, folder);
    await expect(save).rejects.toThrow(
      "Expected a model with the input and output of its card, [[null,4,4,3],[null,2]]. Received: [[null,4,4,3],[null,3]].",
    );
    await expect(saveClassifier(await tinyModel(), { ...tinyCard, classNames: [] }, folder)).rejects.toThrow(
      ClassifierFilesError,
    );
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
  });

  it("leaves a whole classifier or none when its process is killed", async () => {
    const folder = join(await temporaryFolder(), "model");
    const program = fileURLToPath(new URL("../test/fixtures/save-for-ever.mjs", import.meta.url));
    for (const kills of [1, 2]) {
      const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
      let saved = 0;
      for await (const chunk of child.stdout) {
        saved += String(chunk).length;
        if (saved >= 2 * kills) break;
      }
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      // Killed between the two renames there is no folder, and the next save writes it anew.
      if (!(await readdir(join(folder, ".."))).includes("model")) continue;
      expect((await readdir(folder)).sort()).toEqual(FILES);
      const classifier = await loadClassifier(folder);
      expect(classifier.card.name).toBe("tiny");
      classifier.dispose();
    }
  });
});
