import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { withLock } from "./with-lock.js";

/** What a holder leaves in its lock. */
async function holderOf(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(path, "holder.json"), "utf8")) as Record<string, unknown>;
}

/** A lock as a process that has died leaves it, of this machine or as if of another. */
async function abandonedLock(changes: Record<string, unknown> = {}): Promise<{ path: string; pid: number }> {
  const path = join(await temporaryFolder(), "lock");
  const holder = await withLock(path, () => holderOf(path), {});
  const child = spawn(process.execPath, ["--eval", ""]);
  await once(child, "exit");
  const pid = child.pid ?? 0;
  await mkdir(path);
  await writeFile(join(path, "holder.json"), JSON.stringify({ ...holder, pid, ...changes }));
  return { path, pid };
}

it("gives the lock back, also after a failure", async () => {
  const path = join(await temporaryFolder(), "deep", "lock");
  expect(await withLock(path, () => Promise.resolve(existsSync(path)), {})).toBe(true);
  expect(existsSync(path)).toBe(false);
  await expect(withLock(path, () => Promise.reject(new Error("no")), {})).rejects.toThrow("no");
  expect(existsSync(path)).toBe(false);
});

it("lets one in at a time, and says once for whom another waits", async () => {
  const path = join(await temporaryFolder(), "lock");
  const waits: (number | null)[] = [];
  let inside = 0;
  const work = async (): Promise<void> => {
    expect(++inside).toBe(1);
    await new Promise(setImmediate);
    inside--;
  };
  let waiting: Promise<void> | undefined;
  await withLock(
    path,
    () =>
      new Promise<void>((done) => {
        waiting = withLock(path, work, {
          onWait: (pid) => {
            waits.push(pid);
            done();
          },
        });
      }),
    {},
  );
  await Promise.all([waiting, withLock(path, work, {}), withLock(path, work, {})]);
  expect(waits).toEqual([process.pid]);
});

it("takes over at once from a process of this machine that has died", async () => {
  const { path } = await abandonedLock();
  const waits: (number | null)[] = [];
  const holder = await withLock(path, () => holderOf(path), { onWait: (pid) => waits.push(pid) });
  expect(holder).toMatchObject({ pid: process.pid });
  expect(waits).toEqual([]);
});

it("cannot tell of another machine's process, and waits", async () => {
  const { path, pid } = await abandonedLock({ machine: "elsewhere" });
  const waits: (number | null)[] = [];
  const stop = new AbortController();
  const waiting = withLock(path, () => Promise.resolve(), {
    signal: stop.signal,
    onWait: (holder) => {
      waits.push(holder);
      stop.abort(new Error("enough"));
    },
  });
  await expect(waiting).rejects.toThrow("enough");
  expect(waits).toEqual([pid]);
  expect(existsSync(path)).toBe(true);
});

it("leaves a lock alone that another has taken over while it was suspended", async () => {
  const { path } = await abandonedLock({ machine: "elsewhere" });
  const other = await holderOf(path);
  await rm(path, { recursive: true });
  await withLock(
    path,
    async () => {
      await rm(path, { recursive: true });
      await mkdir(path);
      await writeFile(join(path, "holder.json"), JSON.stringify(other));
    },
    {},
  );
  expect(await holderOf(path)).toEqual(other);
});

it("does not take a suspended process of this machine for dead, unless the system has started since", async () => {
  const { path } = await abandonedLock({ pid: process.pid });
  const setIdle = (seconds: number) => utimes(path, new Date(), new Date(Date.now() - seconds * 1000));
  await setIdle(uptime());
  const enough = { signal: AbortSignal.timeout(600) };
  await expect(withLock(path, () => Promise.resolve(), enough)).rejects.toThrow();
  await setIdle(uptime() + 60);
  await withLock(path, () => Promise.resolve(), {});
  expect(existsSync(path)).toBe(false);
});
