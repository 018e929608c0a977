/** A server of the pages, as a user has it who installed the package: does it answer, with the scripts that it names? */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * @param {string} folder in which the package is installed.
 * @param {string} command which says where it listens, and ends on SIGTERM.
 * @throws {Error} with what it said, if a page or one of its scripts and styles is not there.
 */
export async function checkServedPages(folder, command) {
  const args = ["--no-install", command, "--port", "0", "--no-open", "--no-worker"];
  const server = spawn("npx", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  server.stderr.on("data", (text) => (said += text));
  const ended = once(server, "close");
  try {
    const url = await new Promise((resolve, reject) => {
      createInterface({ input: server.stdout }).on("line", (line) => {
        said += `${line}\n`;
        const found = /https?:\/\/\S+/.exec(line);
        if (found) resolve(found[0]);
      });
      void ended.then(([code]) => reject(new Error(`${command} ended with ${code}: ${said}`)));
    });
    for (const page of ["/runs", "/compare", "/datasets", "/models", "/queue", "/runs/new"]) {
      const answer = await fetch(new URL(page, url));
      const html = await answer.text();
      const files = [...html.matchAll(/(?:src|href)="(\/_next\/static\/[^"]+)"/g)].map((match) => match[1]);
      if (answer.status !== 200 || files.length === 0) {
        throw new Error(
          `Expected ${page} with scripts. Received: ${answer.status}, ${files.length} of them.\n${said}`,
        );
      }
      for (const file of new Set(files)) {
        const { status } = await fetch(new URL(file, url));
        if (status !== 200) throw new Error(`Expected ${file} of ${page}. Received: ${status}.`);
      }
    }
  } finally {
    if (server.exitCode === null) process.kill(-server.pid, "SIGTERM");
    await ended;
  }
}
