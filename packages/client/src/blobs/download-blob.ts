/** A blob of the server's as a file, which is there only whole and with the right hash. */
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { errorOfAnswer, unreachable } from "../calls/create-caller.js";
import { persist, type PersistOptions } from "../calls/persist.js";
import type { Server } from "../calls/server-address.js";
import { ServerError } from "../calls/server-errors.js";
import { requestBlob, textOf } from "./blob-request.js";
import { digestFile } from "./digest-file.js";

export interface DownloadOptions extends PersistOptions {
  readonly sha256: string;
  readonly onProgress?: ((receivedBytes: number, totalBytes: number) => void) | undefined;
}

/** What the file system says; a full disk is nobody's outage. */
const DISK_CODES = ["EACCES", "EDQUOT", "EIO", "EISDIR", "ENOENT", "ENOSPC", "EPERM", "EROFS"];

/**
 * Goes on with `<path>.part` where the server serves parts.
 * @throws {NotAuthorizedError}
 * @throws {ServerUnreachableError | ServerError} once patience is at its end; a blob that is not there is no passing thing.
 */
export async function downloadBlob(server: Server, path: string, options: DownloadOptions): Promise<void> {
  const { sha256, signal } = options;
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  let torn = 0;
  await persist(async (progress) => {
    await receive(server, part, { ...options, progress });
    const found = await digestFile(part, signal);
    if (found === sha256) return;
    await rm(part, { force: true });
    torn += 1;
    throw new ServerError(
      `Expected a blob with SHA-256 ${sha256} of ${server.url}. Received: bytes with ${found}.`,
      { status: torn < 2 ? 503 : 200 },
    );
  }, options);
  await rename(part, path);
}

async function receive(
  server: Server,
  part: string,
  { sha256, signal, onProgress, progress }: DownloadOptions & { progress: () => void },
): Promise<void> {
  const have = (await stat(part).catch(() => null))?.size ?? 0;
  const headers: Record<string, string> = have > 0 ? { Range: `bytes=${have}-` } : {};
  const response = await requestBlob(server, { method: "GET", sha256, signal, headers });
  const { statusCode = 0 } = response;
  // There is nothing after what is here.
  if (statusCode === 416) return void response.resume();
  if (statusCode !== 200 && statusCode !== 206) {
    throw errorOfAnswer(server, statusCode, await textOf(response));
  }
  const start = statusCode === 206 ? have : 0;
  const totalBytes = start + Number(response.headers["content-length"] ?? 0);
  let received = start;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      progress();
      onProgress?.(received, totalBytes);
      done(null, chunk);
    },
  });
  try {
    await pipeline(response, counting, createWriteStream(part, { flags: start > 0 ? "a" : "w" }), { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (DISK_CODES.includes((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
    throw unreachable(server, cause);
  }
}
