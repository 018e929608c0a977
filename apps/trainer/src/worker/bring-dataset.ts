/** The pictures of a job that this machine lacks, from the server, where somebody has uploaded them. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { WorkerClient } from "@convkit/client";
import { findByHash, listDatasets, placeByHash, placeList } from "@convkit/data";
import type { RunConfig } from "@convkit/schema";

export interface BringDatasetOptions {
  readonly client: Pick<WorkerClient, "url" | "findDataset" | "downloadBlob">;
  readonly home: string;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/**
 * @returns the config, with the place of its pictures on this machine where it names one on another, and with that of its
 * list of splits where that lies in their folder. What cannot be brought is left as it is: opening it says what is wrong.
 */
export async function bringDataset(config: RunConfig, options: BringDatasetOptions): Promise<RunConfig> {
  const { source, root, contentHash, splits, multiLabel, noLabel } = config.data;
  const isNamed = listDatasets().some(({ name }) => name === source);
  if (contentHash === undefined || isNamed || existsSync(resolve(source))) return config;
  const found = await findByHash(options.home, contentHash);
  const place =
    found ??
    (await withPack(contentHash, options, {
      what: "the data set",
      use: (archive) =>
        placeByHash({
          home: options.home,
          contentHash,
          archive,
          reading: { multiLabel, noLabel },
          signal: options.signal,
        }),
    }));
  if (place === null) return config;
  const data = { ...config.data, source: place };
  if (root !== undefined) delete data.root;
  const list = splits === undefined ? null : pathBelow(source, splits);
  if (list === null) return { ...config, data };
  // Pictures that are here may have come before the list was there.
  if (found !== null && !existsSync(join(place, list))) {
    await withPack(contentHash, options, {
      what: `${list} out of the data set`,
      use: (archive) =>
        placeList({ home: options.home, contentHash, archive, path: list, signal: options.signal }),
    });
  }
  if (existsSync(join(place, list))) data.splits = join(place, list);
  return { ...config, data };
}

/**
 * @param folder and `path` may be of another system.
 * @returns the path from the folder; null where it does not lie below it.
 */
export function pathBelow(folder: string, path: string): string | null {
  const top = resolve(folder).replace(/[\\/]+$/, "");
  const full = resolve(path);
  if (!full.startsWith(top) || !/^[\\/]./.test(full.slice(top.length))) return null;
  return full.slice(top.length + 1).replaceAll("\\", "/");
}

/**
 * @param use what is done with the pack while it is here.
 * @returns null if the server has not got it either.
 */
async function withPack<T>(
  contentHash: string,
  { client, home, signal, note }: BringDatasetOptions,
  { what, use }: { readonly what: string; readonly use: (archive: string) => Promise<T> },
): Promise<T | null> {
  const pack = await client.findDataset(contentHash, { signal, patienceMs: Infinity });
  if (pack === null) return null;
  note(
    `Fetching ${what} ${contentHash.slice(0, 12)}… (${Math.ceil(pack.packBytes / 1e6)} MB) from ${client.url}`,
  );
  const archive = join(home, "datasets", ".work", `${randomUUID()}.tar`);
  try {
    await client.downloadBlob(archive, { sha256: pack.packSha256, signal, patienceMs: Infinity });
    return await use(archive);
  } finally {
    await rm(archive, { force: true });
    await rm(`${archive}.part`, { force: true });
  }
}
