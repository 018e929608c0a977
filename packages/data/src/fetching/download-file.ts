/**
 * A file from the network to the disk: begun where an earlier try ended (HTTP range requests, RFC 9110 §14), checked, and
 * under its own name only when it is whole.
 */
import { existsSync } from "node:fs";
import { appendFile, mkdir, open, rename, rm, stat, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ProgressListener } from "../progress.js";
import { digestFile, type Checksum } from "./checksum.js";
import { FetchError } from "./fetch-error.js";
import { openResponse, type RequestContext } from "./open-response.js";

export interface DownloadContext extends RequestContext {
  readonly onProgress?: ProgressListener | undefined;
}

/** Of tries in a row that brought no byte although the server answered. */
const MOST_FRUITLESS_TRIES = 3;

/**
 * @param target where it will lie; nothing is fetched if the right file is there already. What is begun lies beside it
 * as `<target>.partial`, so no two may download the same target at once.
 * @throws {FetchError} if the address cannot be reached or gives another file.
 */
export async function downloadFile(
  url: string,
  { target, checksum }: { target: string; checksum: Checksum },
  context: DownloadContext,
): Promise<void> {
  const { algorithm, digest } = checksum;
  if (existsSync(target) && (await digestFile(target, algorithm)) === digest) return;
  const partial = `${target}.partial`;
  await mkdir(dirname(target), { recursive: true });
  await appendFile(partial, "");
  await completePartial(url, { partial, checksum }, context);
  await rename(partial, target);
}

async function completePartial(
  url: string,
  { partial, checksum }: { partial: string; checksum: Checksum },
  context: DownloadContext,
): Promise<void> {
  const resumedFrom = (await stat(partial)).size;
  await appendUntilEnd(url, partial, context);
  let digest = await digestFile(partial, checksum.algorithm);
  if (digest !== checksum.digest && resumedFrom > 0) {
    // What was resumed may have been the beginning of another version.
    await truncate(partial);
    await appendUntilEnd(url, partial, context);
    digest = await digestFile(partial, checksum.algorithm);
  }
  if (digest !== checksum.digest) {
    await rm(partial);
    throw new FetchError(
      url,
      `a file with the ${checksum.algorithm} ${digest} in place of ${checksum.digest}`,
    );
  }
}

/** Goes on after a torn connection for as long as each try brings something. */
async function appendUntilEnd(url: string, partial: string, context: DownloadContext): Promise<void> {
  for (let fruitless = 0; ;) {
    const { size: sizeBefore } = await stat(partial);
    try {
      await appendOnce(url, partial, context);
      return;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const { size } = await stat(partial);
      const isServerTrouble = error.status !== null && error.status >= 500;
      fruitless = size > sizeBefore ? 0 : fruitless + 1;
      if (fruitless > 0 && (!isServerTrouble || fruitless === MOST_FRUITLESS_TRIES)) throw error;
      const { policy, signal } = context;
      await delay(policy.retryDelayMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

async function appendOnce(url: string, partial: string, context: DownloadContext): Promise<void> {
  const { size: offset } = await stat(partial);
  const response = await openResponse(url, offset > 0 ? { range: `bytes=${offset}-` } : {}, context).catch(
    (error: unknown) => {
      // 416: there is nothing after what we have. The checksum tells whether that is all of it.
      if (error instanceof FetchError && error.status === 416) return null;
      throw error;
    },
  );
  if (response === null) return;
  const start = rangeStart(response.header("content-range"));
  const isContinuation = response.status === 206 && start === offset;
  const length = response.header("content-length");
  const from = isContinuation ? offset : 0;
  const total = length === null ? null : from + Number(length);
  if (response.status === 206 && !isContinuation) {
    throw new FetchError(url, `bytes from ${start} on where ${offset} was asked for`);
  }

  await truncate(partial, from);
  const file = await open(partial, "a");
  try {
    let done = from;
    for await (const piece of response.body) {
      await file.appendFile(piece);
      done += piece.length;
      context.onProgress?.({ phase: "download", what: url, done, total, unit: "bytes" });
    }
    if (total !== null && done < total) throw new FetchError(url, `only ${done} of ${total} bytes`);
  } finally {
    await file.close();
  }
}

function rangeStart(contentRange: string | null): number | null {
  const start = /^bytes (\d+)-/.exec(contentRange ?? "")?.[1];
  return start === undefined ? null : Number(start);
}
