/**
 * The few events of a run's journal that the command looks at, each decoded alone: a journal may be long.
 * The trainer's own reader would load tfjs.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeTrainEvents, type TrainEvent } from "@convkit/schema";

/** @returns how the run began; undefined if its journal does not say so yet. */
export async function readStartEvent(directory: string): Promise<TrainEvent | undefined> {
  const lines = await readWholeLines(directory);
  return decodeLine(lines.find((line) => line.includes('"type":"runStarted"')));
}

/** @returns how the latest attempt ended, whatever was judged after it; undefined if it has not. */
export async function readEnding(
  directory: string,
): Promise<Extract<TrainEvent, { type: "runEnded" }> | undefined> {
  const lines = await readWholeLines(directory);
  const ended = decodeLine(lines.findLast((line) => line.includes('"type":"runEnded"')));
  if (ended?.type !== "runEnded") return undefined;
  return decodeLine(lines.at(-1))?.attempt === ended.attempt ? ended : undefined;
}

/** A torn last line counts as none: its writer died in it. */
async function readWholeLines(directory: string): Promise<string[]> {
  try {
    return (await readFile(join(directory, "events.jsonl"), "utf8")).split("\n").slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function decodeLine(line: string | undefined): TrainEvent | undefined {
  return line === undefined ? undefined : decodeTrainEvents(`${line}\n`).events[0];
}
