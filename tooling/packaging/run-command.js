/** Runs a program to its end; its output is of interest only when it fails. */
import { execFile } from "node:child_process";

/**
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd: string, timeoutMs?: number }} options
 * @returns {Promise<void>} rejects with an Error of all it printed, unless it ended with 0.
 */
export function runCommand(file, args, { cwd, timeoutMs = 300_000 }) {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { cwd, maxBuffer: 64 * 2 ** 20, timeout: timeoutMs },
      (error, stdout, stderr) => {
        if (error === null) return resolve();
        const { code, signal } = error;
        const ending = typeof code === "number" || signal ? `ended with ${signal ?? code}` : error.message;
        reject(new Error(`${file} ${args.join(" ")}\n${stdout}${stderr}${ending}`));
      },
    );
    // Whoever asks gets no answer.
    child.stdin?.end();
  });
}
