/**
 * Delivers a run to the server while it is written: the events of its journal, and the files that they announce. The
 * journal stays the truth. What the server has taken is noted beside it; what it is sent twice, it knows by its number.
 * So any end of either process, and any length of an outage, costs time and nothing else.
 */
import { join } from "node:path";
import type { TrainEvent } from "@convkit/schema";
import { FileChangedError } from "../blobs/upload-blob.js";
import { pause } from "../calls/persist.js";
import type { WorkerClient } from "../worker-client.js";
import { journalSize, readJournalPart } from "./read-journal-part.js";
import {
  readAnyShippedRecord,
  readShippedRecord,
  writeShippedRecord,
  type ShippedRecord,
  type WaitingFile,
} from "./shipped-record.js";

export interface ShipJournalOptions {
  readonly client: Pick<WorkerClient, "url" | "ingestEvents" | "uploadBlob">;
  /** Of the run; its journal need not be there yet. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  /**
   * Once it has settled, what stands in the journal is all that will: whoever starts the process that writes knows when
   * it is gone. Default: the latest attempt has said that it ended.
   */
  readonly until?: Promise<unknown> | undefined;
  /** Told of every change. */
  readonly onState?: ((state: ShippingState) => void) | undefined;
  /** Between two looks at the journal. Default 500. */
  readonly pollMs?: number | undefined;
}

export interface ShippingState {
  /** Sent by this call. */
  readonly events: number;
  readonly files: number;
  readonly journalBytes: number;
  readonly shippedBytes: number;
  /** Announced, and not delivered yet. */
  readonly filesLeft: number;
  /** Why a line of the journal was passed over; null if none was. */
  readonly problem: string | null;
  /** The server has deleted the run, and wants no more of it. */
  readonly isDeleted: boolean;
}

const MOST_EVENTS = 2000;

/**
 * Resolves when the run has ended and everything of it is delivered, or the server has deleted it.
 *
 * @throws {NotAuthorizedError}
 * @throws {ServerError} for what will not pass; an outage always does.
 * @throws the signal's reason once it is aborted.
 */
export async function shipJournal(options: ShipJournalOptions): Promise<ShippingState> {
  const shipment = new Shipment(options, await readShippedRecord(options.folder, options.client.url));
  return shipment.run();
}

export interface Shipping {
  /** Base URL of the server that the run is delivered to. */
  readonly server: string;
  /** Nothing of the run is left that the server has not got, or wants. */
  readonly isDone: boolean;
}

/** @returns null for a run that nobody has begun to deliver. */
export async function findShipping(folder: string): Promise<Shipping | null> {
  const record = await readAnyShippedRecord(folder);
  if (record === null) return null;
  const { server, journalBytes, files, isDeleted } = record;
  const isWhole = files.length === 0 && journalBytes >= (await journalSize(journalOf(folder)));
  return { server, isDone: isDeleted || isWhole };
}

const journalOf = (folder: string) => join(folder, "events.jsonl");

class Shipment {
  readonly #options: ShipJournalOptions;
  readonly #record: ShippedRecord;
  readonly #files: Map<string, WaitingFile>;
  readonly #failing = new AbortController();
  readonly #signal: AbortSignal;
  /** Nothing more is written to the journal. */
  #isWritten = false;
  #areEventsSent = false;
  #events = 0;
  #sentFiles = 0;
  #journalBytes = 0;
  #problem: string | null = null;
  /** One write at a time. */
  #saving: Promise<void> = Promise.resolve();

  constructor(options: ShipJournalOptions, record: ShippedRecord) {
    this.#options = options;
    this.#record = record;
    this.#files = new Map(record.files.map((file) => [file.path, file]));
    this.#signal = options.signal
      ? AbortSignal.any([options.signal, this.#failing.signal])
      : this.#failing.signal;
    const settled = () => void (this.#isWritten = true);
    options.until?.then(settled, settled);
  }

  async run(): Promise<ShippingState> {
    const loops = [this.#sendEvents(), this.#sendFiles()].map(async (loop) => {
      try {
        await loop;
      } catch (error) {
        // The other one has no use any more.
        this.#failing.abort(error);
        throw error;
      }
    });
    await Promise.allSettled(loops);
    await this.#saving.catch(() => undefined);
    await Promise.all(loops);
    return this.#state();
  }

  async #sendEvents(): Promise<void> {
    const { client, folder, pollMs = 500 } = this.#options;
    const journal = journalOf(folder);
    this.#journalBytes = await journalSize(journal);
    // Another journal has come in its place: what is known is taken as such.
    if (this.#journalBytes < this.#record.journalBytes) this.#record.journalBytes = 0;
    for (;;) {
      // Asked first: what was written before the end is then seen.
      const isOver =
        this.#record.isDeleted || (this.#options.until ? this.#isWritten : this.#record.hasEnded);
      const part = this.#record.isDeleted
        ? null
        : await readJournalPart(journal, this.#record.journalBytes, MOST_EVENTS);
      if (part) {
        this.#problem ??= part.problem;
        const { deleted } = await this.#send(client, part.events);
        this.#take(part.events, part.endByte);
        if (deleted) this.#giveUp();
        await this.#save();
      } else if (isOver) {
        break;
      } else {
        await pause(pollMs, this.#signal);
      }
      this.#journalBytes = Math.max(await journalSize(journal), this.#record.journalBytes);
    }
    this.#areEventsSent = true;
    this.#tell();
  }

  async #send(
    client: ShipJournalOptions["client"],
    events: readonly TrainEvent[],
  ): Promise<{ deleted: boolean }> {
    if (events.length === 0) return { deleted: false };
    return client.ingestEvents(events, { signal: this.#signal, patienceMs: Infinity });
  }

  #take(events: readonly TrainEvent[], endByte: number): void {
    this.#events += events.length;
    this.#record.journalBytes = endByte;
    for (const event of events) {
      if (event.attempt > this.#record.attempt) {
        this.#record.attempt = event.attempt;
        this.#record.hasEnded = false;
      }
      if (event.attempt === this.#record.attempt && event.type === "runEnded") this.#record.hasEnded = true;
      if (event.type === "artifactSaved") {
        const { path, sha256, sizeBytes } = event;
        // The latest of a path counts; it takes its turn anew.
        this.#files.delete(path);
        this.#files.set(path, { path, sha256, sizeBytes });
      }
    }
  }

  #giveUp(): void {
    this.#record.isDeleted = true;
    this.#files.clear();
  }

  async #sendFiles(): Promise<void> {
    const { client, folder, pollMs = 500 } = this.#options;
    for (;;) {
      const file = this.#nextFile();
      if (!file) {
        if (this.#areEventsSent) return;
        await pause(pollMs, this.#signal);
        continue;
      }
      const { path, sha256, sizeBytes } = file;
      try {
        if (sizeBytes > 0) {
          await client.uploadBlob(join(folder, path), { sha256, signal: this.#signal, patienceMs: Infinity });
          this.#sentFiles += 1;
        }
      } catch (error) {
        // Written anew or removed since: if it is final again, an event will say so.
        const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
        if (!isGone && !(error instanceof FileChangedError)) throw error;
      }
      if (this.#files.get(path) === file) this.#files.delete(path);
      await this.#save();
    }
  }

  /** Weights to go on from are large, and least missed: they come when all else is there. */
  #nextFile(): WaitingFile | undefined {
    const files = [...this.#files.values()];
    const isCheckpoint = ({ path }: WaitingFile) => path.startsWith("checkpoints/");
    return files.find((file) => !isCheckpoint(file)) ?? (this.#areEventsSent ? files[0] : undefined);
  }

  #save(): Promise<void> {
    this.#saving = this.#saving.then(() =>
      writeShippedRecord(this.#options.folder, { ...this.#record, files: [...this.#files.values()] }),
    );
    this.#tell();
    return this.#saving;
  }

  #tell(): void {
    this.#options.onState?.(this.#state());
  }

  #state(): ShippingState {
    return {
      events: this.#events,
      files: this.#sentFiles,
      journalBytes: this.#journalBytes,
      shippedBytes: this.#record.journalBytes,
      filesLeft: this.#files.size,
      problem: this.#problem,
      isDeleted: this.#record.isDeleted,
    };
  }
}
