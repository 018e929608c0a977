/** How fields and their choices are called where the name in the schema is not what one would say. */
import type { Path } from "./json-value";
import { pathText } from "./json-value";

const TITLES: Readonly<Record<string, string>> = {
  data: "Data",
  "data.source": "Data set",
  "data.root": "Folder of its files",
  "data.group": "Group pattern",
  "data.splits": "List of splits",
  "data.multiLabel": "Any number of labels a picture",
  "data.noLabel": "Label that says none",
  "data.limit": "Use only a part",
  "data.limit.train": "Training pictures",
  "data.limit.validation": "Validation pictures",
  "data.limit.test": "Test pictures",
  model: "Network",
  "model.name": "Name of the network",
  "transforms.train": "While it learns",
  "transforms.batch": "On whole batches",
  "transforms.evaluation": "When it is judged",
  ema: "Moving average of weights",
  testTimeAugmentation: "Test-time augmentation",
  "optimizer.decay": "Kind of weight decay",
  noDecay: "Spared from weight decay",
  "optimizer.groups": "Groups of weights",
  p: "Probability",
  pctStart: "Rising fraction",
  divFactor: "Highest ÷ first rate",
  finalDivFactor: "First ÷ last rate",
  finalFactor: "Last ÷ highest rate",
  "checkpoint.monitor": "Metric",
  "earlyStopping.monitor": "Metric",
  "schedule.monitor": "Metric",
  "schedule.mode": "Better is",
  "earlyStopping.mode": "Better is",
  "checkpoint.mode": "Better is",
  timeBudget: "Minutes at most",
  "checkpoint.everySteps": "Keep one every … steps",
  "checkpoint.keep": "How many of these to keep",
  minDelta: "Least improvement",
};

/** `labelSmoothing` → `Label smoothing` */
export function titleOf(path: Path): string {
  const key = String(path.at(-1) ?? "");
  const words = key.replaceAll(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return TITLES[pathText(path)] ?? TITLES[key] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** Written as one would write them, where there is no default to show. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "data.source": "cifar10, or ./photos",
  "model.name": "resnet9",
  "model.module": "./network.ts",
  name: "its id",
};

export const exampleOf = (path: Path) => EXAMPLES[pathText(path)];

const VARIANTS: Readonly<Record<string, string>> = {
  "model name": "By name",
  "model layers": "Layer by layer",
  "model module": "Own module",
  "model classifier": "Saved network",
  module: "own module",
  "item weights": "weights",
  "transforms none": "None",
  "transforms light": "Light",
  "transforms standard": "Standard",
  "transforms strong": "Strong",
};

export const variantTitle = (path: Path, id: string) =>
  VARIANTS[`${pathText(path)} ${id}`] ?? VARIANTS[id] ?? id;

/** What a choice that may be nothing calls nothing, and something. */
export function nullTitles(path: Path): readonly [nothing: string, something: string] {
  if (pathText(path) === "transforms") return ["As the data set has it", "Chosen here"];
  if (pathText(path) === "earlyStopping") return ["Never", "When it no longer improves"];
  if (pathText(path) === "ema") return ["None", "Averaged"];
  if (pathText(path) === "lookahead") return ["None", "With slow weights"];
  return ["None", "Chosen here"];
}

/** What a run fills in by itself. */
const FILLED_IN = new Set([
  "data.contentHash",
  "data.annotationsHash",
  "model.sha256",
  "sweep",
  "forkedFrom",
]);
export const isFilledIn = (path: Path) => FILLED_IN.has(pathText(path)) || path.at(-1) === "sha256";

/** What zod says, without its preamble. */
export function issueText(message: string): string {
  const rest = message.replace(/^Invalid input: /, "");
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}${/[.!?]$/.test(rest) ? "" : "."}`;
}
