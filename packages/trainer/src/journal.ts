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

export interface OpenJournalOptions {
  /** Number of the new attempt. Default: one more than the latest. */
  readonly attempt?: number | undefined;
}

/** The number of a new attempt is not greater than those that the journal has, or is none. */
export class StaleAttemptError extends Error {
  override readonly name = "StaleAttemptError";
}

/** A whole line of the journal is not an event. */
export class JournalCorruptError extends Error {
  override readonly name = "JournalCorruptError";
}

export class Journal {
  readonly runId: string;
  /** 1 for the first start of the run, greater each time it is opened again. */
  readonly attempt: number;
  readonly #file: number;
  /** Of the whole lines. */
  #sizeBytes: number;
  #sequence: number;

  private constructor(file: number, { runId, attempt, sequence, sizeBytes }: JournalPosition) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
    this.#sequence = sequence;
    this.runId = runId;
    this.attempt = attempt;
  }

  /**
   * Opens the journal for a new attempt, making the file if need be.
   * @throws {JournalCorruptError} if a whole line is not an event.
   * @throws {StaleAttemptError} if the attempt that was asked for is not greater than those before.
   */
  static open(path: string, runId: string, { attempt }: OpenJournalOptions = {}): OpenedJournal {
    return Journal.#open(path, runId, (events) => {
      if (attempt !== undefined) checkAttempt(attempt, events);
      return { attempt: attempt ?? latestAttempt(events) + 1, sequence: 0 };
    });
  }

  /**
   * Opens the journal for what is said of the latest attempt after its end.
   * @throws {JournalCorruptError} if a whole line is not an event.
   */
  static reopen(path: string, runId: string): OpenedJournal {
    return Journal.#open(path, runId, (events) => {
      const attempt = Math.max(1, latestAttempt(events));
      const last = events.findLast((event) => event.attempt === attempt);
      return { attempt, sequence: last ? last.sequence + 1 : 0 };
    });
  }

  static #open(
    path: string,
    runId: string,
    goOnFrom: (events: readonly TrainEvent[]) => Pick<JournalPosition, "attempt" | "sequence">,
  ): OpenedJournal {
    const file = openSync(path, "a+");
    try {
      const bytes = readFileSync(file);
      const wholeBytes = bytes.lastIndexOf(LINE_BREAK) + 1;
      const events = decode(bytes.subarray(0, wholeBytes), path);
      const position = { ...goOnFrom(events), runId, sizeBytes: wholeBytes };
      if (wholeBytes < bytes.length) ftruncateSync(file, wholeBytes);
      const journal = new Journal(file, position);
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

interface JournalPosition {
  readonly runId: string;
  readonly attempt: number;
  readonly sequence: number;
  readonly sizeBytes: number;
}

function latestAttempt(events: readonly TrainEvent[]): number {
  return events.reduce((latest, event) => Math.max(latest, event.attempt), 0);
}

/** @throws {StaleAttemptError} if it cannot follow what a journal holds. */
export function checkAttempt(attempt: number, events: readonly TrainEvent[]): void {
  const least = latestAttempt(events) + 1;
  if (Number.isSafeInteger(attempt) && attempt >= least) return;
  throw new StaleAttemptError(
    `Expected \`attempt\` to be an integer from ${least} up, as the run's journal has attempts before that. ` +
      `Received: ${attempt}. Leave it out for the next one.`,
  );
}

/** How the latest attempt ended; undefined if it has not. The run may have been judged again since. */
export function endingOf(
  events: readonly TrainEvent[],
): Extract<TrainEvent, { type: "runEnded" }> | undefined {
  const attempt = latestAttempt(events);
  return events.findLast((event) => event.type === "runEnded" && event.attempt === attempt) as
    Extract<TrainEvent, { type: "runEnded" }> | undefined;
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
