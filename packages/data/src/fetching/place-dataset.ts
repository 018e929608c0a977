/**
 * A named data set below home: `<home>/datasets/<name>/` with its official files and a note that they were found whole,
 * after which it is opened without network and without hashing it again.
 */
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FileStamp, isSameStamp, stampFile } from "../file-stamp.js";
import type { ProgressListener } from "../progress.js";
import { replaceFile } from "../replace-file.js";
import { digestFile } from "./checksum.js";
import { addressOf, fetchFromSource, type DatasetSource } from "./dataset-source.js";
import { DatasetUnavailableError, type FailedSource } from "./dataset-unavailable-error.js";
import type { DownloadContext } from "./download-file.js";
import { FetchError } from "./fetch-error.js";
import type { NamedDataset } from "./named-datasets.js";
import { DEFAULT_NETWORK_POLICY, type NetworkPolicy } from "./network-policy.js";
import { loadNpmSettings, type NpmSettings } from "./npm-settings.js";
import { withLock } from "./with-lock.js";

export interface PlaceDatasetOptions {
  readonly home: string;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
  /** This user's if left out. */
  readonly settings?: NpmSettings;
  readonly policy?: NetworkPolicy;
}

const CompletionNote = z.object({ formatVersion: z.literal(1), files: z.record(z.string(), FileStamp) });

/**
 * Several processes may ask at once: one fetches, the others wait for it.
 * @returns the folder with the data set's files.
 * @throws {DatasetUnavailableError} if no source has them.
 */
export async function placeDataset(dataset: NamedDataset, options: PlaceDatasetOptions): Promise<string> {
  const datasets = join(options.home, "datasets");
  const folder = join(datasets, dataset.name);
  if (await isPlaced(dataset, folder)) return folder;
  const { signal, onProgress } = options;
  await withLock(
    join(datasets, ".work", `${dataset.name}.lock`),
    async () => {
      if (!(await isPlaced(dataset, folder))) await placeFromAnySource(dataset, folder, options);
    },
    { signal, onWait: (pid) => onProgress?.({ phase: "wait", what: dataset.name, pid }) },
  );
  return folder;
}

async function placeFromAnySource(
  dataset: NamedDataset,
  folder: string,
  { home, onProgress, signal, settings, policy = DEFAULT_NETWORK_POLICY }: PlaceDatasetOptions,
): Promise<void> {
  const workFolder = join(home, "datasets", ".work", dataset.name);
  const context = { settings: settings ?? (await loadNpmSettings()), policy, onProgress, signal };
  const broughtByHand: DatasetSource = { kind: "folder", path: folder, providedBy: "by hand" };
  const failures: FailedSource[] = [];
  for (const source of [broughtByHand, ...dataset.sources]) {
    try {
      await placeFrom(source, { dataset, folder, workFolder }, context);
      return;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      if (source === broughtByHand) continue;
      failures.push({ address: addressOf(source, context.settings.registry), reason: error.reason });
    }
  }
  throw new DatasetUnavailableError(dataset, failures);
}

async function placeFrom(
  source: DatasetSource,
  { dataset, folder, workFolder }: { dataset: NamedDataset; folder: string; workFolder: string },
  context: DownloadContext,
): Promise<void> {
  const staging = join(workFolder, "staging");
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const names = Object.keys(dataset.files);
  await fetchFromSource(source, { names, into: staging, downloads: join(workFolder, "downloads") }, context);
  for (const [name, { algorithm, digest }] of Object.entries(dataset.files)) {
    const found = await digestFile(join(staging, name), algorithm);
    if (found !== digest) {
      const reason = `${name} with the ${algorithm} ${found} in place of ${digest}`;
      throw new FetchError(addressOf(source, context.settings.registry), reason);
    }
  }
  await mkdir(folder, { recursive: true });
  for (const name of names) await rename(join(staging, name), join(folder, name));
  const stamps = await Promise.all(
    names.map(async (name) => [name, await stampFile(join(folder, name))] as const),
  );
  await replaceFile(
    notePath(folder),
    JSON.stringify({ formatVersion: 1, files: Object.fromEntries(stamps) }),
  );
  await rm(workFolder, { recursive: true });
}

async function isPlaced(dataset: NamedDataset, folder: string): Promise<boolean> {
  try {
    const note = CompletionNote.parse(JSON.parse(await readFile(notePath(folder), "utf8")));
    for (const name of Object.keys(dataset.files)) {
      if (!isSameStamp(note.files[name], await stampFile(join(folder, name)))) return false;
    }
    return true;
  } catch (error) {
    // No note, a note of another version, or a file that has gone: it is placed anew.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return false;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function notePath(folder: string): string {
  return join(folder, ".complete.json");
}
