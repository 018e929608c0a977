/** The config, or a flag that becomes part of it, is not one that can be run. The message names path and remedy. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
