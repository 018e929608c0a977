/**
 * `<run>` on the command line: an id, a prefix that only one id has, `latest`, a name that only one run was trained under, or the
 * path of a run's folder. What begins one run's id and names another is neither's, as in the record (`findRunId` of @convkit/db); the
 * record also knows the names that runs are given in the dashboard.
 */
import { access, readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { RunConfig } from "@convkit/schema";
import { z } from "zod";
import { parseFile } from "./parse-file.js";

/** No run, or more than one, is called that. */
class RunNotFoundError extends Error {
  override readonly name = "RunNotFoundError";
}

/** The ids under `home`, oldest first: an id begins with the time of its start. */
export async function listRunIds(home: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(join(home, "runs"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const isRun = await Promise.all(names.map((name) => isRunDirectory(join(home, "runs", name))));
  return names.filter((_, index) => isRun[index]).sort();
}

/**
 * @returns absolute path of the run's folder.
 * @throws {RunNotFoundError} if there is none, or several.
 */
export async function findRun(text: string, home: string): Promise<string> {
  const [directory] = await findRuns([text], home);
  return directory!;
}

/**
 * Lists the runs, and reads what they are called, once for all of the texts: there may be thousands of runs.
 *
 * @returns absolute paths of the runs' folders, in the order of the texts.
 * @throws {RunNotFoundError} if there is none, or several, of one text.
 */
export async function findRuns(texts: readonly string[], home: string): Promise<string[]> {
  let listed: Promise<string[]> | undefined;
  let named: Promise<ReadonlyMap<string, string>> | undefined;
  const directories: string[] = [];
  for (const text of texts) {
    if (await isRunDirectory(resolve(text))) {
      directories.push(resolve(text));
      continue;
    }
    const ids = await (listed ??= listRunIds(home));
    const names = () => (named ??= readNames(ids, home));
    directories.push(join(home, "runs", await findId(text, { ids, names, home })));
  }
  return directories;
}

interface KnownRuns {
  /** The oldest first. */
  readonly ids: readonly string[];
  /** By id, of those that have a name. */
  readonly names: () => Promise<ReadonlyMap<string, string>>;
  readonly home: string;
}

async function findId(text: string, { ids, names, home }: KnownRuns): Promise<string> {
  const latest = ids.at(-1);
  if (latest === undefined) {
    throw new RunNotFoundError(
      `Expected a run. Received: ${text}, and there are no runs in ${join(home, "runs")}. ` +
        "CONVKIT_HOME names another home; `convkit train` makes a run.",
    );
  }
  if (text === "latest") return latest;
  if (ids.includes(text)) return text;
  const nameOf = await names();
  const found = ids.filter((id) => id.startsWith(text) || nameOf.get(id) === text);
  const [id] = found;
  if (id === undefined) {
    throw new RunNotFoundError(
      `Expected the id of a run, the beginning of one, the name it was trained under, \`latest\` or a folder. Received: ${text}. ` +
        `The newest runs: ${ids.slice(-5).reverse().join(", ")}.`,
    );
  }
  if (found.length > 1) {
    throw new RunNotFoundError(
      `Expected the beginning of one run's id, or the name of one run. Received: ${text}, which ${found.join(", ")} share. ` +
        "Name one by its id.",
    );
  }
  return id;
}

/** Of a config all that it takes to find a run: the rest is checked when it is used. */
const NamedConfig = z.object({ name: RunConfig.shape.name });

/** A run whose config cannot be read has no name, and is no reason not to find another. One after the other: there may be thousands. */
async function readNames(ids: readonly string[], home: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const id of ids) {
    const config = await readConfig(NamedConfig, join(home, "runs", id)).catch(() => null);
    if (config?.name !== undefined) names.set(id, config.name);
  }
  return names;
}

/** What to type for a run: its id where it lies under `home`, else its path. */
export function runArgument(directory: string, home: string): string {
  if (dirname(directory) === join(home, "runs")) return basename(directory);
  const path = relative(process.cwd(), directory);
  return path === "" ? "." : path;
}

/** @throws {RunNotFoundError} if the folder holds no config that can be read. */
export async function readRunConfig(directory: string): Promise<RunConfig> {
  return readConfig(RunConfig, directory);
}

/** @throws {RunNotFoundError} if there is none, or it does not parse. */
async function readConfig<T>(schema: z.ZodType<T>, directory: string): Promise<T> {
  const path = join(directory, "config.json");
  try {
    return parseFile(schema, await readFile(path, "utf8"), path);
  } catch (cause) {
    const { message } = cause as Error;
    throw new RunNotFoundError(`Expected a run's config at ${path}. Received: ${message}.`, { cause });
  }
}

async function isRunDirectory(path: string): Promise<boolean> {
  try {
    await access(join(path, "config.json"));
    return true;
  } catch {
    return false;
  }
}
