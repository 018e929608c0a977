/** Where a run's classifier looks in pictures of the user's own: prepared and judged as whoever uses it does, without its data set. */
import { decodeImage, decodeOptionsOf } from "@convkit/data";
import { peaksOf, resizeMaps, type Peak } from "@convkit/evaluator/explain";
import { loadClassifier, type Classifier } from "@convkit/models";
import type { ExplanationMethod } from "@convkit/schema";
import { mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { classIndex, EXPLAIN, overlayPngs } from "./explained-picture.js";
import { replaceFile } from "./replace-file.js";
import { RunFolder } from "./run-folder.js";

export interface ExplainFilesOptions {
  readonly method: ExplanationMethod;
  /** Whose evidence is shown. Default: the class that the classifier says. */
  readonly className?: string | undefined;
  /** Folder for the PNGs; made if it is not there. */
  readonly out: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ExplainedFile {
  readonly image: string;
  /** The PNG. */
  readonly file: string;
  /** The class whose evidence is shown, and its probability: calibrated and over the card's views, as `Classifier.predict` has it. */
  readonly className: string;
  readonly probability: number;
  /** In pixels of what the network is given; null where the map is the same everywhere. */
  readonly peak: Peak | null;
}

/**
 * Writes of each picture `<its name>.<method>.png`; of a name that another one had, `<its name>-2.<method>.png`. The map is that of the
 * picture as it is, also where the card's probabilities are averaged over several views of it.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {ClassifierFilesError} if its classifier is missing or damaged.
 * @throws {UnknownClassError} if the class is none of the run's.
 * @throws {ImageDecodeError} if a file is no picture.
 * @throws {ClassifierInputError} if a picture does not become the network's input.
 * @throws {NoFeatureMapsError} if the method needs feature maps and the network has none.
 */
export async function explainFiles(
  runDirectory: string,
  paths: readonly string[],
  options: ExplainFilesOptions,
): Promise<ExplainedFile[]> {
  const { model: directory } = await RunFolder.open(runDirectory);
  const classifier = await loadClassifier(directory);
  try {
    const { className, out, method, signal } = options;
    const asked = className === undefined ? undefined : classIndex(className, classifier.card.classNames);
    await mkdir(out, { recursive: true });
    const explained: ExplainedFile[] = [];
    const names = new Map<string, number>();
    for (const image of paths) {
      signal?.throwIfAborted();
      const name = basename(image, extname(image));
      const times = (names.get(name) ?? 0) + 1;
      names.set(name, times);
      const unique = times === 1 ? name : `${name}-${times}`;
      const file = join(out, `${unique}.${method}.png`);
      const { png, ...found } = await explainFile(classifier, image, { method, asked });
      await replaceFile(file, png);
      explained.push({ image, file, ...found });
    }
    return explained;
  } finally {
    classifier.dispose();
  }
}

/** @param options `asked`: index of the class; undefined for the one that the classifier says. */
async function explainFile(
  classifier: Classifier,
  path: string,
  { method, asked }: { readonly method: ExplanationMethod; readonly asked: number | undefined },
): Promise<Omit<ExplainedFile, "image" | "file"> & { readonly png: Uint8Array }> {
  const { card, model } = classifier;
  const picture = await decodeImage(path, decodeOptionsOf(card));
  const probabilities = await classifier.predict([picture]);
  const classes = asked ?? probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b)));
  const inputs = classifier.toInput([picture]);
  try {
    const [, height, width] = inputs.shape;
    const maps = await EXPLAIN[method](model, inputs, { classes });
    const [png] = await overlayPngs(inputs, maps, card.preprocessing);
    const [peak] = peaksOf(resizeMaps(maps, height, width));
    const className = card.classNames[classes]!;
    return { className, probability: probabilities[classes]!, peak: peak!, png: png! };
  } finally {
    inputs.dispose();
  }
}
