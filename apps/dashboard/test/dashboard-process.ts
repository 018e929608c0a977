/** The real dashboard, as `convkit-dashboard` starts it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface DashboardProcess {
  readonly url: string;
  /** Where the first account is made, if the server said so. */
  readonly setupUrl: string | null;
  readonly child: ChildProcess;
  /** What it wrote to its standard error so far. */
  complaints(): string;
  stop(): Promise<void>;
}

export interface DashboardProcessOptions {
  readonly home: string;
  /** Default: one that is free. */
  readonly port?: number;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Waits until it says where the first account is made. */
  readonly expectsSetup?: boolean;
}

const SCRIPT = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** @throws {Error} with its complaints if it ends before it answers. */
export async function startDashboard(options: DashboardProcessOptions): Promise<DashboardProcess> {
  const { answers, ...dashboard } = launchDashboard(options);
  return { ...dashboard, ...(await answers) };
}

export interface LaunchedDashboard extends Pick<DashboardProcess, "child" | "complaints" | "stop"> {
  /** Rejects with its complaints if it ends before it answers. */
  readonly answers: Promise<Pick<DashboardProcess, "url" | "setupUrl">>;
}

/** Does not wait for its first answer. */
export function launchDashboard(options: DashboardProcessOptions): LaunchedDashboard {
  const { home, port = 0, flags = ["--no-worker"], environment = {}, expectsSetup = false } = options;
  const args = [SCRIPT, "--home", home, "--port", String(port), "--no-open", ...flags];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (text: Buffer) => (complaints += text.toString()));
  const lines = createInterface({ input: child.stdout });
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      lines.on("line", (line) => {
        const found = pattern.exec(line)?.[1];
        if (found) resolve(found);
      });
      child.once("close", (code) => reject(new Error(`The dashboard ended with ${code}: ${complaints}`)));
    });
  const answers = Promise.all([
    said(/The dashboard is at (\S+)/),
    expectsSetup ? said(/Make the first account at (\S+)/) : null,
  ]).then(([url, setupUrl]) => ({ url, setupUrl }));
  // Whoever waits for it hears of it.
  answers.catch(() => undefined);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "close");
  };
  return { child, complaints: () => complaints, stop, answers };
}
