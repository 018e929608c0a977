/** The only reader of environment variables in this package. */

/** Whether a build server runs this: there, what was not run has not passed. */
export function isContinuousIntegration(): boolean {
  return !["", "0", "false"].includes(process.env["CI"] ?? "");
}
