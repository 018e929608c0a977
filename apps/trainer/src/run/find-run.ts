/**
 * `<run>` on the command line: an id, a prefix that only one id has, `latest`, a name that only one run was trained under, or the
 * path of a run's folder. What begins one run's id and names another is neither's, as in the record (`findRunId` of @convkit/db); the
 * record also knows the names that runs are given in the dashboard.
 */
import { access, readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { RunConfig } from "@convkit/schema";
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
  if (await isRunDirectory(resolve(text))) return resolve(text);
  const ids = await listRunIds(home);
  if (ids.length === 0) {
    throw new RunNotFoundError(
      `Expected a run. Received: ${text}, and there are no runs in ${join(home, "runs")}. ` +
        "CONVKIT_HOME names another home; `convkit train` makes a run.",
    );
  }
  if (text === "latest") return join(home, "runs", ids.at(-1)!);
  if (ids.includes(text)) return join(home, "runs", text);
  const named = new Set(await idsNamed(text, ids, home));
  const found = ids.filter((id) => id.startsWith(text) || named.has(id));
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
  return join(home, "runs", id);
}

/** A run whose config cannot be read has no name, and is no reason not to find another. One after the other: there may be thousands. */
async function idsNamed(name: string, ids: readonly string[], home: string): Promise<string[]> {
  const named: string[] = [];
  for (const id of ids) {
    const config = await readRunConfig(join(home, "runs", id)).catch(() => null);
    if (config?.name === name) named.push(id);
  }
  return named;
}

/** What to type for a run: its id where it lies under `home`, else its path. */
export function runArgument(directory: string, home: string): string {
  if (dirname(directory) === join(home, "runs")) return basename(directory);
  const path = relative(process.cwd(), directory);
  return path === "" ? "." : path;
}

/** @throws {RunNotFoundError} if the folder holds no config that can be read. */
export async function readRunConfig(directory: string): Promise<RunConfig> {
  const path = join(directory, "config.json");
  try {
    return parseFile(RunConfig, await readFile(path, "utf8"), path);
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
