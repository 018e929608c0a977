/**
 * Who a worker is: `worker.json` in its home, so that one that comes back is the same one. A second worker of the same
 * home at the same time, say for another GPU, is another one: `worker-2.json`, and so on.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WorkerDescription } from "@convkit/schema";
import { z } from "zod";

const Identity = z.object({
  formatVersion: z.literal(1),
  id: z.uuid(),
  /** As they were found last, by which version, and when. */
  engines: WorkerDescription.shape.engines.default([]),
  probedWith: z.string().default(""),
  /** Milliseconds since the epoch. */
  probedAt: z.number().default(0),
});
export type Identity = z.infer<typeof Identity>;

export interface WorkerIdentity {
  readonly identity: Identity;
  save(changes: Partial<Identity>): void;
  /** Lets the next worker of this home be this one. */
  release(): void;
}

/** The first one that no living process is. */
export function takeIdentity(home: string): WorkerIdentity {
  mkdirSync(home, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(home, number === 1 ? "worker.json" : `worker-${number}.json`);
    if (takeLock(`${path}.lock`)) return open(path);
  }
}

function open(path: string): WorkerIdentity {
  let identity = read(path) ?? Identity.parse({ formatVersion: 1, id: randomUUID() });
  const save = (changes: Partial<Identity>): void => {
    identity = { ...identity, ...changes };
    writeFileSync(`${path}.tmp`, `${JSON.stringify(identity, null, 2)}\n`);
    renameSync(`${path}.tmp`, path);
  };
  save({});
  return {
    get identity() {
      return identity;
    },
    save,
    release: () => rmSync(`${path}.lock`, { force: true }),
  };
}

function read(path: string): Identity | null {
  try {
    return Identity.safeParse(JSON.parse(readFileSync(path, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

/** @returns false if a living process has it. */
function takeLock(path: string): boolean {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = holderOf(path);
    if (holder !== null && isAlive(holder)) return false;
    // Of several that find it left behind, one can move it; who moves another's new lock by mistake puts it back.
    const aside = `${path}.${randomUUID()}`;
    try {
      renameSync(path, aside);
    } catch {
      continue;
    }
    if (holderOf(aside) !== holder) renameSync(aside, path);
    else rmSync(aside, { force: true });
  }
}

function holderOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/** In a container that is started again, this process may have the number of the one before. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
