/** The engines this package knows, in the order in which `auto` looks at them. */

/**
 * By training speed, as measured in docs/decisions/0009-engine-order.md. Where a machine has more than one of
 * the fast ones, what is measured there decides: rank-engines.ts.
 */
export const ENGINE_ORDER = ["native", "webgpu", "tensorflow-gpu", "tensorflow", "wasm", "cpu"] as const;

export type EngineName = (typeof ENGINE_ORDER)[number];

/** `auto`: the fastest that this machine has. */
export type EnginePreference = EngineName | "auto";
