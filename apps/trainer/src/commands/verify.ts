/** `convkit verify`: whether a run's network says in a browser what it says in Node, measured on pictures. */
import type { DatasetSplit } from "@convkit/data";
import type { Engine } from "@convkit/engine";
import {
  VerificationReport,
  type EnginePreference,
  type ModelCard,
  type Parity,
  type Verification,
} from "@convkit/schema";
import type { RunArtifacts } from "@convkit/trainer";
import { Option, type Command } from "commander";
import { parseEngineFlag } from "../config/engine-flag.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { formatPercent } from "../display/format.js";
import { EXIT_CODES } from "../exit-codes.js";
import { openBrowserClassifier } from "../parity/browser-classifier.js";
import { BROWSER_BACKENDS, type BrowserBackend } from "../parity/page-protocol.js";
import { isAlike } from "../parity/parity-meter.js";
import { verifyPictures, type PictureToVerify } from "../parity/verify-pictures.js";
import { picturePaths, PicturesNotFoundError } from "../prediction/picture-paths.js";
import { interruptible, type InterruptibleWork } from "../process/interruptible.js";
import { findRun } from "../run/find-run.js";
import { checkClassifier } from "../run/unfinished-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { countArgument } from "./number-argument.js";

interface VerifyFlags {
  readonly limit: number;
  readonly backend: BrowserBackend;
  readonly engine: EnginePreference;
  readonly json: boolean;
}

const NOTES = `
The same pictures go through the network in Node and in Chromium without a screen, which runs the same code in a page: once as
the same pixels, and once as files that each side decodes for itself. The pictures are those that the run was judged on,
unless others are named.

What was measured stands in artifacts/verification.json and in the model's card. The exit code is 1 where the two sides
differ: the same pixels by more than 0.001 in a logit or in any class, files in more than 1 % of the classes; and where the
browser cannot decode more than 1 % of the files.

Chromium or Chrome is found where it is usually installed; CONVKIT_CHROMIUM names another.

Examples:
  convkit verify latest
  convkit verify latest photos --limit 1000 --backend webgl --json`;

export function addVerifyCommand(program: Command, context: CommandContext): void {
  program
    .command("verify")
    .description("measures whether a run's network says the same in a browser as in Node")
    .argument("<run>", "id, beginning of an id, name it was trained under, `latest`, or folder")
    .argument("[picture...]", "files, folders, globs, or - for a list of paths on standard input")
    .option("--limit <n>", "the most pictures", countArgument, 250)
    .addOption(
      new Option("--backend <name>", "what computes in the browser")
        .choices(BROWSER_BACKENDS)
        .default("wasm"),
    )
    .option(
      "--engine <name>",
      "what computes in Node: auto, native, webgpu, tensorflow-gpu, tensorflow, wasm or cpu",
      parseEngineFlag,
      "auto",
    )
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (run: string, pictures: string[], flags: VerifyFlags) => {
      const directory = await findRun(run, context.home);
      await checkClassifier(directory, context.home);
      const options = { json: flags.json, kept: "Nothing was kept." };
      const report = await interruptible(context, options, (work) =>
        verifyRun(directory, pictures, { flags, context, work }),
      );
      if (!report.isAlike) context.exit(EXIT_CODES.failed);
      if (flags.json) printJson(context, { type: "verification", ...report });
      else print(context, describe(report, context));
    });
}

interface Verifying {
  readonly flags: VerifyFlags;
  readonly context: CommandContext;
  readonly work: InterruptibleWork;
}

async function verifyRun(
  directory: string,
  named: readonly string[],
  verifying: Verifying,
): Promise<VerificationReport> {
  const { flags, context, work } = verifying;
  work.signal.addEventListener(
    "abort",
    () => named.includes("-") && process.stdin.destroy(work.signal.reason as Error),
  );
  const { openEngine } = await import("@convkit/engine");
  const engine = await openEngine(flags.engine, { training: false });
  const { withJudgedRun, withRunArtifacts } = await import("@convkit/trainer");
  if (named.length > 0) {
    const pictures = (card: ModelCard) => picturesNamed(named, card, verifying);
    return withRunArtifacts(directory, (run) => keepVerification(run, { engine, pictures }, verifying));
  }
  const options = {
    home: context.home,
    engine,
    signal: work.signal,
    onDataProgress: (progress: Parameters<typeof showDataProgress>[0]) =>
      showDataProgress(progress, work.writer, context.colors),
  };
  return withJudgedRun(directory, options, (run) => {
    const { train, validation, test } = run.data.dataset.splits;
    const split = (test ?? validation ?? train).take(flags.limit);
    const pictures = () => picturesOf(split);
    return keepVerification(run, { engine, pictures, split: split.name }, verifying);
  });
}

interface Sides {
  readonly engine: Pick<Engine, "name" | "device" | "versions">;
  readonly pictures: (card: ModelCard) => AsyncIterable<PictureToVerify>;
  readonly split?: string;
}

async function keepVerification(
  run: RunArtifacts,
  { engine, pictures, split }: Sides,
  { flags: { backend }, work: { signal, writer } }: Verifying,
): Promise<VerificationReport> {
  const { loadClassifier } = await import("@convkit/models");
  const node = await loadClassifier(run.folder.model);
  writer.status("opening the browser");
  const browser = await openBrowserClassifier({ model: run.folder.model, backend, signal });
  try {
    const onPicture = (done: number): void =>
      writer.status(`${done.toLocaleString("en-US")} pictures compared`);
    const { sameBytes, files, ...lists } = await verifyPictures(pictures(node.card), {
      node,
      browser,
      onPicture,
    });
    if (!sameBytes)
      throw new PicturesNotFoundError("Expected one picture at least to compare by. Received: none.");
    const verification: Verification = {
      verifiedAt: new Date().toISOString(),
      engine: engine.name,
      browser: browser.browser,
      backend,
      sameBytes,
      ...(files && { files }),
    };
    const report: VerificationReport = {
      formatVersion: 1,
      runId: run.folder.runId,
      ...verification,
      device: engine.device,
      versions: { ...engine.versions, "browser tfjs": browser.tfjs },
      ...(split !== undefined && { split }),
      isAlike: isAlike(sameBytes, { files, undecodableCount: lists.undecodableCount }),
      ...lists,
    };
    await run.saveArtifact("verification.json", VerificationReport.parse(report));
    await run.amendModelCard({ verification });
    return report;
  } finally {
    node.dispose();
    await browser.close();
  }
}

/** One by one: they may be many. */
async function* picturesOf(split: DatasetSplit): AsyncGenerator<PictureToVerify> {
  const { readPicture } = await import("@convkit/data");
  for (const [position, id] of split.ids.entries()) {
    const { images, shape } = await split.readImages([position]);
    const file = split.fileAt(position);
    yield { id, pixels: { data: images, ...shape }, encoded: file && (await readPicture(file.location)) };
  }
}

/** A file that Node cannot decode is reported and passed over. */
async function* picturesNamed(
  named: readonly string[],
  card: ModelCard,
  { flags, context, work }: Verifying,
): AsyncGenerator<PictureToVerify> {
  const { decodeImage, decodeOptionsOf, readPicture } = await import("@convkit/data");
  const options = decodeOptionsOf(card);
  let count = 0;
  for await (const { path, error } of picturePaths(named, { stdin: () => process.stdin, separator: "\n" })) {
    try {
      if (error) throw error;
      const encoded = await readPicture(path);
      yield { id: path, pixels: await decodeImage(encoded, options), encoded };
      if (++count === flags.limit) return;
    } catch (cause) {
      context.exit(EXIT_CODES.data);
      work.writer.print(`error  ${path}: ${(cause as Error).message}`, context.stderr);
    }
  }
}

function describe(report: VerificationReport, { colors }: CommandContext): string[] {
  const { browser, backend, engine, device, sameBytes, files, disagreements, undecodable } = report;
  const { undecodableCount = 0 } = report;
  const fileLine =
    files === undefined
      ? "not compared: the pictures are no files, or none that the browser can decode"
      : describeParity(files);
  const undecoded =
    `the browser could not decode ${undecodableCount.toLocaleString("en-US")} of ` +
    `${((files?.count ?? 0) + undecodableCount).toLocaleString("en-US")} files`;
  const verdict = report.isAlike
    ? colors.green("alike")
    : colors.red(
        isAlike(sameBytes, { files, undecodableCount: 0 }) ? `not comparable: ${undecoded}` : "not alike",
      );
  return [
    `${colors.bold("node")}        ${engine}: ${device}`,
    `${colors.bold("browser")}     ${browser}, ${backend}`,
    `${colors.bold("same pixels")} ${describeParity(sameBytes)}`,
    `${colors.bold("from files")}  ${fileLine}`,
    ...disagreements
      .slice(0, 10)
      .map(({ id, node, browser: other, of }) =>
        colors.dim(
          `            ${id}: ${node} in Node, ${other} in the browser${of === "pixels" ? ", of the same pixels" : ""}`,
        ),
      ),
    ...(undecodableCount > 0 ? [colors.dim(`            ${undecoded}`)] : []),
    ...undecodable.slice(0, 10).map(({ id, reason }) => colors.dim(`            ${id}: ${reason}`)),
    `${colors.bold("verdict")}     ${verdict}`,
  ];
}

function describeParity({ count, largestLogitDifference, meanLogitDifference, agreement }: Parity): string {
  const digits = (value: number): string =>
    value === 0 ? "0" : value < 1e-3 ? value.toExponential(1) : value.toPrecision(2);
  return (
    `${count.toLocaleString("en-US")} ${count === 1 ? "picture" : "pictures"}: logits differ by ${digits(largestLogitDifference)} at most, ` +
    `${digits(meanLogitDifference)} on average; ${formatPercent(agreement)} decided alike`
  );
}
