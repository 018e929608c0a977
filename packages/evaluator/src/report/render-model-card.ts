/**
 * The card beside a trained network, in words, after Mitchell et al. 2019, "Model Cards for Model Reporting", §4
 * (https://arxiv.org/abs/1810.03993), whose sections it has in their order. What the run's figures tell is written anew each time;
 * what only its maker knows, the intended use and the ethical considerations, is left to be filled in, and kept.
 */
import type { DatasetCard, EvaluationReport, ModelCard, Parity, Verification } from "@convkit/schema";
import { topConfusions } from "../confusion-matrix.js";
import { calibrationFigures } from "./calibration-section.js";
import { weakestFirst } from "./class-table.js";
import { figureRows, intervalNote } from "./figure-table.js";
import { formatCount, formatInterval, formatPercent } from "./format-number.js";
import { readKeptWords } from "./kept-words.js";
import { listLimits } from "./limits.js";
import { escapeMarkdown, markdownTable } from "./markdown-table.js";
import { describeSplit, listNames } from "./plain-words.js";
import type { RunFacts } from "./report-context.js";
import { REPRODUCE_NOTE, reproduceFacts } from "./run-facts.js";
import { formatDifference, verdictOn } from "./slice-table.js";
import { summarise } from "./summarise.js";

export interface ModelCardOptions {
  readonly card: ModelCard;
  /** Left out where there were no pictures to judge by. */
  readonly report?: EvaluationReport | undefined;
  readonly run?: RunFacts | undefined;
  readonly dataset?: DatasetCard | undefined;
  /** The card as it is there, whose user's words are kept. */
  readonly previous?: string | undefined;
}

interface Section {
  readonly heading: string;
  /** Paragraphs; of the user's own sections, what is asked of them. */
  readonly paragraphs: readonly string[];
  readonly isUsers?: true;
}

const CLASSES_LISTED = 50;
const SLICES_LISTED = 20;
const CONFUSIONS_LISTED = 10;
const FRONT_MATTER = "pipeline_tag: image-classification\ntags:\n  - convkit\n  - image-classification";
const EXPLANATION =
  "<!-- convkit writes this card when a run is judged, and again when it is judged again. It keeps the lines above the title, " +
  "“Intended use”, “Ethical considerations” and sections under headings of your own; all else it writes anew. -->";

/** @returns Markdown (GitHub's), with the front matter that the Hugging Face hub reads. */
export function renderModelCard(options: ModelCardOptions): string {
  const { card, run, previous = "" } = options;
  const sections = sectionsOf(options);
  const own = new Set(sections.map(({ heading }) => heading));
  const kept = readKeptWords(previous, own);
  const bodies = sections.map(({ heading, paragraphs, isUsers }) => {
    const words = isUsers ? kept.sections.get(heading) : undefined;
    return `## ${heading}\n\n${words ?? paragraphs.join("\n\n")}`;
  });
  const others = [...kept.sections].filter(([heading]) => !own.has(heading));
  const name = run?.data === undefined ? card.name : `${card.name}: ${run.data}`;
  return [
    `---\n${kept.frontMatter ?? FRONT_MATTER}\n---`,
    EXPLANATION,
    `# ${escapeMarkdown(name)}`,
    ...bodies,
    ...others.map(([heading, body]) => `## ${heading}${body === "" ? "" : `\n\n${body}`}`),
  ]
    .join("\n\n")
    .concat("\n");
}

/** In the paper's order. Headings are a promise to cards on users' disks: what stands under an unknown one is kept for ever. */
function sectionsOf({ card, report, run = {}, dataset }: ModelCardOptions): Section[] {
  return [
    { heading: "Model details", paragraphs: modelDetails(card, run) },
    {
      heading: "Intended use",
      isUsers: true,
      paragraphs: [
        "_To be filled in: what it is for, who uses it and how, and what it must not be used for. It stays when the card is " +
          "written again._",
      ],
    },
    { heading: "Factors", paragraphs: factors(report) },
    { heading: "Metrics", paragraphs: metrics(report) },
    { heading: "Evaluation data", paragraphs: evaluationData(report, dataset) },
    { heading: "Training data", paragraphs: trainingData(card, dataset) },
    { heading: "Quantitative analyses", paragraphs: analyses(report) },
    {
      heading: "Ethical considerations",
      isUsers: true,
      paragraphs: [
        "_To be filled in: whom its mistakes harm, what the pictures show of people and whether they agreed to it, and what was " +
          "done about either. It stays when the card is written again._",
      ],
    },
    {
      heading: "Caveats and recommendations",
      paragraphs: [
        report
          ? bullets(listLimits(report))
          : "It was not judged: there were no pictures held back for that, and nothing is known of how good it is.",
      ],
    },
    { heading: "How to reproduce it", paragraphs: reproduction(run) },
  ];
}

function modelDetails(card: ModelCard, run: RunFacts): string[] {
  const { inputShape, classNames, output, preprocessing, parameters, temperature } = card;
  const { testTimeAugmentation, verification } = card;
  const shown = classNames.slice(0, CLASSES_LISTED).map(escapeMarkdown).join(", ");
  const more = classNames.length - CLASSES_LISTED;
  const started =
    run.startedAt === undefined ? undefined : new Date(run.startedAt).toISOString().slice(0, 10);
  return [
    bullets([
      `Network: ${escapeMarkdown(run.model ?? card.name)}, ${formatCount(parameters)} parameters`,
      `Input: a picture of ${inputShape.join(" × ")} (height, width, channels)`,
      `Before it sees a picture: ${preprocessing.map((spec) => escapeMarkdown("name" in spec ? spec.name : spec.module)).join(", ") || "nothing is done to it"}`,
      `Output: ${describeOutput(output)}`,
      `${output === "binary-logits" ? "Labels" : "Classes"} (${formatCount(classNames.length)}): ${shown}${more > 0 ? `, and ${more} more in model-card.json` : ""}`,
      ...(testTimeAugmentation ? [`Views that are averaged over: ${testTimeAugmentation}`] : []),
      ...(temperature
        ? [
            `Temperature: ${temperature.value.toPrecision(4)}, fitted on ${formatCount(temperature.count)} ${temperature.split} pictures`,
          ]
        : []),
      ...(verification ? [describeVerification(verification)] : []),
      ...(started === undefined ? [] : [`Trained: ${started}`]),
      ...(card.runId === undefined ? [] : [`Run: ${escapeMarkdown(card.runId)}`]),
    ]),
    "`model.json` and `weights.bin` are a LayersModel of TensorFlow.js; `model-card.json` says the same as these lines to programs.",
  ];
}

/** What `convkit verify` measured. */
function describeVerification({ browser, backend, engine, sameBytes, files }: Verification): string {
  const parity = ({ count, largestLogitDifference, agreement }: Parity, what: string) =>
    `of ${formatCount(count)} pictures${what}, logits differ by ${largestLogitDifference.toPrecision(2)} at most, ` +
    `${formatPercent(agreement)} are decided alike`;
  return (
    `In a browser (${escapeMarkdown(browser)}, ${backend}) beside ${escapeMarkdown(engine)} in Node: ${parity(sameBytes, "")}` +
    (files ? `; ${parity(files, " that each decodes for itself")}` : "")
  );
}

function describeOutput(output: ModelCard["output"]): string {
  switch (output) {
    case "logits":
      return "a logit for each class; softmax makes them probabilities";
    case "probabilities":
      return "a probability for each class";
    case "binary-logits":
      return "a logit for each label by itself; the sigmoid makes it a probability";
    default:
      return output satisfies never;
  }
}

function factors(report: EvaluationReport | undefined): string[] {
  const slices = report?.slices ?? [];
  if (slices.length === 0) {
    return [
      "The pictures were not compared by groups, such as the camera, the place or the people they show: a `manifest.csv` with " +
        "a column for each has them compared.",
    ];
  }
  const properties = [...new Set(slices.map(({ by }) => by))];
  return [
    `Compared by ${escapeMarkdown(listNames(properties, properties.length))}, the worst group first. Marked is what chance does not explain ` +
      "(Fisher's exact test, two-sided, Holm-corrected, p < 0.05).",
    markdownTable(
      ["Group", "Pictures", "Accuracy", "95\u202f% interval", "Beside the others", "Mark"],
      slices
        .slice(0, SLICES_LISTED)
        .map((slice) => [
          `${slice.by}: ${slice.value}`,
          formatCount(slice.count),
          formatPercent(slice.accuracy),
          formatInterval(slice.interval, formatPercent),
          formatDifference(slice.difference),
          verdictOn(slice),
        ]),
      ["Mark"],
    ),
  ];
}

function metrics(report: EvaluationReport | undefined): string[] {
  if (!report) return ["None: it was not judged."];
  return [
    ...summarise(report)
      .filter(({ heading }) => heading !== "What was tested")
      .map(({ heading, sentences }) => `**${heading}.** ${sentences.map(escapeMarkdown).join(" ")}`),
    markdownTable(
      ["Figure", "Value", "95\u202f% interval", "Meaning"],
      figureRows(report).map(({ name, value, interval, meaning }) => [name, value, interval, meaning]),
      ["Meaning"],
    ),
    escapeMarkdown(intervalNote(report)),
  ];
}

function evaluationData(report: EvaluationReport | undefined, dataset: DatasetCard | undefined): string[] {
  if (!report) return ["None."];
  const chosenBy = dataset?.splits[report.split]?.chosenBy;
  return [
    `${formatCount(report.testCount)} pictures: ${describeSplit(report.split)}.` +
      (chosenBy ? ` They were held back ${describeChoice(chosenBy)}.` : ""),
  ];
}

function describeChoice(chosenBy: "hash" | "stratified"): string {
  return chosenBy === "hash"
    ? "by the hashes of their ids"
    : "at random, as many of each class as its share is";
}

/** The data set's name and hash, and not its path, which is this machine's own business. */
function trainingData(card: ModelCard, dataset: DatasetCard | undefined): string[] {
  const { name, contentHash } = dataset ?? card.dataset ?? {};
  if (name === undefined || contentHash === undefined) return ["Not known."];
  const facts = [`Data set: ${escapeMarkdown(name)}`, `Hash of its pictures and labels: \`${contentHash}\``];
  if (!dataset) return [bullets(facts)];
  const { splits, classNames } = dataset;
  const names = Object.keys(splits);
  const held = names.filter((split) => splits[split]!.chosenBy !== undefined);
  return [
    bullets([
      ...facts,
      ...names.map((split) => `${split}: ${formatCount(splits[split]!.count)} pictures`),
      held.length === 0
        ? "The data set itself says which picture belongs to which split."
        : `Held back ${describeChoice(splits[held[0]!]!.chosenBy!)}: ${held.join(", ")}`,
    ]),
    ...(classNames.length > CLASSES_LISTED
      ? []
      : [
          markdownTable(
            ["Class", ...names],
            classNames.map((className, k) => [
              className,
              ...names.map((split) => formatCount(splits[split]!.perClass[k] ?? NaN)),
            ]),
          ),
        ]),
  ];
}

function analyses(report: EvaluationReport | undefined): string[] {
  if (!report) return ["None: it was not judged."];
  const { classNames, confusionMatrix, calibration } = report;
  const confusions = topConfusions(confusionMatrix, CONFUSIONS_LISTED);
  const rows = weakestFirst(report.perClass).slice(0, CLASSES_LISTED);
  return [
    `### By ${report.meanAveragePrecision === undefined ? "class" : "label"}, the weakest first`,
    markdownTable(
      ["", "Pictures", "Precision", "Recall", "F1", "95\u202f% interval of F1"],
      rows.map(({ className, support, precision, recall, f1, intervals }) => [
        className,
        formatCount(support),
        ...[precision, recall, f1].map((score) => formatPercent(score)),
        intervals?.["f1"] ? formatInterval(intervals["f1"], formatPercent) : "n/a",
      ]),
    ),
    ...(confusions.length === 0
      ? []
      : [
          "### Most frequent confusions",
          markdownTable(
            ["Class", "Taken for", "Pictures", "Share of the class"],
            confusions.map(({ label, prediction, count, share }) => [
              classNames[label]!,
              classNames[prediction]!,
              formatCount(count),
              formatPercent(share),
            ]),
            ["Taken for"],
          ),
        ]),
    ...(calibration
      ? [
          "### Calibration",
          markdownTable(
            ["Figure", "As it is", ...(report.temperature ? ["With the temperature"] : [])],
            calibrationFigures(report).map((row) => row.map((cell) => cell ?? "")),
          ),
        ]
      : []),
  ];
}

function reproduction(run: RunFacts): string[] {
  if (run.command === undefined) return ["Not known."];
  return [
    `\`\`\`text\n${run.command}\n\`\`\``,
    REPRODUCE_NOTE,
    bullets(
      reproduceFacts(run).map(({ name, value }) => `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`),
    ),
  ];
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
