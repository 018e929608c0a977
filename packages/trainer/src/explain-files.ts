/** Where a run's network looks in pictures of the user's own. */
import { decodeImage, createSplit } from "@convkit/data";
import { peaksOf, resizeMaps, type Peak } from "@convkit/evaluator/explain";
import type { ExplanationMethod } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { eachGroup } from "./each-group.js";
import { classIndex, EXPLAIN, overlayPngs } from "./explained-picture.js";
import { withJudgedRun, type JudgedRun, type JudgedRunOptions } from "./judged-run.js";
import { replaceFile } from "./replace-file.js";

export interface ExplainFilesOptions extends JudgedRunOptions {
  readonly method: ExplanationMethod;
  /** Whose evidence is shown. Default: the class that the network says. */
  readonly className?: string | undefined;
  /** Folder for the PNGs; made if it is not there. */
  readonly out: string;
}

export interface ExplainedFile {
  readonly image: string;
  /** The PNG. */
  readonly file: string;
  /** The class whose evidence is shown, and its probability. */
  readonly className: string;
  readonly probability: number;
  /** In pixels of what the network is given; null where the map is the same everywhere. */
  readonly peak: Peak | null;
}

/**
 * Writes of each picture `<its name>.<method>.png`; of a name that another one had, `<its name>-2.<method>.png`.
 *
 * @throws {UnknownClassError} if the class is none of the run's.
 * @throws {ImageDecodeError} if a file is no picture.
 * @throws {NoFeatureMapsError} if the method needs feature maps and the network has none.
 */
export async function explainFiles(
  runDirectory: string,
  paths: readonly string[],
  options: ExplainFilesOptions,
): Promise<ExplainedFile[]> {
  return withJudgedRun(runDirectory, options, async (run) => {
    await mkdir(options.out, { recursive: true });
    const explained: ExplainedFile[] = [];
    const names = new Map<string, number>();
    for (const image of paths) {
      const name = basename(image, extname(image));
      const times = (names.get(name) ?? 0) + 1;
      names.set(name, times);
      const unique = times === 1 ? name : `${name}-${times}`;
      const file = join(options.out, `${unique}.${options.method}.png`);
      explained.push(await explainFile(run, { image, file }, options));
    }
    return explained;
  });
}

async function explainFile(
  run: JudgedRun,
  { image, file }: Pick<ExplainedFile, "image" | "file">,
  { method, className, signal }: ExplainFilesOptions,
): Promise<ExplainedFile> {
  const { dataset, config } = run.data;
  const split = await splitOf(run, image);
  const classes = className === undefined ? undefined : classIndex(className, dataset.classNames);
  const found: ExplainedFile[] = [];
  await eachGroup({ run, split, signal }, async (inputs) => {
    const [, height, width] = inputs.shape;
    const maps = await EXPLAIN[method](run.model, inputs, { classes });
    const [png] = await overlayPngs(inputs, maps, config.transforms.evaluation);
    const explained = maps.classes[0]!;
    const probability = await probabilityOf(run, inputs, explained);
    await replaceFile(file, png!);
    const [peak] = peaksOf(resizeMaps(maps, height, width));
    found.push({ image, file, className: dataset.classNames[explained]!, probability, peak: peak! });
  });
  return found[0]!;
}

/** As the pictures of the data set were decoded. */
async function splitOf({ data: { dataset }, model }: JudgedRun, path: string) {
  const channels = model.inputs[0]!.shape[3] === 1 ? 1 : 3;
  const { imageShape, imageFit: fit } = dataset;
  const size = imageShape ? ([imageShape[0], imageShape[1]] as const) : undefined;
  const { data, ...shape } = await decodeImage(path, { channels, ...(size && { size, fit }) });
  return createSplit({
    name: "files",
    images: data,
    shape: { count: 1, ...shape },
    labels: [-1],
    ids: [path],
  });
}

async function probabilityOf(
  { data, model }: JudgedRun,
  inputs: tf.Tensor4D,
  index: number,
): Promise<number> {
  const probabilities = tf.tidy(() => {
    const logits = model.apply(inputs) as tf.Tensor2D;
    return data.dataset.isMultiLabel ? tf.sigmoid(logits) : tf.softmax(logits);
  });
  const values = await probabilities.data();
  probabilities.dispose();
  return values[index]!;
}
