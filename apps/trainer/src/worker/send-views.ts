/** What a data set shows, from where its files are to the server: small pictures of it, and what looking at all of them finds. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkerClient } from "@convkit/client";
import { boundInspection, inspectDataset, packThumbnails, type ImageDataset } from "@convkit/data";

export interface SendViewsOptions {
  readonly client: Pick<WorkerClient, "uploadBlob" | "addThumbnails" | "addInspection">;
  readonly home: string;
  /** For a pack at a time; made if need be. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** @returns how many small pictures. */
export async function sendViews(
  dataset: ImageDataset,
  { client, home, folder, signal, onProgress }: SendViewsOptions,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const patient = { signal, patienceMs: Infinity };
  const found = await inspectDataset(dataset, {
    home,
    signal,
    onProgress: (progress) => {
      if (progress.phase === "compare") onProgress?.("comparing", progress.done, progress.total ?? 0);
    },
  });
  const inspection = boundInspection(found);
  await client.addInspection(inspection, patient);
  const also = new Set(inspection.duplicates.groups.flatMap(({ pictures }) => pictures.map(({ id }) => id)));
  let sent = 0;
  const report = (done: number, total: number) => onProgress?.("small pictures", done, total);
  for await (const { bytes, pictures } of packThumbnails(dataset, { signal, also, onProgress: report })) {
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
