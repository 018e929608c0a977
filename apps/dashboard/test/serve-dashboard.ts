/** The built dashboard over a seeded home, as a user starts it, and a client that asks it what the page should show. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppRouter } from "@convkit/api";
import { wireTransformer } from "@convkit/schema";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import { seedHome, type SeededHome } from "./seed-home.js";
import { seedThumbnails } from "./seed-thumbnails.js";

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));

export interface ServedDashboard extends SeededHome {
  readonly url: string;
  readonly client: TRPCClient<AppRouter>;
  /** Ends the server, as Ctrl-C does. */
  stop(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
  /** Ends it and deletes the home. */
  close(): Promise<void>;
}

export async function serveDashboard(): Promise<ServedDashboard> {
  const home = await mkdtemp(join(tmpdir(), "convkit-pages-"));
  const seeded = await seedHome(home);
  let { child, url } = await startServer(home, 0);
  const client = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${url}/api/trpc`, transformer: wireTransformer })],
  });
  const served: ServedDashboard = {
    ...seeded,
    url,
    client,
    stop: () => endServer(child),
    start: async () => {
      ({ child, url } = await startServer(home, Number(new URL(served.url).port)));
    },
    close: async () => {
      await endServer(child);
      await rm(home, { recursive: true, force: true });
    },
  };
  await untilTrue(() => isIngested(served));
  await seedThumbnails(home, "cifar10");
  return served;
}

async function isIngested({ client, ids }: ServedDashboard): Promise<boolean> {
  const { total } = await client.runs.list.query({ limit: 1 });
  if (total < Object.keys(ids).length) return false;
  const runs = await Promise.all(Object.values(ids).map((id) => client.runs.byId.query(id)));
  return runs.every(
    ({ artifacts, judgedSplits }) =>
      artifacts.every(({ stored, path }) => stored || path.startsWith("checkpoints/")) &&
      (judgedSplits.includes("test") || !artifacts.some(({ path }) => path === "predictions.bin")),
  );
}

async function startServer(home: string, port: number): Promise<{ child: ChildProcess; url: string }> {
  const args = [program, "--home", home, "--port", String(port), "--no-open", "--no-worker"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (bytes: Buffer) => {
      said += bytes.toString("utf8");
      const found = /http:\/\/localhost:\d+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`The dashboard ended with ${code}:\n${said}`)));
  });
  return { child, url };
}

async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** Looks until it is so; the test's own time limit ends it. */
export async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
}
