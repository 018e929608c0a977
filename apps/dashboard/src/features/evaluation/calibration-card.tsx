/** How far a network's probabilities can be taken at their word: the reliability diagram, and by how much they are off. */
"use client";
import { Card, formatMetric } from "@convkit/ui";
import type { EvaluationReport } from "../../trpc/context";
import { ReliabilityDiagram } from "../curves/lazy-charts";
import { formatShare } from "./format-figures";

/** Of label sets, every label of every picture counts as one. */
const WORDS_OF_LABEL_SETS = {
  counted: "labels of pictures",
  confidence: "probability of a label",
  accuracy: "how often it was there",
};

/** Nothing where the report has no calibration, or no picture. */
export function CalibrationCard({ report }: { report: EvaluationReport }) {
  const { calibration, temperature, testCount } = report;
  if (!calibration || testCount === 0) return null;
  const isOfLabelSets = report.meanAveragePrecision !== undefined;
  return (
    <Card title="Calibration" detail="can it be taken at its word?">
      <div className="grid grid-cols-1 items-start gap-x-8 gap-y-4 lg:grid-cols-2">
        <ReliabilityDiagram
          bins={calibration.bins}
          {...(temperature && { withTemperature: temperature.calibration.bins })}
          {...(isOfLabelSets && { words: WORDS_OF_LABEL_SETS })}
        />
        <div className="flex min-w-0 flex-col gap-3">
          <p className="max-w-prose text-sm text-ink-2">
            {isOfLabelSets
              ? "Every label of every picture, gathered by its probability, and how often the picture had it. On the dotted line these are alike; below it, labels are held too likely."
              : "Pictures gathered by how sure the network was of its answer, and how often it was right. On the dotted line it is right as often as it is sure; below it, it is over-confident, above it, under-confident."}
          </p>
          <Errors report={report} calibration={calibration} />
          {temperature && (
            <p className="max-w-prose text-sm text-ink-2">
              The temperature, {formatMetric(temperature.value)}, divides the logits before they become
              probabilities. It was fitted on {temperature.count.toLocaleString("en")} {temperature.split}{" "}
              pictures; it changes how sure the network is, and no answer.
            </p>
          )}
        </div>
      </div>
    </Card>
  );
}

const ERRORS = [
  { key: "ece", label: "Expected calibration error", note: "how far off on average" },
  { key: "eceEqualMass", label: "the same, bins of equally many", note: "steadier where bins are thin" },
  { key: "mce", label: "Maximum calibration error", note: "how far off in the worst bin" },
] as const;

const head = "border-y border-line bg-sunken px-3 py-1.5 font-medium text-ink-2";
const cell = "border-b border-line px-3 py-1.5 text-right font-mono text-ink tabular-nums";

interface ErrorsProps {
  report: EvaluationReport;
  calibration: NonNullable<EvaluationReport["calibration"]>;
}

function Errors({ report: { loss, temperature }, calibration }: ErrorsProps) {
  const rows = [
    ...ERRORS.map(({ key, label, note }) => ({
      label,
      note,
      before: formatShare(calibration[key]),
      after: temperature && formatShare(temperature.calibration[key]),
    })),
    {
      label: "Loss",
      note: "nats",
      before: formatMetric(loss),
      after: temperature && formatMetric(temperature.loss),
    },
  ];
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Calibration errors">
      <table className="w-full border-separate border-spacing-0 text-left text-xs">
        <thead>
          <tr>
            <th scope="col" className={`${head} text-left`}>
              Error
            </th>
            <th scope="col" className={`${head} text-right`}>
              As it is
            </th>
            {temperature && (
              <th scope="col" className={`${head} text-right`}>
                With the temperature
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, note, before, after }) => (
            <tr key={label}>
              <th scope="row" className="border-b border-line px-3 py-1.5 font-medium text-ink">
                {label}
                <span className="block font-normal text-ink-3">{note}</span>
              </th>
              <td className={cell}>{before}</td>
              {temperature && <td className={cell}>{after}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
