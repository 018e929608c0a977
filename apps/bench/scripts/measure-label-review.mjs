/**
 * How many wrong labels `convkit review` finds: swaps some labels of a folder of pictures by a seed, trains on them, reviews them,
 * and counts the swapped ones among the tenth of the training pictures whose labels are doubted most. By hand, since it trains for
 * as long as the config says, once and once more for each fold:
 *
 *   node measure-label-review.mjs FOLDER [--seed 0] [--fraction 0.05] [--folds 5] [-- options of `convkit train`]
 *
 * FOLDER holds train/ and test/ with a folder for each class. What it makes lies in label-review-<seed>/ of the working
 * directory; once the run is trained, the same command goes on with its review.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Rng } from "@convkit/random";

const TOP_SHARE = 0.1;
const CLI = fileURLToPath(new URL("../../trainer/dist/cli.js", import.meta.url));

const own = process.argv.slice(2);
const end = own.includes("--") ? own.indexOf("--") : own.length;
const { values, positionals } = parseArgs({
  args: own.slice(0, end),
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "0" },
    fraction: { type: "string", default: "0.05" },
    folds: { type: "string", default: "5" },
  },
});
if (positionals.length !== 1)
  throw new Error(`Expected one folder. Received: ${positionals.join(" ") || "none"}.`);
const root = resolve(positionals[0]);
const [seed, fraction] = [Number(values.seed), Number(values.fraction)];

const classNames = readdirSync(join(root, "train")).sort();
const picturesOf = (split) =>
  classNames.flatMap((label) =>
    readdirSync(join(root, split, label))
      .sort()
      .map((name) => ({ path: join(root, split, label, name), label, split })),
  );
const train = picturesOf("train");
const rng = Rng.fromSeed(seed);
/** Path → wrong label. */
const swapped = new Map();
while (swapped.size < Math.round(fraction * train.length)) {
  const { path, label } = train[rng.int(train.length)];
  const others = classNames.filter((name) => name !== label);
  if (!swapped.has(path)) swapped.set(path, others[rng.int(others.length)]);
}

const folder = resolve(`label-review-${seed}`);
mkdirSync(folder, { recursive: true });
const manifest = join(folder, "swapped.csv");
/** RFC 4180. */
const csvField = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const lines = [...train, ...picturesOf("test")].map(({ path, label, split }) =>
  [path, swapped.get(path) ?? label, split].map(csvField).join(","),
);
writeFileSync(manifest, `path,label,split\n${lines.join("\n")}\n`);

/** In that folder, where its home then is. @returns the last line of standard output. */
function convkit(...args) {
  const child = spawnSync(process.execPath, [CLI, ...args, "--json"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 30,
  });
  if (child.status !== 0) throw new Error(`convkit ${args[0]} ended with ${child.status}: ${child.stdout}`);
  return JSON.parse(child.stdout.toString().trim().split("\n").at(-1));
}

/** Paths among the options are of the folder where the command was given. */
const options = own.slice(end + 1).map((option) => (existsSync(option) ? resolve(option) : option));
const runs = join(folder, ".convkit/runs");
/** The report is what a run writes last: one that was interrupted has none, and is trained anew. */
const trained = () =>
  (existsSync(runs) ? readdirSync(runs) : []).find((name) => existsSync(join(runs, name, "report.json")));
if (trained() === undefined) convkit("train", manifest, ...options);
const relabel = join(folder, "relabel.jsonl");
const { joint } = convkit("review", trained(), "--folds", values.folds, "--export", relabel);
const ranked = readFileSync(relabel, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line))
  .filter(({ split }) => split !== "test");
const isFound = ({ path }) => swapped.has(resolve(folder, path));
const top = ranked.slice(0, Math.round(TOP_SHARE * train.length));
const found = top.filter(isFound);
const suspects = ranked.filter(({ suggestion }) => suggestion);
const foundSuspects = suspects.filter(isFound);
const wrong = joint.flatMap((row, i) => row.filter((_, k) => k !== i)).reduce((sum, share) => sum + share, 0);
const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`;
console.log(`${swapped.size} of ${train.length} training labels swapped by seed ${seed}`);
console.log(
  `in the ${top.length} most doubted: ${found.length} of them, ${percent(found.length, swapped.size)}`,
);
console.log(
  `among ${suspects.length} suspects: ${foundSuspects.length} of them, ${percent(foundSuspects.length, swapped.size)}`,
);
console.log(`labels that the joint says are wrong: ${percent(wrong, 1)}`);
