/** Writes a trained network as a folder that convkit, stock tfjs and a web server can use as it is. Node only. */
import { stringifyWithSpelledNumbers, type ModelCard } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import {
  CARD_FILE,
  checkCard,
  encodeModel,
  MODEL_FILE,
  parseCard,
  README_FILE,
  WEIGHTS_FILE,
} from "./classifier-files.js";
import { ClassifierFilesError } from "./errors.js";
import { nodeModule } from "./node-module.js";
import { writeFolderAtomically } from "./write-folder-atomically.js";

export interface SaveClassifierOptions {
  /**
   * The card in words, from what it was before, whose reader may have written into it. Default: a `README.md` of an earlier
   * classifier stays as it is.
   */
  readonly readme?: (previous: string | undefined) => string;
}

/**
 * Writes `model.json`, `weights.bin` and `model-card.json`, and a `README.md` if told to, into a folder that is there completely or
 * not at all.
 *
 * @param directory new, empty, or an earlier classifier's, which is replaced.
 * @throws {ClassifierFilesError} if the card does not fit the model, or the folder holds something else.
 */
export async function saveClassifier(
  model: tf.LayersModel,
  card: ModelCard,
  directory: string,
  { readme = (previous) => previous ?? "" }: SaveClassifierOptions = {},
): Promise<void> {
  const checkedCard = parseCard(card);
  checkCard(checkedCard, model);
  const words = readme(await checkReplaceable(directory));
  const { json, weights } = await encodeModel(model);
  await writeFolderAtomically(directory, {
    [MODEL_FILE]: json,
    [WEIGHTS_FILE]: weights,
    [CARD_FILE]: stringifyWithSpelledNumbers(checkedCard, 2),
    ...(words !== "" && { [README_FILE]: words }),
  });
}

/** @returns the earlier classifier's README.md, if it has one. */
async function checkReplaceable(directory: string): Promise<string | undefined> {
  const fs = nodeModule("node:fs/promises");
  const names: string[] = await fs.readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new ClassifierFilesError(`Expected a folder at ${directory}. Received: ${error.message}.`, {
      cause: error,
    });
  });
  // Without a classifier beside it, a README.md is of something else.
  const ours = [MODEL_FILE, WEIGHTS_FILE, CARD_FILE, ...(names.includes(CARD_FILE) ? [README_FILE] : [])];
  const others = names.filter((name) => !ours.includes(name));
  if (others.length > 0) {
    throw new ClassifierFilesError(
      `Expected ${directory} to be new, empty or an earlier classifier's folder. ` +
        `Received: one with ${others.slice(0, 3).join(", ")} in it. Choose another folder.`,
    );
  }
  if (!names.includes(README_FILE)) return undefined;
  return fs.readFile(nodeModule("node:path").join(directory, README_FILE), "utf8");
}
