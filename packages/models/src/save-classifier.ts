/** Writes a trained network as a folder that convkit, stock tfjs and a web server can use as it is. Node only. */
import type { ModelCard } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import {
  CARD_FILE,
  checkCard,
  encodeModel,
  MODEL_FILE,
  parseCard,
  WEIGHTS_FILE,
} from "./classifier-files.js";
import { ClassifierFilesError } from "./errors.js";
import { nodeModule } from "./node-module.js";
import { writeFolderAtomically } from "./write-folder-atomically.js";

/**
 * Writes `model.json`, `weights.bin` and `model-card.json` into a folder that is there completely or not at all.
 *
 * @param directory new, empty, or an earlier classifier's, which is replaced.
 * @throws {ClassifierFilesError} if the card does not fit the model, or the folder holds something else.
 */
export async function saveClassifier(
  model: tf.LayersModel,
  card: ModelCard,
  directory: string,
): Promise<void> {
  const checkedCard = parseCard(card);
  checkCard(checkedCard, model);
  await checkReplaceable(directory);
  const { json, weights } = await encodeModel(model);
  await writeFolderAtomically(directory, {
    [MODEL_FILE]: json,
    [WEIGHTS_FILE]: weights,
    [CARD_FILE]: JSON.stringify(checkedCard, null, 2),
  });
}

async function checkReplaceable(directory: string): Promise<void> {
  const names = await nodeModule("node:fs/promises")
    .readdir(directory)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw new ClassifierFilesError(`Expected a folder at ${directory}. Received: ${error.message}.`, {
        cause: error,
      });
    });
  const ours = [MODEL_FILE, WEIGHTS_FILE, CARD_FILE];
  const others = names.filter((name) => !ours.includes(name));
  if (others.length > 0) {
    throw new ClassifierFilesError(
      `Expected ${directory} to be new, empty or an earlier classifier's folder. ` +
        `Received: one with ${others.slice(0, 3).join(", ")} in it. Choose another folder.`,
    );
  }
}
