/**
 * Who may import whom: the table of docs/architecture.md ("Who may import whom").
 * rules/import-edges.js holds import statements to it, check-edges.js every package.json.
 *
 * A row is named after its package without the scope and lists
 * - other rows of this table,
 * - `tfjs`: tfjs and its parts (tfjs-core, tfjs-layers, the `cpu` backend that comes with it),
 * - `tfjs-backends`: the other `@tensorflow/*` packages, each a backend to be chosen,
 * - `node`: Node's own modules,
 * - `npm`: third-party packages of the row's own choice,
 * - or one third-party package by its name.
 *
 * `lazily` may be reached by `import()` only, so that nothing is loaded before it is chosen.
 * `tests` holds for `*.test.ts` and fixtures, on top of the row.
 */

/** @typedef {{ may: string[], lazily?: string[], tests?: string[] }} Row */

/** The rows that a release publishes. */
export const published = [
  "schema",
  "random",
  "transforms",
  "ops",
  "tfjs-backend-native",
  "tfjs-kernels-webgpu",
  "engine",
  "data",
  "models",
  "evaluator",
  "trainer",
  "client",
  "db",
  "api",
  "ui",
  "dashboard",
  "convkit",
];

/** @type {Record<string, Row>} */
export const edges = {
  schema: { may: ["zod"] },
  random: { may: [] },
  transforms: { may: ["schema", "random"] },
  ops: { may: ["tfjs"] },
  "tfjs-backend-native": { may: ["ops", "tfjs", "node", "npm"], tests: ["random"] },
  "tfjs-kernels-webgpu": { may: ["ops", "tfjs", "tfjs-backends"], tests: ["random", "node", "npm"] },
  engine: {
    may: ["tfjs", "node"],
    lazily: ["tfjs-backend-native", "tfjs-kernels-webgpu", "tfjs-backends", "webgpu"],
  },
  data: { may: ["schema", "random", "transforms", "node", "npm"] },
  // A page bundles models: what only Node has, it may reach lazily.
  models: { may: ["schema", "random", "transforms", "ops", "tfjs", "zod"], lazily: ["node", "npm"] },
  // Its main entry keeps to schema and random (its own lint rule says so): only `explain` calls networks.
  evaluator: { may: ["schema", "random", "models", "tfjs", "npm"] },
  trainer: { may: ["schema", "random", "transforms", "data", "models", "ops", "evaluator", "tfjs", "node"] },
  db: { may: ["schema", "random", "zod", "node", "npm"] },
  api: { may: ["schema", "random", "db", "evaluator", "zod", "node", "@trpc/server"] },
  client: { may: ["schema", "zod", "node", "@trpc/client"], tests: ["npm"] },
  ui: { may: ["react", "npm"], tests: ["node"] },
  convkit: {
    may: [
      "schema",
      "random",
      "data",
      "models",
      "engine",
      "evaluator",
      "trainer",
      "client",
      "tfjs",
      "node",
      "npm",
    ],
    // Bundled into the page that `verify` opens in a browser.
    lazily: ["tfjs-backends"],
  },
  dashboard: {
    may: ["schema", "random", "transforms", "db", "api", "ui", "zod", "node", "npm"],
    // A page that tries a network out: nothing of it comes before somebody does.
    lazily: ["models", "evaluator", "tfjs", "tfjs-backends"],
    tests: ["client"],
  },
  examples: { may: [...published, "tfjs", "node", "sharp"] },
  bench: { may: [...published, "tfjs", "node", "npm"], lazily: ["tfjs-backends"] },
};

/**
 * Exceptions to the rule that tfjs is a peer of every published package: two copies of it do not know each other's
 * layers, so only a package that is nobody's dependency may bring its own.
 */
export const bringsItsOwnTfjs = ["convkit", "examples", "bench"];

/** The one module that does something when it is imported, and says so in `sideEffects`. */
export const hasSideEffects = { "tfjs-backend-native": ["./dist/register.js"] };
