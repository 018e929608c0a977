/** Where a run's classifier looks in pictures of the user's own: prepared and judged as whoever uses it does, without its data set. */
import { decodeImage, decodeOptionsOf, ImageDecodeError } from "@convkit/data";
import { peaksOf, resizeMaps, type Peak } from "@convkit/evaluator/explain";
import { ClassifierInputError, loadClassifier, type Classifier } from "@convkit/models";
import type { ExplanationMethod } from "@convkit/schema";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
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

export interface NamedPicture {
  readonly path: string;
  /** Why there is no picture there. */
  readonly error?: Error;
}

export interface UnexplainedFile {
  readonly image: string;
  readonly error: Error;
}

/**
 * One outcome a picture, in their order; what is no picture, or none that the network can take, spoils no other. Writes of each
 * `<its name>.<method>.png`, or where such a file is there already `<its name>-2.<method>.png` and so on: none is replaced. The map
 * is that of the picture as it is, also where the card's probabilities are averaged over several views of it.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {ClassifierFilesError} if its classifier is missing or damaged.
 * @throws {UnknownClassError} if the class is none of the run's.
 * @throws {NoFeatureMapsError} if the method needs feature maps and the network has none.
 */
export async function* explainFiles(
  runDirectory: string,
  pictures: AsyncIterable<NamedPicture>,
  options: ExplainFilesOptions,
): AsyncGenerator<ExplainedFile | UnexplainedFile> {
  const { model: directory } = await RunFolder.open(runDirectory);
  const classifier = await loadClassifier(directory);
  try {
    const { className, out, method, signal } = options;
    const asked = className === undefined ? undefined : classIndex(className, classifier.card.classNames);
    await mkdir(out, { recursive: true });
    // The pictures may be those of the very folder that is written to.
    const written = new Set<string>();
    for await (const { path: image, error } of pictures) {
      signal?.throwIfAborted();
      if (written.has(resolve(image))) continue;
      try {
        if (error) throw error;
        const { png, ...found } = await explainFile(classifier, image, { method, asked });
        const file = freePath(out, basename(image, extname(image)), `.${method}.png`);
        await replaceFile(file, png);
        written.add(resolve(file));
        yield { image, file, ...found };
      } catch (reason) {
        if (reason !== error && !isOfPicture(reason)) throw reason;
        yield { image, error: reason as Error };
      }
    }
  } finally {
    classifier.dispose();
  }
}

function isOfPicture(reason: unknown): boolean {
  return reason instanceof ImageDecodeError || reason instanceof ClassifierInputError;
}

function freePath(folder: string, name: string, ending: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, `${number === 1 ? name : `${name}-${number}`}${ending}`);
    if (!existsSync(path)) return path;
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
