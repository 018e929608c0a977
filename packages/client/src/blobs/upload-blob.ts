/**
 * A file to the server's blob store, in as many requests as the network makes of it: HEAD says how much is there, PUT
 * goes on from that byte. What another uploads of the same bytes meanwhile counts.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { errorOfAnswer } from "../calls/create-caller.js";
import { persist, type PersistOptions } from "../calls/persist.js";
import type { Server } from "../calls/server-address.js";
import { ServerError } from "../calls/server-errors.js";
import { requestBlob, textOf } from "./blob-request.js";
import { digestFile } from "./digest-file.js";

/** The file holds other bytes than those that were to be uploaded. */
export class FileChangedError extends Error {
  override readonly name = "FileChangedError";
}

export interface UploadOptions extends PersistOptions {
  readonly sha256: string;
  /** Bytes that the server has, of all. */
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
}

/** How often bytes that came out with another hash at the server are sent anew. */
const MOST_TORN = 2;

/**
 * @throws {FileChangedError} if the file's bytes are others than those of the hash.
 * @throws {NotAuthorizedError}
 * @throws {ServerUnreachableError | ServerError} once patience is at its end.
 */
export async function uploadBlob(server: Server, path: string, options: UploadOptions): Promise<void> {
  const { sha256, signal, onProgress } = options;
  const { size: totalBytes } = await stat(path);
  let torn = 0;
  let known = -1;
  let isChecked = false;
  await persist(async (progress) => {
    const { isWhole, offset } = await findUpload(server, sha256, signal);
    if (offset > known) progress();
    known = offset;
    onProgress?.(isWhole ? totalBytes : offset, totalBytes);
    if (isWhole) return;
    // Only what has to be sent has to be read.
    if (!isChecked) await checkFile(path, sha256, signal);
    isChecked = true;
    // Cut after its last byte, an upload has only to be finished; an empty file is nothing else.
    const rest = Math.max(0, totalBytes - offset);
    const range = rest > 0 ? `${offset}-${totalBytes - 1}` : "*";
    const response = await requestBlob(server, {
      method: "PUT",
      sha256,
      signal,
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Length": rest,
        "Content-Range": `bytes ${range}/${totalBytes}`,
      },
      ...(rest > 0 && { body: createReadStream(path, { start: offset, end: totalBytes - 1 }) }),
    });
    const said = await textOf(response);
    const { statusCode = 0 } = response;
    if (statusCode === 200 || statusCode === 201) return onProgress?.(totalBytes, totalBytes);
    if (statusCode === 422) {
      torn += 1;
      await checkFile(path, sha256, signal);
      known = -1;
      if (torn > MOST_TORN) throw errorOfAnswer(server, statusCode, said);
    }
    // A part was taken, or another request writes to it at the moment, or its bytes were torn: look again.
    const isAgain = statusCode === 202 || statusCode === 409 || statusCode === 422;
    throw isAgain ? new ServerError(said, { status: 503 }) : errorOfAnswer(server, statusCode, said);
  }, options);
}

async function findUpload(
  server: Server,
  sha256: string,
  signal: AbortSignal | undefined,
): Promise<{ isWhole: boolean; offset: number }> {
  const response = await requestBlob(server, { method: "HEAD", sha256, signal });
  response.resume();
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200 && statusCode !== 404) throw errorOfAnswer(server, statusCode, "");
  const offset = Number(headers["upload-offset"]);
  if (Number.isSafeInteger(offset) && offset >= 0) return { isWhole: statusCode === 200, offset };
  throw new ServerError(
    `Expected the server at ${server.url} to say where the blob ${sha256} goes on. Received: ` +
      `${headers["upload-offset"] ?? "nothing"}. Is it a convkit server?`,
    { status: statusCode },
  );
}

async function checkFile(path: string, sha256: string, signal: AbortSignal | undefined): Promise<void> {
  const found = await digestFile(path, signal);
  if (found === sha256) return;
  throw new FileChangedError(
    `Expected a file with SHA-256 ${sha256}. Received: ${path}, which has ${found} by now.`,
  );
}
