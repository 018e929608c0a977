import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { startChromium } from "./start-chromium.js";

/** A script without `exec` that starts a browser: one that goes on until it is told to end, and tells its arguments. */
function nameBrowser(onTerm: string) {
  const folder = mkdtempSync(join(tmpdir(), "convkit-browser-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [program, told] = [join(folder, "browser"), join(folder, "told")];
  const browser = `process.on("SIGTERM", () => ${onTerm}); setInterval(() => {}, 1e6);
    fs.writeFileSync("${told}.new", JSON.stringify([process.pid, ...process.argv.slice(1)])); fs.renameSync("${told}.new", "${told}")`;
  writeFileSync(program, `#!/bin/sh\n"${process.execPath}" -e '${browser}' -- "$@"\nexit $?\n`);
  chmodSync(program, 0o755);
  vi.stubEnv("CONVKIT_CHROMIUM", program);
  onTestFinished(() => void vi.unstubAllEnvs());
  return async () => {
    await vi.waitFor(() => expect(existsSync(told)).toBe(true), 20_000);
    const [pid, ...args] = JSON.parse(readFileSync(told, "utf8")) as [number, ...string[]];
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
    });
    const profile = args.find((arg) => arg.startsWith("--user-data-dir="))!.split("=")[1]!;
    return { pid, profile };
  };
}

/** A process that has ended and is waited for by nobody has no memory map. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || readFileSync(`/proc/${pid}/maps`, "utf8") !== "";
  } catch {
    return false;
  }
}

it.skipIf(process.platform === "win32").each([
  { which: "a script does not hand its process to", onTerm: "process.exit()" },
  { which: "does not end when it is told to", onTerm: "{}", closeMs: 100 },
])("ends a browser that $which, and removes its profile", { timeout: 20_000 }, async (given) => {
  const browserTold = nameBrowser(given.onTerm);
  const chromium = await startChromium("http://localhost/", given);
  const { pid, profile } = await browserTold();
  expect([isAlive(pid), existsSync(profile)]).toEqual([true, true]);
  await chromium.close();
  expect([isAlive(pid), existsSync(profile)]).toEqual([false, false]);
});
