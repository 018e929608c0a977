/** A run's journal from some byte on, in parts that one call can carry. */
import { open } from "node:fs/promises";
import { decodeTrainEvents, type TrainEvent } from "@convkit/schema";

export interface JournalPart {
  readonly events: readonly TrainEvent[];
  /** Where the next part begins. */
  readonly endByte: number;
  /** Of a line that is no event and was passed over; null if there was none. */
  readonly problem: string | null;
}

/** Of a call's body the server takes 16 MiB; a line may be longer than a part. */
const PART_BYTES = 1024 * 1024;
const LINE_BREAK = 0x0a;

/** @returns null while there is no whole line from there on; a torn last line is left to its writer. */
export async function readJournalPart(
  path: string,
  startByte: number,
  mostEvents: number,
): Promise<JournalPart | null> {
  const lines = await readLines(path, startByte);
  if (lines === null) return null;
  const events: TrainEvent[] = [];
  let problem: string | null = null;
  let endByte = startByte;
  for (let start = 0; start < lines.length && events.length < mostEvents;) {
    const end = lines.indexOf(LINE_BREAK, start) + 1;
    try {
      events.push(...decodeTrainEvents(lines.toString("utf8", start, end)).events);
    } catch (error) {
      problem ??= (error as Error).message;
    }
    start = end;
    endByte = startByte + end;
  }
  return { events, endByte, problem };
}

/** Whole lines only. */
async function readLines(path: string, start: number): Promise<Buffer | null> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (file === null) return null;
  try {
    for (let most = PART_BYTES; ; most *= 2) {
      const buffer = Buffer.allocUnsafe(most);
      const { bytesRead } = await file.read(buffer, 0, most, start);
      const wholeBytes = bytesRead === 0 ? 0 : buffer.lastIndexOf(LINE_BREAK, bytesRead - 1) + 1;
      if (wholeBytes > 0) return buffer.subarray(0, wholeBytes);
      if (bytesRead < most) return null;
    }
  } finally {
    await file.close();
  }
}

/** @returns 0 where there is none. */
export async function journalSize(path: string): Promise<number> {
  const file = await open(path, "r").catch(() => null);
  try {
    return (await file?.stat())?.size ?? 0;
  } finally {
    await file?.close();
  }
}
