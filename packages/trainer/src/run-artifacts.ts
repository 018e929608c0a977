/** Keeping what is found out about a run after it has ended: in its folder, and told to its journal. */
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { renderModelCard } from "@convkit/evaluator";
import {
  EvaluationReport,
  ModelCard,
  stringifyWithSpelledNumbers,
  type TrainEventBody,
} from "@convkit/schema";
import { describeTornLine } from "./announce.js";
import { Journal, readJournal } from "./journal.js";
import { replaceFile } from "./replace-file.js";
import { reportContext } from "./run-facts.js";
import { RunFolder } from "./run-folder.js";
import type { RunOptions } from "./run-options.js";
import { announceArtifact } from "./saved-artifacts.js";

export interface RunArtifacts {
  readonly folder: RunFolder;
  /**
   * Writes `artifacts/<name>` whole or not at all, replacing what was there, and tells the run's journal.
   * @param name with forward slashes where it lies in a folder there.
   * @param value bytes as they are, anything else as JSON.
   * @returns its path.
   */
  saveArtifact(name: string, value: unknown): Promise<string>;
  /**
   * Writes into the classifier's card, whole or not at all, and the same card in words, `README.md`, anew, but for what its reader wrote
   * into it; tells the run's journal.
   */
  amendModelCard(change: Partial<ModelCard>): Promise<void>;
  /** Appends to the run's journal, in the latest attempt's name, behind its end. */
  note(bodies: (emit: (body: TrainEventBody) => void) => Promise<void>): Promise<void>;
}

/**
 * Holds the run's lock while the task is at it; neither its data set nor its network is opened.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {RunBusyError} if another process is at work on it.
 */
export async function withRunArtifacts<T>(
  runDirectory: string,
  task: (run: RunArtifacts) => Promise<T>,
): Promise<T> {
  const folder = await RunFolder.open(runDirectory);
  return folder.withLock(() => task(artifactsOf(folder)));
}

/** For whoever holds the run's lock. */
export function artifactsOf(folder: RunFolder, onEvent?: RunOptions["onEvent"]): RunArtifacts {
  const note: RunArtifacts["note"] = async (bodies) => {
    const { journal, tornBytes } = Journal.reopen(folder.journal, folder.runId);
    const emit = (body: TrainEventBody): void => {
      const event = journal.append(body);
      onEvent?.(event);
    };
    try {
      if (tornBytes > 0) emit(describeTornLine(tornBytes));
      await bodies(emit);
    } finally {
      journal.close();
    }
  };
  return {
    folder,
    note,
    async saveArtifact(name, value) {
      const path = join(folder.artifacts, name);
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, bytesOf(value));
      await note((emit) => announceArtifact(folder, path, emit));
      return path;
    },
    async amendModelCard(change) {
      const path = join(folder.model, "model-card.json");
      const card = ModelCard.parse({ ...JSON.parse(await readFile(path, "utf8")), ...change });
      const words = join(folder.model, "README.md");
      const readme = await describeModel(folder, card, await readIfThere(words));
      await replaceFile(path, stringifyWithSpelledNumbers(card, 2));
      await replaceFile(words, readme);
      await note(async (emit) => {
        for (const changed of [path, words]) await announceArtifact(folder, changed, emit);
      });
    },
  };
}

/** As judging the run wrote it: the judgement lies in the folder, and its journal tells the rest. */
async function describeModel(
  folder: RunFolder,
  card: ModelCard,
  previous: string | undefined,
): Promise<string> {
  const judged = await readIfThere(folder.report("json"));
  const events = readJournal(folder.journal);
  return renderModelCard({
    card,
    report: judged === undefined ? undefined : EvaluationReport.parse(JSON.parse(judged)),
    run: reportContext(folder.runId, events).run,
    dataset: events.findLast((event) => event.type === "runStarted")?.dataset,
    previous,
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function bytesOf(value: unknown): Uint8Array | string {
  return value instanceof Uint8Array ? value : `${stringifyWithSpelledNumbers(value, 2)}\n`;
}
