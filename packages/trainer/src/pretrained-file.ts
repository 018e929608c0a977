/**
 * What a run's network starts from, a file of pretrained weights or a saved network: hashed, so that a replay starts from
 * the same, and the file kept in the home where it came from the network.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  hashSavedModel,
  PretrainedWeightsError,
  readPretrainedFile,
  refuseTensorFlowPlace,
} from "@convkit/models";
import type { DatasetCard, ModelSpec } from "@convkit/schema";
import { replaceFile } from "./replace-file.js";

type NamedSpec = Extract<ModelSpec, { name: string }>;
type PretrainedSpec = NamedSpec & { pretrained: string };

/** Of ImageNet's pictures, red, green and blue, scaled to 0…1: what nearly all published weights were trained with. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

function isPretrained(spec: ModelSpec): spec is PretrainedSpec {
  return "name" in spec && spec.pretrained !== undefined;
}

/**
 * With an absolute path and the SHA-256. A config that has one, as a run's own does, is believed: a run that goes on needs
 * the file of weights no more.
 *
 * @throws {PretrainedWeightsError} if the file cannot be read, or is one of timm's `tf_…`.
 * @throws {ClassifierFilesError} if the saved network cannot.
 */
export async function withHashedPretrained(spec: ModelSpec, home: string): Promise<ModelSpec> {
  if ("classifier" in spec) {
    const classifier = isUrl(spec.classifier) ? spec.classifier : resolve(spec.classifier);
    return { classifier, sha256: spec.sha256 ?? (await hashSavedModel(classifier)) };
  }
  if (!isPretrained(spec)) return spec;
  const pretrained = isUrl(spec.pretrained) ? spec.pretrained : resolve(spec.pretrained);
  // Before it is fetched: in the home it has no such name any more.
  if (spec.sha256 === undefined) refuseTensorFlowPlace(spec.name, pretrained);
  const sha256 = spec.sha256 ?? (await sha256Of(await localFile(pretrained, home)));
  return { ...spec, pretrained, sha256 };
}

/**
 * The same network from the file on this machine, checked.
 * @throws {PretrainedWeightsError} if it cannot be read, or is not the one that the config was stored with.
 */
export async function withLocalPretrained(spec: ModelSpec, home: string): Promise<ModelSpec> {
  if ("classifier" in spec) {
    checkHash(spec, {
      what: "saved network",
      place: spec.classifier,
      received: await hashSavedModel(spec.classifier),
    });
    return spec;
  }
  if (!isPretrained(spec)) return spec;
  refuseTensorFlowPlace(spec.name, spec.pretrained);
  const path = await localFile(spec.pretrained, home);
  checkHash(spec, { what: "file of pretrained weights", place: path, received: await sha256Of(path) });
  return { ...spec, pretrained: path };
}

function checkHash(
  { sha256 }: { sha256?: string | undefined },
  { what, place, received }: { what: string; place: string; received: string },
): void {
  if (sha256 === undefined || sha256 === received) return;
  throw new PretrainedWeightsError(
    `Expected the ${what} that the config was stored with, of SHA-256 ${sha256}, at ${place}. ` +
      `Received: one of ${received}. Put that one back, or take model.sha256 out of the config to start from this one.`,
  );
}

/** The same network from other weights, which a checkpoint's are about to replace; a saved one tells the layers still. */
export function withoutPretrained(spec: ModelSpec): ModelSpec {
  if (!isPretrained(spec)) return spec;
  const { name, options } = spec;
  return { name, options };
}

/**
 * The data set's card as a preset of transforms should see it: published weights expect the pictures that they were
 * trained with. Grey ones have the mean over the colours, as in timm.
 */
export function asPretrainedSees(spec: ModelSpec, card: DatasetCard): DatasetCard {
  if (!isPretrained(spec)) return card;
  const { mean, std } = IMAGENET;
  if (card.imageShape?.[2] !== 1) return { ...card, mean: [...mean], std: [...std] };
  return { ...card, mean: [average(mean)], std: [average(std)] };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @returns its path; a URL's contents are fetched once and then lie in the home. */
async function localFile(place: string, home: string): Promise<string> {
  if (!isUrl(place)) return checkedPath(place);
  const key = createHash("sha256").update(place).digest("hex").slice(0, 16);
  const path = join(home, "pretrained", `${key}-${basename(new URL(place).pathname)}`);
  if (existsSync(path)) return path;
  const bytes = await readPretrainedFile(place);
  await mkdir(dirname(path), { recursive: true });
  // Several runs of one home may fetch it at once.
  const own = `${path}.${process.pid}`;
  await replaceFile(own, bytes);
  await rename(own, path);
  return path;
}

function checkedPath(path: string): string {
  if (existsSync(path)) return path;
  throw new PretrainedWeightsError(
    `Expected a file of pretrained weights at ${path}. Received: no such file. The path is taken from the working ` +
      "directory.",
  );
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

function isUrl(place: string): boolean {
  return /^https?:/.test(place);
}
