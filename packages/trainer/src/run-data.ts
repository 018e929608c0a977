/** Opening a run's data set, and completing the config so that it names everything a replay needs. */
import { resolve } from "node:path";
import { defaultTransforms, listDatasets, openDataset, type ImageDataset } from "@convkit/data";
import type { DatasetCard, ModuleSpec, RunConfig } from "@convkit/schema";
import type { RunOptions } from "./run-options.js";

export interface RunData {
  readonly dataset: ImageDataset;
  readonly card: DatasetCard;
  /** With content hash, transforms and absolute paths filled in. */
  readonly config: CompleteConfig;
}

type CompleteConfig = RunConfig & { readonly transforms: NonNullable<RunConfig["transforms"]> };

/** @throws {ContentHashMismatchError} if the config names a content hash and the pictures have another one. */
export async function openRunData(config: RunConfig, options: RunOptions): Promise<RunData> {
  const { home, onDataProgress, signal } = options;
  const data = withAbsolutePaths(config.data);
  const dataset = await openDataset(data, { home, signal, onProgress: onDataProgress });
  const card = await dataset.card();
  const transforms = config.transforms ?? defaultTransforms(card);
  return {
    dataset,
    card,
    config: {
      ...config,
      data: { ...data, contentHash: dataset.contentHash },
      model: withAbsoluteModule(config.model),
      transforms: {
        train: transforms.train.map((spec) => withAbsoluteModule(spec)),
        evaluation: transforms.evaluation.map((spec) => withAbsoluteModule(spec)),
      },
    },
  };
}

/** A run may be resumed from another working directory. */
function withAbsolutePaths(data: RunConfig["data"]): RunConfig["data"] {
  const isNamed = listDatasets().some(({ name }) => name === data.source);
  return {
    ...data,
    source: isNamed ? data.source : resolve(data.source),
    ...(data.root !== undefined && { root: resolve(data.root) }),
  };
}

function withAbsoluteModule<Spec extends object>(spec: Spec): Spec {
  return isModuleSpec(spec) ? { ...spec, module: resolve(spec.module) } : spec;
}

function isModuleSpec(spec: object): spec is ModuleSpec {
  return "module" in spec;
}
