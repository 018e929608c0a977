/**
 * `pnpm demo`: trains on CIFAR-10, judges on its 10,000 test pictures, and says where the report lies.
 * It only types what a user would: `convkit train cifar10`, and behind it what it was given itself. Where there is no
 * fast engine, it says so and shows the same path on a budget that plain JavaScript can bear.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CLI = fileURLToPath(new URL("./dist/cli.js", import.meta.url));

/** Some hundred steps of a tiny network: minutes in plain JavaScript, and an accuracy that only beats guessing. */
const SMALL_BUDGET = [
  "--epochs=2",
  "--batch-size=32",
  "--lr=0.02",
  '--set=model={"layers":[{"layer":"conv","filters":8,"strides":2,"activation":"relu"},{"layer":"maxPool"},{"layer":"flatten"}]}',
  '--set=data.limit={"train":2000,"validation":200,"test":500}',
];

console.log(`convkit learns to tell ten kinds of things apart in photographs: CIFAR-10, 50,000 pictures to learn from
and 10,000 to be judged by. The first time they are fetched (about 160 MB). Looking for the fastest engine …`);

const slow = (await engineOfAuto()) === "cpu";
if (slow) {
  console.log(`
Only the plain JavaScript engine is available here, some thousand times slower than the native one, so this is a
demonstration of the path and not of what can be learnt: a tiny network, 2,000 pictures, 2 epochs.
\`convkit doctor\` says what is in the way of a faster engine.`);
}
// Of this run alone, so that it is found again whatever else lies in the home.
const name = `demo-${Date.now().toString(36)}`;
const command = [
  "train",
  "cifar10",
  `--name=${name}`,
  ...(slow ? SMALL_BUDGET : []),
  ...process.argv.slice(2),
];
console.log(`\n$ convkit ${command.join(" ")}\n`);
const exitCode = await run(command, "inherit");
if (exitCode !== 0) process.exit(exitCode);

const { runId, directory, accuracy, testCount } = await findRun();
console.log(`
The network was right on ${(accuracy * 100).toFixed(1)} % of ${testCount.toLocaleString("en-US")} test pictures it had never seen.
The report, with curves, confusion matrix and the worst mistakes: ${directory}/report.html

What to try next (node apps/trainer/dist/cli.js stands for convkit here):
  convkit predict ${runId} photo.jpg        what it sees in a picture of yours
  convkit train ./photos                    your own pictures, one folder per class
  convkit train cifar10 --model resnet20    another network
  convkit doctor                            which engines there are, and how fast`);

/**
 * The name of the engine that `convkit train` opens, in a process of its own: one that stayed open here would hold on to
 * threads and memory. Undefined where none opens: `convkit train` says better why.
 */
async function engineOfAuto() {
  const program = `
    import { openEngine } from "@convkit/engine";
    const { name } = await openEngine();
    process.stdout.write("\\n" + name);`;
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const answer = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { cwd });
  return answer.then(
    ({ stdout }) => stdout.split("\n").at(-1),
    () => undefined,
  );
}

async function findRun() {
  const lines = [];
  await run(["runs", "--json"], ["ignore", "pipe", "inherit"], (text) => lines.push(text));
  return lines
    .join("")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .find((run) => run.name === name);
}

/** @returns the command's exit code. */
async function run(args, stdio, onOutput) {
  const child = spawn(process.execPath, [CLI, ...args], { stdio });
  // Ctrl-C reaches the command too, which saves a checkpoint; this process only waits for it.
  process.on("SIGINT", () => {});
  child.stdout?.setEncoding("utf8").on("data", onOutput);
  const [code] = await once(child, "close");
  return code ?? 1;
}
