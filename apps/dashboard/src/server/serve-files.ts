/**
 * Files over plain HTTP, which calls are no good for: artifacts to download (one, or a folder of them as a ZIP), small pictures of data sets, and blobs that
 * workers upload in parts (`PUT /api/blobs/<sha256>` with Content-Range; `HEAD` says in `Upload-Offset` where to go on).
 * Nothing here makes a path of what a request says: names are looked up in the record, bytes by their hash.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ApiContext } from "@convkit/api";
import {
  BlobHashError,
  BlobNotFoundError,
  BlobOffsetError,
  findArtifact,
  findThumbnail,
  settleBlob,
} from "@convkit/db";
import { serveArchive } from "./serve-archive.js";
import { setHostileFileHeaders } from "./security-headers.js";

/** An upload's whole; what a part may bring is bounded by it. */
const LARGEST_BLOB_BYTES = 64 * 1024 ** 3;

/** Types that a browser shows without running anything; everything else is a download. */
const SHOWN_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"]);

/** @returns false if the path is not one of these. */
export async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  context: ApiContext,
): Promise<boolean> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const [, api, kind, first = "", ...rest] = pathname.split("/").map(decode);
  if (api !== "api" || !["runs", "thumbnails", "blobs"].includes(kind ?? "")) return false;
  if (!context.caller) return answer(response, 401, "Expected a signed-in user, or a worker's token.");
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (kind === "blobs" && rest.length === 0) await serveBlob(request, response, { context, sha256: first });
  else if (!isReading) answer(response, 405, "Expected GET.");
  else if (context.caller.kind !== "user")
    answer(response, 403, "Expected a user. Received: a worker's token.");
  else if (kind === "runs" && rest[0] === "artifacts" && rest.length > 1) {
    await serveArtifact(response, { context, runId: first, path: rest.slice(1).join("/") });
  } else if (kind === "runs" && rest[0] === "archive") {
    const query = { runId: first, folder: rest.slice(1).join("/") };
    const isServed = await serveArchive(response, context, query);
    if (!isServed)
      answer(
        response,
        404,
        `Expected a folder of the run ${first} with files in the store. Received: ${query.folder || "all of it"}.`,
      );
  } else if (kind === "thumbnails" && rest.length === 1) {
    await serveThumbnail(response, { context, datasetHash: first, pictureId: rest[0] ?? "" });
  } else answer(response, 404, "There is nothing here.");
  return true;
}

async function serveArtifact(
  response: ServerResponse,
  { context, runId, path }: { context: ApiContext; runId: string; path: string },
): Promise<void> {
  const artifact = await findArtifact(context.database, runId, path);
  if (!artifact) return void answer(response, 404, `Expected a file of the run ${runId}. Received: ${path}.`);
  setHostileFileHeaders(response);
  const isShown = SHOWN_TYPES.has(artifact.mediaType);
  response.setHeader("Content-Type", isShown ? artifact.mediaType : "application/octet-stream");
  const name = encodeURIComponent(path.split("/").at(-1) ?? "file");
  response.setHeader("Content-Disposition", `${isShown ? "inline" : "attachment"}; filename*=UTF-8''${name}`);
  response.setHeader("Content-Length", artifact.sizeBytes);
  // The size is what the run said it would be.
  response.strictContentLength = true;
  response.setHeader("Cache-Control", "private, no-cache");
  response.setHeader("ETag", `"${artifact.sha256}"`);
  await sendBlob(response, context, artifact.sha256);
}

async function serveThumbnail(
  response: ServerResponse,
  { context, datasetHash, pictureId }: { context: ApiContext; datasetHash: string; pictureId: string },
): Promise<void> {
  const thumbnail = await findThumbnail(context.database, datasetHash, pictureId);
  if (!thumbnail) return void answer(response, 404, "There is no small picture of it.");
  const { blobSha256, offset, sizeBytes } = thumbnail;
  setHostileFileHeaders(response);
  // Workers re-encode every picture; should one not have, it is still no more than a picture.
  response.setHeader("Content-Type", "image/webp");
  response.setHeader("Content-Length", sizeBytes);
  response.setHeader("Cache-Control", "private, max-age=31536000, immutable");
  await sendBlob(response, context, blobSha256, { start: offset, end: offset + sizeBytes });
}

async function sendBlob(
  response: ServerResponse,
  { blobs }: ApiContext,
  sha256: string,
  range?: { start: number; end: number },
): Promise<void> {
  if (response.req.method === "HEAD") return void response.end();
  try {
    await pipeline(await blobs.read(sha256, range), response);
  } catch (error) {
    if (error instanceof BlobNotFoundError && !response.headersSent) {
      response.removeHeader("Content-Length");
      return void answer(response, 404, error.message);
    }
    response.destroy();
  }
}

async function serveBlob(
  request: IncomingMessage,
  response: ServerResponse,
  { context, sha256 }: { context: ApiContext; sha256: string },
): Promise<void> {
  const { blobs, database } = context;
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    return void answer(response, 400, "Expected a SHA-256 of 64 lower-case hex digits.");
  }
  try {
    const size = await blobs.sizeOf(sha256);
    // What is told to be whole is recorded first: a worker takes it for delivered, and a sweep for unused.
    if (size !== null && request.method === "HEAD")
      await settleBlob(database, blobs, { sha256, sizeBytes: size });
    response.setHeader("Upload-Offset", size ?? (await blobs.receivedBytes(sha256)));
    if (request.method === "HEAD") return void response.writeHead(size === null ? 404 : 200).end();
    if (request.method === "GET") {
      if (size === null)
        return void answer(response, 404, `Expected a blob. Received: ${sha256}, which is none.`);
      setHostileFileHeaders(response);
      response.setHeader("Content-Type", "application/octet-stream");
      response.setHeader("Accept-Ranges", "bytes");
      const start = startOf(request);
      if (start > 0 && start >= size) {
        response.setHeader("Content-Range", `bytes */${size}`);
        return void answer(
          response,
          416,
          `Expected a range that begins before byte ${size}. Received: ${start}.`,
        );
      }
      response.setHeader("Content-Length", size - start);
      if (start > 0) {
        response.statusCode = 206;
        response.setHeader("Content-Range", `bytes ${start}-${size - 1}/${size}`);
      }
      return await sendBlob(response, context, sha256, { start, end: size });
    }
    if (request.method !== "PUT") return void answer(response, 405, "Expected GET, HEAD or PUT.");
    const part = partOf(request);
    if (!part)
      return void answer(
        response,
        400,
        "Expected Content-Range: bytes <from>-<to>/<total>, or Content-Length; bytes */<total> where all are here.",
      );
    const state = await blobs.receive(sha256, request, part);
    if (state === "complete") await settleBlob(database, blobs, { sha256, sizeBytes: part.totalBytes });
    response.setHeader(
      "Upload-Offset",
      state === "complete" ? part.totalBytes : await blobs.receivedBytes(sha256),
    );
    response.writeHead(state === "complete" ? 201 : 202).end();
  } catch (error) {
    if (error instanceof BlobNotFoundError) {
      // It was unused until now, and deleted in between: it has to be sent again.
      response.setHeader("Upload-Offset", 0);
      return void answer(response, request.method === "HEAD" ? 404 : 409, error.message);
    }
    if (error instanceof BlobHashError) return void answer(response, 422, error.message);
    if (error instanceof BlobOffsetError) {
      response.setHeader("Upload-Offset", error.receivedBytes);
      return void answer(response, 409, error.message);
    }
    // The sender is gone: what came is kept, and it goes on from there.
    if (request.destroyed && !request.complete) return;
    throw error;
  }
}

/** One request may bring the whole, a part that says where it belongs, or nothing after a cut behind the last byte. */
function partOf({ headers }: IncomingMessage): { offset: number; totalBytes: number } | null {
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers["content-range"] ?? "");
  const [offset, totalBytes] = range
    ? [Number(range[1] ?? range[2]), Number(range[2])]
    : [0, Number(headers["content-length"])];
  const isSound = Number.isSafeInteger(totalBytes) && totalBytes >= 0 && totalBytes <= LARGEST_BLOB_BYTES;
  return isSound && offset <= totalBytes ? { offset, totalBytes } : null;
}

/** Where a download goes on; other ranges than an open one may be ignored (RFC 9110, section 14.2). */
function startOf({ headers }: IncomingMessage): number {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  return Number.isSafeInteger(start) ? start : 0;
}

/** A part of a path that is no UTF-8 matches nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "\uFFFD";
  }
}

function answer(response: ServerResponse, status: number, message: string): true {
  const headers = { "Content-Type": "text/plain; charset=utf-8" };
  // What is left of a body would otherwise be read to its end.
  if (!response.req.complete) response.setHeader("Connection", "close");
  response.writeHead(status, headers).end(`${message}\n`);
  return true;
}
