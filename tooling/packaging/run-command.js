/** Runs a program to its end; its output is of interest only when it fails. */
import { spawnSync } from "node:child_process";

/**
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, timeoutMs?: number }} options
 * @throws {Error} with all it printed, unless it ended with 0.
 */
export function runCommand(file, args, { cwd, timeoutMs = 300_000 }) {
  const { status, signal, error, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    timeout: timeoutMs,
  });
  if (status === 0) return;
  const ending = error?.message ?? `ended with ${signal ?? status}`;
  throw new Error(`${file} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${ending}`);
}
