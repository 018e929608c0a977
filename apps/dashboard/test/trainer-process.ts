/** The real command line on a home: `convkit train` and `convkit resume`, to be killed whenever a test likes. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const CONVKIT = fileURLToPath(new URL("../../trainer/dist/cli.js", import.meta.url));

export interface TrainerProcess {
  /** What it wrote to its standard error so far. */
  complaints(): string;
  hasEnded(): boolean;
  /** SIGKILL for the command and the training process that it started, at once. */
  kill(): Promise<void>;
  /** @returns the exit code once it has ended by itself. */
  ended(): Promise<number | null>;
}

export function startTrainer(home: string, args: readonly string[]): TrainerProcess {
  const child: ChildProcess = spawn(process.execPath, [CONVKIT, ...args], {
    env: { ...process.env, CONVKIT_HOME: home },
    stdio: ["ignore", "ignore", "pipe"],
    // A process group of its own.
    detached: true,
  });
  let complaints = "";
  child.stderr?.on("data", (text: Buffer) => (complaints += text.toString()));
  const closed = once(child, "close");
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    complaints: () => complaints,
    hasEnded,
    kill: async () => {
      if (!hasEnded()) process.kill(-child.pid!, "SIGKILL");
      await closed;
    },
    ended: async () => {
      await closed;
      return child.exitCode;
    },
  };
}
