/** A folder of a run's files as one ZIP, made while it is sent: nothing is kept in memory or on disk for it. */
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { ApiContext } from "@convkit/api";
import { findArtifactsUnder, type ArtifactInFolder } from "@convkit/db";
import { makeZip, predictLength } from "client-zip";
import { setHostileFileHeaders } from "./security-headers.js";

export interface ArchiveQuery {
  readonly runId: string;
  /** The empty string for all of the run. */
  readonly folder: string;
}

/** @returns false if the run has no such files in the store. */
export async function serveArchive(
  response: ServerResponse,
  context: ApiContext,
  { runId, folder }: ArchiveQuery,
): Promise<boolean> {
  const artifacts = await findArtifactsUnder(context.database, runId, folder);
  if (artifacts.length === 0) return false;
  const name = encodeURIComponent([runId, ...folder.split("/")].filter(Boolean).join("-"));
  setHostileFileHeaders(response);
  response.setHeader("Content-Type", "application/zip");
  response.setHeader("Content-Disposition", `attachment; filename*=UTF-8''${name}.zip`);
  // Whoever gets less than this knows that it was cut short; more than was announced is not sent.
  response.strictContentLength = true;
  response.setHeader("Content-Length", String(predictLength(artifacts.map(entryOf))));
  if (response.req.method === "HEAD") {
    response.end();
    return true;
  }
  const entries = async function* () {
    for (const artifact of artifacts) {
      const input = await context.blobs.read(artifact.sha256);
      try {
        yield { ...entryOf(artifact), input };
      } finally {
        // Whoever goes away in the middle of a file leaves it open otherwise.
        input.destroy();
      }
    }
  };
  try {
    await pipeline(Readable.fromWeb(makeZip(entries()) as ReadableStream<Uint8Array>), response);
  } catch {
    response.destroy();
  }
  return true;
}

const entryOf = ({ path, sizeBytes, savedAt }: ArtifactInFolder) => ({
  name: path,
  size: sizeBytes,
  lastModified: new Date(savedAt),
});
