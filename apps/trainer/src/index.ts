export { assembleRunConfig, type ConfigFlags, type ConfigSources } from "./config/assemble-run-config.js";
export { ConfigError } from "./config/config-error.js";
export type { PartialConfig } from "./config/merge-config.js";
export { EXIT_CODES, type ExitCode } from "./exit-codes.js";
export { runCli } from "./run-cli.js";
