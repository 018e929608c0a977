/**
 * A run's journal, `events.jsonl`: one event a line, append-only, and the truth about the run.
 *
 * Every line is written at once and survives the process; `sync` makes it survive the machine. A writer killed
 * inside a line leaves a torn one at the end. Readers leave that out, so the next attempt cuts it off and goes
 * on with a line of its own: nothing that anyone has read ever changes. A writer that lives on, because the disk
 * was full or the file at its limit, cuts its own torn line off.
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { decodeTrainEvents, encodeTrainEvent, type TrainEvent, type TrainEventBody } from "@convkit/schema";

const LINE_BREAK = 0x0a;

export interface OpenedJournal {
  readonly journal: Journal;
  /** What earlier attempts wrote. */
  readonly events: TrainEvent[];
  /** Length of the torn last line that was cut off; 0 if there was none. */
  readonly tornBytes: number;
}

/** A whole line of the journal is not an event. */
export class JournalCorruptError extends Error {
  override readonly name = "JournalCorruptError";
}

export class Journal {
  readonly runId: string;
  /** 1 for the first start of the run, one more each time it is opened again. */
  readonly attempt: number;
  readonly #file: number;
  /** Of the whole lines. */
  #sizeBytes: number;
  #sequence = 0;

  private constructor(
    file: number,
    { runId, attempt, sizeBytes }: { runId: string; attempt: number; sizeBytes: number },
  ) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    this.runId = runId;
    this.attempt = attempt;
  }

  /**
   * Opens the journal for a new attempt, making the file if need be.
   * @throws {JournalCorruptError} if a whole line is not an event.
   */
  static open(path: string, runId: string): OpenedJournal {
    const file = openSync(path, "a+");
    try {
      const bytes = readFileSync(file);
      const wholeBytes = bytes.lastIndexOf(LINE_BREAK) + 1;
      const events = decode(bytes.subarray(0, wholeBytes), path);
      if (wholeBytes < bytes.length) ftruncateSync(file, wholeBytes);
      const attempt = events.reduce((latest, event) => Math.max(latest, event.attempt), 0) + 1;
      const journal = new Journal(file, { runId, attempt, sizeBytes: wholeBytes });
      return { journal, events, tornBytes: bytes.length - wholeBytes };
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /**
   * @returns the event as it now stands in the journal.
   * @throws {Error} the file system's, for instance when the disk is full; the journal then ends where it did.
   */
  append(body: TrainEventBody): TrainEvent {
    const { runId, attempt } = this;
    const event = { ...body, runId, attempt, sequence: this.#sequence, timestamp: Date.now() };
    const line = Buffer.from(encodeTrainEvent(event));
    try {
      for (let written = 0; written < line.length;) written += writeSync(this.#file, line, written);
    } catch (error) {
      ftruncateSync(this.#file, this.#sizeBytes);
      throw error;
    }
    this.#sizeBytes += line.length;
    this.#sequence += 1;
    return event;
  }

  /** Returns once all lines are on the disk. */
  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
  }
}

/**
 * The events of a journal that may still be written to: a torn last line is left out, and before the first event there
 * is no file.
 * @throws {JournalCorruptError} if a whole line is not an event.
 */
export function readJournal(path: string): TrainEvent[] {
  return existsSync(path) ? decode(readFileSync(path), path) : [];
}

function decode(bytes: Uint8Array, path: string): TrainEvent[] {
  try {
    return decodeTrainEvents(new TextDecoder().decode(bytes)).events;
  } catch (cause) {
    throw new JournalCorruptError(
      `${path}: ${(cause as Error).message} Remove that line to go on without it.`,
      { cause },
    );
  }
}
