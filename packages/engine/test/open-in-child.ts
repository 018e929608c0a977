/** What `openEngine` comes to in a process of its own, with an environment of its own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EngineName, EnginePreference } from "../src/engine-order.js";
import type { Precision, UnavailableEngine } from "../src/engine.js";
import type { OpenEngineOptions } from "../src/open-engine.js";

export interface OpenInChildOptions extends OpenEngineOptions {
  readonly preference?: EnginePreference;
  readonly env?: NodeJS.ProcessEnv;
  /** JavaScript that runs before anything is imported. */
  readonly before?: string;
}

export type Opened =
  | {
      readonly name: EngineName;
      readonly unavailable: readonly UnavailableEngine[];
      /** Left out for f32. */
      readonly precision?: Precision;
    }
  | { readonly error: string; readonly message: string };

/** Where the native backend then looks for its binary, there is none. */
export const WITHOUT_NATIVE = {
  "@CONVKIT/TFJS_BACKEND_NATIVE_PREBUILD": fileURLToPath(new URL(".", import.meta.url)),
};

export function openInChild({
  preference = "auto",
  env,
  before = "",
  ...options
}: OpenInChildOptions = {}): Opened {
  const program = `
    ${before}
    const { openEngine } = await import("@convkit/engine");
    const opened = await openEngine(${JSON.stringify(preference)}, ${JSON.stringify(options)}).then(
      ({ name, unavailable, precision }) => ({
        name,
        unavailable,
        ...(precision !== "f32" && { precision }),
      }),
      ({ name, message }) => ({ error: name, message }),
    );
    process.stdout.write("\\n" + JSON.stringify(opened));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
    env: { ...process.env, CONVKIT_TFJS_NODE: "", CONVKIT_ISA: "", CONVKIT_THREADS: "", ...env },
  });
  const answer = stdout.split("\n").at(-1)!;
  if (!answer.startsWith("{")) throw new Error(`Expected an answer. Received: ${stdout}${stderr}`);
  return JSON.parse(answer) as Opened;
}
