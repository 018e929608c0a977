#!/usr/bin/env node
/** The command `convkit-dashboard`, which `convkit dashboard` and `convkit runs …` hand over to. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { authSecret, browserCommand, convkitHome, databaseUrl } from "./env.js";
import { findConvkit } from "./server/local-worker.js";
import { addRunsCommands } from "./commands/runs-commands.js";
import { startServer } from "./server/start-server.js";

const root = fileURLToPath(new URL("..", import.meta.url));

interface ServeOptions {
  readonly host: string;
  readonly port: string;
  readonly open: boolean;
  readonly dev: boolean;
  readonly home?: string;
  readonly url?: string;
  readonly worker: string | boolean;
  readonly heartbeat: string;
}

const program = new Command("convkit-dashboard")
  .description("reviews experiments: runs, curves, comparisons, models")
  .option("--port <port>", "where it listens; 0: any that is free", "4100")
  .option("--host <address>", "address it is bound to", "127.0.0.1")
  .option("--home <folder>", "folder with the runs (default: CONVKIT_HOME, or .convkit here)")
  .option("--url <url>", "where people reach it, if not there: they then sign in (needs CONVKIT_SECRET)")
  .option(
    "--worker <script>",
    "the convkit that serves the queue on this machine (default: the one installed here)",
  )
  .option("--no-worker", "serve no queue on this machine")
  .option("--heartbeat <seconds>", "a worker that is silent for so long is believed lost; 10 or more", "120")
  .option("--no-open", "do not open the browser")
  .option("--dev", "pages in development mode, from a clone", false)
  .action((options: ServeOptions) => serve(options));

addRunsCommands(program);

async function serve({ host, port, open, dev, home, url, worker, heartbeat }: ServeOptions): Promise<void> {
  const server = await startServer({
    home: home === undefined ? convkitHome() : resolve(home),
    databaseUrl: databaseUrl(),
    host,
    port: Number(port),
    publicUrl: url,
    secret: authSecret(),
    heartbeatSeconds: Number(heartbeat),
    workerScript: worker === false ? null : typeof worker === "string" ? resolve(worker) : findConvkit(),
    root,
    isDevelopment: dev,
    onProblem: (message) => console.error(message),
  });
  let isStopping = false;
  const stop = () => {
    // A second one does not wait for what is under way.
    process.once("SIGINT", () => process.exit(130));
    isStopping = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error((error as Error).message);
        process.exit(1);
      },
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  console.log(`The dashboard is at ${server.url} (Ctrl-C ends it)`);
  // A browser takes its time to open, and so does the record.
  if (open && !server.demandsSignIn) openBrowser(server.url);
  try {
    const { setupUrl } = await server.opened;
    if (isStopping) return;
    if (setupUrl !== null) console.log(`Make the first account at ${setupUrl}`);
    if (open && server.demandsSignIn) openBrowser(setupUrl ?? server.url);
  } catch (error) {
    console.error((error as Error).message);
    await server.close();
    process.exit(1);
  }
}

/** Where there is no browser, the address has been said. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : [browserCommand() ?? "xdg-open", url];
  spawn(command, args, { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

try {
  await program.parseAsync();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
