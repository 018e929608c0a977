/** A journal on disk in parts of whole lines, whatever they hold. */
import type { FileHandle } from "node:fs/promises";
import { decodeTrainEvents, type TrainEvent } from "@convkit/schema";
import { reasonAgainst } from "../ingest/storable-event.js";

/** Read at a time: a long journal is ingested in parts. */
const PART_BYTES = 4 * 1024 * 1024;
/** No event is as long; a file without line breaks is no journal, and must not fill the memory. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const LINE_BREAK = 0x0a;

/** A line that no event is as long as. */
class JournalLineError extends Error {
  override readonly name = "JournalLineError";
}

/**
 * @returns whole lines from `start` on; null if there is none: a torn last line is not read.
 * @throws {JournalLineError}
 */
export async function readPart(file: FileHandle, start: number): Promise<Buffer | null> {
  const { size } = await file.stat();
  for (let most = PART_BYTES; ; most *= 2) {
    const wanted = Math.min(most, size - start);
    if (wanted <= 0) return null;
    const buffer = Buffer.allocUnsafe(wanted);
    const { bytesRead } = await file.read(buffer, 0, wanted, start);
    if (bytesRead === 0) return null;
    const wholeBytes = buffer.lastIndexOf(LINE_BREAK, bytesRead - 1) + 1;
    if (wholeBytes > 0) return buffer.subarray(0, wholeBytes);
    if (most >= LONGEST_LINE_BYTES) {
      throw new JournalLineError(
        `Expected a line of at most ${LONGEST_LINE_BYTES} bytes at byte ${start} of the journal. Received: a longer one.`,
      );
    }
    // A torn last line; else one that is longer than the buffer.
    if (wanted < most || bytesRead < wanted) return null;
  }
}

export interface JournalPart {
  readonly events: TrainEvent[];
  /** What is wrong with the first line that is no event of the run; null if all are. */
  readonly problem: string | null;
}

/** Lines that are no events of the run are left out. A folder's name is the run's id: a copied one is another run's. */
export function decodePart(
  part: Buffer,
  { runId, startBytes }: { runId: string; startBytes: number },
): JournalPart {
  const whole = tryToDecode(part.toString("utf8"));
  if (whole?.every((event) => problemOf(event, runId) === null)) return { events: whole, problem: null };
  const events: TrainEvent[] = [];
  let problem: string | null = null;
  for (let start = 0; start < part.length;) {
    const end = part.indexOf(LINE_BREAK, start) + 1;
    const line = part.toString("utf8", start, end);
    const found = tryToDecode(line);
    const [event] = found ?? [];
    const expected = event ? problemOf(event, runId) : "a train event";
    if (event && expected === null) events.push(event);
    // Blank lines hold nothing, and nothing wrong.
    else if (found === null || event) {
      problem ??= `Expected ${expected} at byte ${startBytes + start} of the journal. Received: ${line.slice(0, 200).trim()}`;
    }
    start = end;
  }
  return { events, problem };
}

function problemOf(event: TrainEvent, runId: string): string | null {
  return event.runId === runId
    ? reasonAgainst(event)
    : `an event of the run ${runId}, as the folder is called,`;
}

function tryToDecode(text: string): TrainEvent[] | null {
  try {
    return decodeTrainEvents(text).events;
  } catch {
    return null;
  }
}
