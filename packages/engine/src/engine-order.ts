/** The engines this package knows, the fastest first. */

/** The order in which `auto` looks: by training speed, as measured in docs/decisions/0009-engine-order.md. */
export const ENGINE_ORDER = ["tensorflow-gpu", "native", "tensorflow", "wasm", "cpu"] as const;

export type EngineName = (typeof ENGINE_ORDER)[number];

/** `auto`: the first of the order that this machine has. */
export type EnginePreference = EngineName | "auto";
