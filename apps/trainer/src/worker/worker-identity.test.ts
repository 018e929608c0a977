/** Who a worker is, among others of its home and after its death. That of several at once one gets a lock is takeLock's. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "../fixtures/run-convkit.js";
import { takeIdentity } from "./worker-identity.js";

it("is the same one again when it comes back, and another one beside one that is there", () => {
  const home = join(makeFolder(), "home");
  const first = takeIdentity(home);
  const second = takeIdentity(home);
  expect(second.identity.id).not.toBe(first.identity.id);
  first.save({ probedWith: "1.2.3" });
  first.release();
  const again = takeIdentity(home);
  expect(again.identity).toMatchObject({ id: first.identity.id, probedWith: "1.2.3" });
  again.release();
  second.release();
  expect(readdirSync(home).sort()).toEqual(["worker-2.json", "worker.json"]);
});

it.runIf(process.platform === "linux")("comes back as itself after it was killed", () => {
  const home = makeFolder();
  const before = takeIdentity(home);
  const lock = join(home, "worker.lock");
  const file = join(lock, readdirSync(lock)[0]!);
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  const holder = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...holder, pid: dead, startTime: "1" }));
  expect(takeIdentity(home).identity.id).toBe(before.identity.id);
});

it("begins anew where its file is damaged", () => {
  const home = makeFolder();
  writeFileSync(join(home, "worker.json"), "{");
  const worker = takeIdentity(home);
  expect(JSON.parse(readFileSync(join(home, "worker.json"), "utf8"))).toEqual(worker.identity);
});
