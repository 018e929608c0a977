/** Small pictures of a data set, from where its files are to the server. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkerClient } from "@convkit/client";
import { packThumbnails, type ImageDataset } from "@convkit/data";

export interface SendThumbnailsOptions {
  readonly client: Pick<WorkerClient, "uploadBlob" | "addThumbnails">;
  /** For a pack at a time; made if need be. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** @returns how many. */
export async function sendThumbnails(
  dataset: ImageDataset,
  { client, folder, signal, onProgress }: SendThumbnailsOptions,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const patient = { signal, patienceMs: Infinity };
  let sent = 0;
  for await (const { bytes, pictures } of packThumbnails(dataset, { signal, onProgress })) {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = join(folder, `${randomUUID()}.thumbnails`);
    try {
      await writeFile(file, bytes);
      await client.uploadBlob(file, { sha256, ...patient });
    } finally {
      await rm(file, { force: true });
    }
    await client.addThumbnails({ datasetHash: dataset.contentHash, blobSha256: sha256, pictures }, patient);
    sent += pictures.length;
  }
  return sent;
}
