import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { AttemptHolder, RunConfig } from "@convkit/schema";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { RunBusyError, takeLock } from "./attempt-lock.js";
import { RunFolder } from "./run-folder.js";

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "convkit-lock-"));
  lock = join(folder, "attempt.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a lock there as if another process had. */
function leaveLock(holder: unknown): void {
  mkdirSync(lock);
  writeFileSync(join(lock, "holder"), typeof holder === "string" ? holder : JSON.stringify(holder));
}

/** What the lock of this process says. */
function ownHolder(): AttemptHolder {
  const release = takeLock(lock);
  const [name] = readdirSync(lock);
  const holder = AttemptHolder.parse(JSON.parse(readFileSync(join(lock, name!), "utf8")));
  release();
  return holder;
}

const deadPid = (): number => spawnSync(process.execPath, ["--version"]).pid;

describe("takeLock", () => {
  it("keeps out whoever comes second, until it is given back, and leaves nothing behind", () => {
    const release = takeLock(lock);
    expect(() => takeLock(lock)).toThrow(RunBusyError);
    expect(() => takeLock(lock)).toThrow(`process ${process.pid} is at work on`);
    expect(readdirSync(folder)).toEqual(["attempt.lock"]);
    release();
    expect(readdirSync(folder)).toEqual([]);
    takeLock(lock)();
  });

  it("takes over from a dead process, and an empty lock", () => {
    leaveLock({ ...ownHolder(), pid: deadPid(), startTime: "1" });
    takeLock(lock)();
    mkdirSync(lock);
    takeLock(lock)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("knows a process from a later one with its number", () => {
    const own = ownHolder();
    expect(own).toMatchObject({ pid: process.pid, machine: expect.stringContaining(hostname()) as string });
    leaveLock({ ...own, startTime: `${Number(own.startTime) - 1}` });
    takeLock(lock)();
  });

  it("cannot tell of a process in another container of the same name", () => {
    leaveLock({ ...ownHolder(), pid: deadPid(), machine: `${hostname()} pid:[1]`, startTime: "1" });
    expect(() => takeLock(lock)).toThrow(RunBusyError);
    expect(() => takeLock(lock)).toThrow(`on ${hostname()} pid:[1] has begun`);
  });

  it.each([
    [
      "of another machine",
      () => ({ ...ownHolder(), pid: 1, machine: "elsewhere", startTime: "1" }),
      /process 1 on elsewhere .* delete /,
    ],
    ["of nobody knows whom", () => "{", /lock cannot be read.* delete /],
    [
      "of a process whose start is not known",
      () => ({ ...ownHolder(), startTime: null }),
      /at work on.* or delete /,
    ],
  ])("refuses the lock %s, and says how to remove it", (_, holder, message) => {
    leaveLock(holder());
    expect(() => takeLock(lock)).toThrow(RunBusyError);
    expect(() => takeLock(lock)).toThrow(message);
    expect(() => takeLock(lock)).toThrow(lock);
    expect(readdirSync(folder)).toEqual(["attempt.lock"]);
  });

  it("goes to one of several processes that find a dead one's", async () => {
    const config = RunConfig.parse({ data: { source: "mnist" }, model: { name: "simple-cnn" } });
    const run = (await RunFolder.create(join(folder, "run"), config)).path;
    lock = join(run, "attempt.lock");
    const script = fileURLToPath(new URL("../test/lock-child.mjs", import.meta.url));
    const children = Array.from({ length: 3 }, () => {
      const child = spawn(process.execPath, [script, run], { stdio: ["pipe", "pipe", "inherit"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      return { input: child.stdin, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
    });
    const answers = () =>
      Promise.all(children.map(async ({ lines }) => (await lines.next()).value as string));
    const say = () => children.forEach(({ input }) => input.write("\n"));
    expect(await answers()).toEqual(["ready", "ready", "ready"]);
    const dead = { ...ownHolder(), pid: deadPid(), startTime: "1" };
    for (let round = 0; round < 100; round++) {
      leaveLock(dead);
      say();
      expect((await answers()).sort()).toEqual(["busy", "busy", "won"]);
      say();
      expect(await answers()).toEqual(["done", "done", "done"]);
    }
  });
});
