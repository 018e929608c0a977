/**
 * What PostgreSQL can store of an event. It has neither U+0000 nor half of a surrogate pair, and a journal may say both:
 * in a file's name, in an error's text. They become U+FFFD, as Unicode recommends for what cannot be shown. Numbers
 * and names that no column or index holds make an event unstorable; no trainer writes such ones.
 */
import type { TrainEvent } from "@convkit/schema";

/** An event with a number or a name that is out of the record's range. */
export class UnstorableEventError extends Error {
  override readonly name = "UnstorableEventError";
}

/** Of int4; the end of a range is one more than its last number. */
const LARGEST_INT = 2 ** 31 - 2;
/** Of a Date; PostgreSQL's own last day is later, its first one earlier than any run. */
const LATEST_MS = 8.64e15;
const EARLIEST_MS = -6e13;
/** An entry of a b-tree has at most 2,704 bytes, for a run's id and a name together. */
const LONGEST_NAME_BYTES = 1200;

/** @throws {UnstorableEventError} */
export function checkStorable(events: readonly TrainEvent[]): void {
  for (const event of events) {
    const reason = reasonAgainst(event);
    if (reason === null) continue;
    const { runId, attempt, sequence, type } = event;
    throw new UnstorableEventError(
      `Expected ${reason}. Received: ${type} ${String(sequence)} of attempt ${String(attempt)} of ${runId.slice(0, 200)}.`,
    );
  }
}

/** @returns what was expected of an event that cannot be stored; null if it can. */
export function reasonAgainst(event: TrainEvent): string | null {
  const { runId, attempt, sequence, timestamp } = event;
  for (const number of [attempt, sequence, ...countsOf(event)]) {
    if (!(Math.abs(number) <= LARGEST_INT)) return `counts of at most ${LARGEST_INT}`;
  }
  if (!(timestamp > EARLIEST_MS && timestamp < LATEST_MS)) return "a time in milliseconds since the epoch";
  const isTooLong = (name: string) => Buffer.byteLength(name) > LONGEST_NAME_BYTES;
  return [runId, ...namesOf(event)].some(isTooLong) ? `names of at most ${LONGEST_NAME_BYTES} bytes` : null;
}

function countsOf(event: TrainEvent): number[] {
  switch (event.type) {
    case "runStarted":
      return [event.config.epochs, event.stepsPerEpoch];
    case "resumed":
      return [event.fromStep, event.fromEpoch];
    case "epochStarted":
      return [event.epoch];
    case "step":
    case "epochEnded":
    case "checkpointSaved":
      return [event.step, event.epoch];
    case "system":
      return [event.step];
    case "evaluated":
    case "artifactSaved":
    case "message":
    case "runEnded":
      return [];
    default:
      return event satisfies never;
  }
}

function namesOf(event: TrainEvent): string[] {
  switch (event.type) {
    case "runStarted":
      return [event.dataset.contentHash, event.config.experiment, ...event.config.tags];
    case "step":
    case "epochEnded":
    case "system":
      return Object.keys(event.logs);
    case "evaluated":
      return [event.split, ...Object.keys(event.logs)];
    case "artifactSaved":
      return [event.path];
    case "resumed":
    case "epochStarted":
    case "checkpointSaved":
    case "message":
    case "runEnded":
      return [];
    default:
      return event satisfies never;
  }
}

/** The same event if its texts can be stored as they are. */
export function storableEvent(event: TrainEvent): TrainEvent {
  // Most events are of these, and hold numbers alone but for the names of metrics.
  const isNumbers = event.type === "step" || event.type === "system";
  return isNumbers && Object.keys(event.logs).every((name) => storableText(name) === name)
    ? event
    : storable(event);
}

export function storableText(text: string): string {
  return UNSTORABLE.test(text) ? text.replaceAll(EACH_UNSTORABLE, "\uFFFD") : text;
}

const UNSTORABLE = /[\p{Surrogate}\0]/u;
const EACH_UNSTORABLE = /[\p{Surrogate}\0]/gu;

/** The same with all its texts as `storableText` leaves them. */
export function storable<T>(value: T): T {
  return replaceTexts(value) as T;
}

function replaceTexts(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(replaceTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), replaceTexts(item)]),
  );
}
