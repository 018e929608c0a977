/** Opening a run's data set, and completing the config so that it names everything a replay needs. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  boundCard,
  checkSampling,
  classWeights,
  ImageSizeRequiredError,
  listDatasets,
  openDataset,
  positiveWeights,
  samplingOf,
  transformLists,
  type ImageDataset,
  type Sampling,
} from "@convkit/data";
import type { DatasetCard, ModuleSpec, RunConfig, TransformLists } from "@convkit/schema";
import { checkLossOfLabelSets, type NumericLossSpec } from "./loss.js";
import { asPretrainedSees, withHashedPretrained } from "./pretrained-file.js";
import type { RunOptions } from "./run-options.js";

export interface RunData {
  /** Folder that holds `runs/`, `datasets/` and `pretrained/`. */
  readonly home: string;
  readonly dataset: ImageDataset;
  readonly card: DatasetCard;
  /** With transforms and class weights written out, absolute paths and the hashes of data set, list of splits, modules and pretrained weights filled in. */
  readonly config: CompleteConfig;
  readonly sampling: Sampling;
  /** Paths of the modules that the config named with another hash. */
  readonly changedModules: readonly string[];
}

type CompleteConfig = RunConfig & {
  readonly transforms: TransformLists;
  readonly loss: NumericLossSpec;
};

/** The config's weights of classes are not one for each class of the data set, or all 0, or found by a method that needs one class a picture. */
export class ClassWeightsError extends Error {
  override readonly name = "ClassWeightsError";
}

/**
 * @throws {ContentHashMismatchError} if the config names a content hash and the pictures have another one.
 * @throws {AnnotationsHashMismatchError} if its classes, splits or groups have changed since.
 * @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen: before there is a run.
 * @throws {SamplingError} if the config gives weights to a class that is not there, or draws by the one class that pictures with
 *   label sets have not: before, too.
 * @throws {LossMismatchError} if its loss needs that one class: before, too.
 * @throws {ClassWeightsError} if its weights of classes do not fit them: before, too.
 * @throws {PretrainedWeightsError} if its file of pretrained weights cannot be read: before, too.
 */
export async function openRunData(
  given: RunConfig,
  options: Pick<RunOptions, "home" | "onDataProgress" | "signal">,
): Promise<RunData> {
  const { home, onDataProgress, signal } = options;
  const data = withAbsolutePaths(given.data);
  const dataset = await openDataset(data, { home, signal, onProgress: onDataProgress });
  if (dataset.imageShape === null) throw new ImageSizeRequiredError();
  const config = dataset.isMultiLabel ? forLabelSets(given) : given;
  const sampling = samplingOf(config.sampling, dataset.classNames);
  checkSampling(sampling, dataset.splits.train);
  const card = boundCard(await dataset.card({ signal }));
  const { train, batch, evaluation } = transformLists(
    config.transforms,
    asPretrainedSees(config.model, card),
  );
  const complete = {
    ...config,
    data: { ...data, contentHash: dataset.contentHash, annotationsHash: dataset.annotationsHash },
    model: await withHashedPretrained(await withHashedModule(config.model), home),
    ...(config.callbacks && {
      callbacks: await Promise.all(config.callbacks.map((spec) => withHashedModule(spec))),
    }),
    loss: { ...config.loss, classWeights: numbersOf(config.loss.classWeights, card) },
    transforms: {
      train: await Promise.all(train.map((spec) => withHashedModule(spec))),
      batch,
      evaluation: await Promise.all(evaluation.map((spec) => withHashedModule(spec))),
    },
  };
  return {
    home,
    dataset,
    card,
    config: complete,
    sampling,
    changedModules: changedModules(config, complete),
  };
}

/**
 * A config's defaults fit one class a picture. For label sets, plain cross-entropy stands for binary cross-entropy, and the
 * checkpoints' `val_accuracy`, with rare labels best where none is found, for `val_mean_average_precision`, unless a `mode`
 * comes with it.
 */
function forLabelSets({ loss, checkpoint, ...config }: RunConfig): RunConfig {
  const isDefault = loss.name === "cross-entropy" && loss.labelSmoothing === 0 && loss.classWeights === null;
  const fitting = isDefault ? { ...loss, name: "binary-cross-entropy" as const } : loss;
  checkLossOfLabelSets(fitting);
  const isUsual = checkpoint.monitor === "val_accuracy" && checkpoint.mode === "auto";
  return {
    ...config,
    loss: fitting,
    checkpoint: { ...checkpoint, ...(isUsual && { monitor: "val_mean_average_precision" }) },
  };
}

/** A replay then needs no count of the pictures. */
function numbersOf(weights: RunConfig["loss"]["classWeights"], card: DatasetCard): number[] | null {
  if (weights === null) return null;
  const { classNames, splits, isMultiLabel } = card;
  const { perClass, count } = splits["train"]!;
  if (isMultiLabel && !Array.isArray(weights)) {
    if (weights === "balanced") return positiveWeights(perClass, count);
    throw new ClassWeightsError(
      "Expected `loss.classWeights` balanced, or a number for each label, for pictures that have any number of them. " +
        "Received: effective-number, which is of one class a picture.",
    );
  }
  if (typeof weights === "string") return classWeights(perClass, { method: weights });
  if (!Array.isArray(weights)) return classWeights(perClass, { method: weights.name, beta: weights.beta });
  if (weights.length === classNames.length && weights.some((weight) => weight > 0)) return weights;
  throw new ClassWeightsError(
    `Expected \`loss.classWeights\` with a number for each of ${classNames.length} classes, not all 0. ` +
      `Received: [${weights.join(", ")}]. Name a method (balanced, effective-number) to have them found.`,
  );
}

/** A run may be resumed from another working directory. */
function withAbsolutePaths(data: RunConfig["data"]): RunConfig["data"] {
  const isNamed = listDatasets().some(({ name }) => name === data.source);
  return {
    ...data,
    source: isNamed ? data.source : resolve(data.source),
    ...(data.root !== undefined && { root: resolve(data.root) }),
    ...(data.splits !== undefined && { splits: resolve(data.splits) }),
  };
}

/** A file that cannot be read is named by whoever loads it. */
async function withHashedModule<Spec extends object>(spec: Spec): Promise<Spec> {
  if (!isModuleSpec(spec)) return spec;
  const module = resolve(spec.module);
  const content = await readFile(module).catch(() => null);
  return { ...spec, module, ...(content && { sha256: createHash("sha256").update(content).digest("hex") }) };
}

function changedModules(stored: RunConfig, current: RunConfig): string[] {
  const now = modulesOf(current);
  const changed = modulesOf(stored).flatMap(({ sha256 }, i) => {
    const { module, sha256: sha256Now } = now[i]!;
    return sha256 !== undefined && sha256Now !== undefined && sha256 !== sha256Now ? [module] : [];
  });
  return [...new Set(changed)];
}

/** In the same order for equal configs. */
function modulesOf({ model, transforms, callbacks = [] }: RunConfig): ModuleSpec[] {
  const lists = typeof transforms === "object" && transforms ? [transforms.train, transforms.evaluation] : [];
  return [model, ...lists.flat(), ...callbacks].filter(isModuleSpec);
}

function isModuleSpec(spec: object): spec is ModuleSpec {
  return "module" in spec;
}
