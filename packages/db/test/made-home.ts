/** A home with its blob store, and folders of runs as a trainer leaves them. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeTrainEvent, type TrainEvent } from "@convkit/schema";
import type { BlobStore } from "../src/blobs/blob-store.js";
import { createDiskBlobStore } from "../src/blobs/disk-blob-store.js";

export interface MadeHome {
  readonly home: string;
  readonly blobs: BlobStore;
  /** @returns the run's folder. */
  write(runId: string, path: string, bytes: Uint8Array | string): Promise<string>;
  /** @returns the journal's path. */
  append(runId: string, events: readonly TrainEvent[]): Promise<string>;
  remove(): Promise<void>;
}

export async function makeHome(): Promise<MadeHome> {
  const home = await mkdtemp(join(tmpdir(), "convkit-home-"));
  const write: MadeHome["write"] = async (runId, path, bytes) => {
    const file = join(home, "runs", runId, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    return join(home, "runs", runId);
  };
  return {
    home,
    blobs: createDiskBlobStore(join(home, "blobs")),
    write,
    append: async (runId, events) => {
      const path = join(home, "runs", runId, "events.jsonl");
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, events.map(encodeTrainEvent).join(""));
      return path;
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
