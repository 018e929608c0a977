/** What a worker and a script ask of the server, typed: calls over tRPC, files over plain HTTP. */
import type { DatasetInspection } from "@convkit/schema";
import {
  ClaimedJob,
  HeartbeatAnswer,
  type DatasetCard,
  type JobKind,
  type TrainEvent,
  type WorkerDescription,
} from "@convkit/schema";
import { z } from "zod";
import { downloadBlob } from "./blobs/download-blob.js";
import { uploadBlob } from "./blobs/upload-blob.js";
import {
  createCaller,
  DEFAULT_PATIENCE_MS,
  type CallOptions,
  type Procedure,
} from "./calls/create-caller.js";
import type { Pauses } from "./calls/persist.js";
import { serverAt } from "./calls/server-address.js";
import type { ServerUnreachableError } from "./calls/server-errors.js";

export interface WorkerClientOptions {
  /** Such as `http://localhost:4100`. */
  readonly url: string;
  /** `convkit_…`; none is needed on the server's own machine. */
  readonly token?: string | undefined;
  /** Told when the server is lost, with why, and when it is back (null). */
  readonly onConnection?: ((failure: ServerUnreachableError | null) => void) | undefined;
  /** Between two tries. Default: from half a second to twenty. */
  readonly pauses?: Pauses | undefined;
}

/** Which hold on which job. */
export interface Claim {
  readonly jobId: string;
  readonly fence: number;
}

export interface ThumbnailPack {
  readonly datasetHash: string;
  /** Of the blob that holds the pictures, one after the other; uploaded first. */
  readonly blobSha256: string;
  readonly pictures: readonly {
    readonly pictureId: string;
    readonly split: string;
    readonly label: number | null;
    readonly offset: number;
    readonly sizeBytes: number;
  }[];
}

/** A data set's files in one archive, as a blob. */
export interface DatasetPack {
  readonly packSha256: string;
  readonly packBytes: number;
}

export interface TransferOptions extends CallOptions {
  readonly sha256: string;
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

const Nothing: z.ZodType<void> = z.unknown().transform(() => undefined);
const Ingested = z.object({ fresh: z.int(), deleted: z.boolean() });
const FoundDataset = z.object({ packSha256: z.string(), packBytes: z.int().positive() }).nullable();

const PROCEDURES = {
  register: { kind: "mutation", path: "workers.register", answer: Nothing },
  claim: { kind: "mutation", path: "workers.claim", answer: ClaimedJob.nullable() },
  heartbeat: { kind: "mutation", path: "workers.heartbeat", answer: HeartbeatAnswer },
  complete: { kind: "mutation", path: "workers.complete", answer: Nothing },
  fail: { kind: "mutation", path: "workers.fail", answer: Nothing },
  ingest: { kind: "mutation", path: "workers.ingest", answer: Ingested },
  deletedRuns: { kind: "query", path: "workers.deletedRuns", answer: z.array(z.string()) },
  addThumbnails: { kind: "mutation", path: "workers.addThumbnails", answer: Nothing },
  addDataset: { kind: "mutation", path: "workers.addDataset", answer: Nothing },
  addInspection: { kind: "mutation", path: "workers.addInspection", answer: Nothing },
  findDataset: { kind: "query", path: "workers.findDataset", answer: FoundDataset },
} as const satisfies Record<string, Procedure<unknown>>;

/**
 * Every method throws `NotAuthorizedError`, and once its patience is at its end `ServerUnreachableError` or
 * `ServerError`; the signal's reason once it is aborted.
 */
export interface WorkerClient {
  /** Without a slash at its end. */
  readonly url: string;
  register(worker: WorkerDescription, options?: CallOptions): Promise<void>;
  /** @returns null if there is nothing to do. */
  claim(
    query: { readonly workerId: string; readonly kinds: readonly JobKind[] },
    options?: CallOptions,
  ): Promise<ClaimedJob | null>;
  heartbeat(claim: Claim & { readonly workerId: string }, options?: CallOptions): Promise<HeartbeatAnswer>;
  complete(claim: Claim, options?: CallOptions): Promise<void>;
  fail(
    claim: Claim & {
      readonly reason: string;
      /** Another worker, or this one later, may do better. */
      readonly retry: boolean;
      /** With `retry`: the worker was shut down, which does not count among the tries of the job. */
      readonly givenBack?: boolean;
    },
    options?: CallOptions,
  ): Promise<void>;
  /** @param events of one run, 1 to 5,000. @returns whether the server has deleted the run. */
  ingestEvents(
    events: readonly TrainEvent[],
    options?: CallOptions,
  ): Promise<{ readonly fresh: number; readonly deleted: boolean }>;
  /** @param runIds 1 to 100. @returns those that the server has deleted. */
  deletedRuns(runIds: readonly string[], options?: CallOptions): Promise<readonly string[]>;
  addThumbnails(pack: ThumbnailPack, options?: CallOptions): Promise<void>;
  /** @param packSha256 of the archive, uploaded first. */
  addDataset(card: DatasetCard, packSha256: string, options?: CallOptions): Promise<void>;
  /** @param inspection of a data set that the server knows. */
  addInspection(inspection: DatasetInspection, options?: CallOptions): Promise<void>;
  /** @returns null if the server does not hold its files. */
  findDataset(contentHash: string, options?: CallOptions): Promise<DatasetPack | null>;
  /**
   * Sends a file, going on where an earlier upload of the same bytes ended, also another's.
   * @throws {FileChangedError} if the file's bytes are others than those of the hash.
   */
  uploadBlob(path: string, options: TransferOptions): Promise<void>;
  /** Makes the file, or replaces it, once all of it is here and has that hash. */
  downloadBlob(path: string, options: TransferOptions): Promise<void>;
}

/** @throws {ServerAddressError} if `url` is no address of a server, or `token` cannot be one. */
export function createWorkerClient(options: WorkerClientOptions): WorkerClient {
  const { token, onConnection, pauses } = options;
  const server = serverAt(options.url, token);
  let isConnected = true;
  const call = createCaller(server, {
    pauses,
    onContact(failure) {
      if (isConnected === (failure === null)) return;
      isConnected = failure === null;
      onConnection?.(failure);
    },
  });
  const { register, claim, heartbeat, complete, fail, ingest, deletedRuns } = PROCEDURES;
  const { addThumbnails, addDataset, addInspection, findDataset } = PROCEDURES;
  /** Of the same bytes by one process only one upload is under way. */
  const uploads = new Map<string, Promise<void>>();

  return {
    url: server.url,
    register: (worker, options) => call(register, worker, options),
    claim: (query, options) => call(claim, query, options),
    heartbeat: (held, options) => call(heartbeat, held, options),
    complete: (held, options) => call(complete, held, options),
    fail: ({ reason, ...failure }, options) =>
      call(fail, { ...failure, reason: reason.slice(0, LONGEST_REASON) }, options),
    ingestEvents: (events, options) => call(ingest, events, options),
    deletedRuns: (runIds, options) => call(deletedRuns, { runIds }, options),
    addThumbnails: (pack, options) => call(addThumbnails, pack, options),
    addDataset: (card, packSha256, options) => call(addDataset, { card, packSha256 }, options),
    addInspection: (inspection, options) => call(addInspection, inspection, options),
    findDataset: (contentHash, options) => call(findDataset, { contentHash }, options),
    async uploadBlob(path, { patienceMs = DEFAULT_PATIENCE_MS, ...options }) {
      const { sha256 } = options;
      // Whatever becomes of the other one: what it has sent need not be sent again.
      while (uploads.has(sha256)) await uploads.get(sha256)!.catch(() => undefined);
      const upload = uploadBlob(server, path, { ...options, patienceMs, pauses });
      uploads.set(sha256, upload);
      try {
        await upload;
      } finally {
        uploads.delete(sha256);
      }
    },
    downloadBlob: (path, { patienceMs = DEFAULT_PATIENCE_MS, ...options }) =>
      downloadBlob(server, path, { ...options, patienceMs, pauses }),
  };
}

/** The server takes no longer one. */
const LONGEST_REASON = 10_000;
