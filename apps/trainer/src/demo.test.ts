/** `pnpm demo` as it is typed, on pictures made here in CIFAR-10's layout. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { makeFolder } from "./fixtures/run-convkit.js";

const DEMO = fileURLToPath(new URL("../demo.mjs", import.meta.url));
/** Where the native engine then looks for its binary, there is none: `auto` opens plain JavaScript. */
const WITHOUT_NATIVE = { "@CONVKIT/TFJS_BACKEND_NATIVE_PREBUILD": makeFolder(), CONVKIT_TFJS_NODE: "" };
const SLOW = "Only the plain JavaScript engine is available here";

function runDemo(args: readonly string[], env: Readonly<Record<string, string>>) {
  const folder = makeFolder();
  return spawnSync(process.execPath, [DEMO, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CONVKIT_HOME: "", XDG_CACHE_HOME: folder, ...env },
  });
}

/** Records of a label and 3,072 bytes; the label decides how bright a picture is. */
function writeCifar(): string {
  const folder = join(makeFolder(), "cifar");
  mkdirSync(folder);
  const records = (count: number): Uint8Array =>
    Uint8Array.from({ length: count * 3073 }, (_, at) => {
      const label = Math.floor(at / 3073) % 10;
      return at % 3073 === 0 ? label : label * 25 + (at % 20);
    });
  writeFileSync(join(folder, "data_batch_1.bin"), records(320));
  writeFileSync(join(folder, "test_batch.bin"), records(40));
  return folder;
}

it("trains, says how often it was right, and where the report lies", () => {
  const data = `--set=data.source=${writeCifar()}`;
  const limit = '--set=data.limit={"train":192,"validation":20,"test":40}';
  const { status, stdout, stderr } = runDemo([data, limit, "--epochs=1"], WITHOUT_NATIVE);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(SLOW);
  expect(stdout).toMatch(/^The network was right on \d+\.\d % of 40 test pictures it had never seen\.$/m);
  const report = /worst mistakes: (.+)$/m.exec(stdout)?.[1] ?? "";
  expect(existsSync(report)).toBe(true);
});

it("leaves it to `convkit train` to say what the user has to put right", () => {
  const { status, stdout, stderr } = runDemo([], { CONVKIT_THREADS: "many" });
  expect(status).not.toBe(0);
  expect(stdout).not.toContain(SLOW);
  expect(stdout + stderr).toContain("Unset CONVKIT_THREADS");
});
