/** The only reader and writer of environment variables in this package. */
import { resolve } from "node:path";

/** @returns absolute path of CONVKIT_HOME, or of `.convkit/` in the working directory where it is not set. */
export function convkitHome(): string {
  return resolve(process.env["CONVKIT_HOME"] || ".convkit");
}

/** The team's PostgreSQL; undefined: the embedded one. */
export function databaseUrl(): string | undefined {
  return process.env["DATABASE_URL"] || undefined;
}

/** What signs sessions where people sign in; undefined where it is not set. */
export function authSecret(): string | undefined {
  return process.env["CONVKIT_SECRET"] || undefined;
}

/** Next.js reads these when it is imported. */
export function prepareNextEnvironment(mode: "development" | "production", standaloneConfig?: string): void {
  Object.assign(process.env, { NODE_ENV: mode, NEXT_TELEMETRY_DISABLED: "1" });
  if (standaloneConfig !== undefined) process.env["__NEXT_PRIVATE_STANDALONE_CONFIG"] = standaloneConfig;
}

/** The browser that the user prefers. */
export function browserCommand(): string | undefined {
  return process.env["BROWSER"] || undefined;
}

/** What opens the record and the sessions, and what a shell keeps for another server: no worker needs it. */
const OWN_SECRETS = ["CONVKIT_SECRET", "DATABASE_URL", "PGPASSWORD", "CONVKIT_TOKEN"];

/** For a worker that this process starts: it runs the code of configs. */
export function workerEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  for (const name of OWN_SECRETS) delete environment[name];
  return environment;
}
