/**
 * Runs every example as a newcomer would, one after the other; each checks itself against its target. What cannot run
 * here, for want of a fast engine or of a network, is said not to have been run, and fails on a build server. Their runs
 * lie in a home of their own that goes with them; data sets stay in the working directory's.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DatasetUnavailableError, openDataset } from "@convkit/data";
import { openEngine } from "@convkit/engine";
import { isContinuousIntegration } from "./env.js";

/** By the data set that each needs. */
const EXAMPLES = { photos: "cifar10", mnist: "mnist", "own-network": "mnist", cifar10: "cifar10" } as const;
const HOME = resolve(".convkit");
/** The same at every time, so that what is remembered of files by their paths is not written anew. */
const WORKING_DIRECTORY = join(HOME, "examples");

const obstacles = new Map<string, string | undefined>();

const engine = await openEngine();
const slow = engine.name === "cpu" ? "no faster engine than plain JavaScript" : undefined;
if (slow) for (const { name, reason } of engine.unavailable) console.log(`${name}: ${reason}`);

await rm(WORKING_DIRECTORY, { recursive: true, force: true });
await mkdir(join(WORKING_DIRECTORY, ".convkit"), { recursive: true });
await mkdir(join(HOME, "datasets"), { recursive: true });
// Windows lets everyone make a junction, and not everyone a link.
await symlink(join(HOME, "datasets"), join(WORKING_DIRECTORY, ".convkit", "datasets"), "junction");
try {
  for (const [example, dataset] of Object.entries(EXAMPLES)) {
    if (!obstacles.has(dataset)) obstacles.set(dataset, slow ?? (await fetchDataset(dataset)));
    const obstacle = obstacles.get(dataset);
    if (obstacle !== undefined) {
      console.log(`not run: ${example}, ${obstacle}`);
      if (isContinuousIntegration()) process.exitCode = 1;
    } else if (!(await run(example))) process.exitCode = 1;
  }
} finally {
  await rm(WORKING_DIRECTORY, { recursive: true, force: true });
}

/** @returns why it cannot be had; undefined if it is there now. */
async function fetchDataset(source: string): Promise<string | undefined> {
  try {
    return void (await openDataset({ source }, { home: HOME }));
  } catch (error) {
    if (!(error instanceof DatasetUnavailableError)) throw error;
    console.log(`${error.message}\n`);
    return `no network to fetch ${source} from`;
  }
}

async function run(example: string): Promise<boolean> {
  const startedAtMs = performance.now();
  const script = fileURLToPath(new URL(`./${example}.js`, import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: "inherit", cwd: WORKING_DIRECTORY });
  const [code] = (await once(child, "exit")) as [number | null];
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
  console.log(`${code === 0 ? "passed" : "FAILED"}: ${example} (${seconds} s)\n`);
  return code === 0;
}
