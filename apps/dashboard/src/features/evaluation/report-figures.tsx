/** The figures of a report, large, each with its interval of 95 %, and those that are looked up less often in a list below. */
"use client";
import { Card, formatMetric, KeyValueList } from "@convkit/ui";
import type { ReactNode } from "react";
import type { EvaluationReport } from "../../trpc/context";
import { Figure, FigureRow } from "../run/key-figures";
import { formatInterval } from "./format-figures";

const four = (value: number) => formatMetric(value, { digits: 4 });
const decimals = (value: number) => value.toFixed(4);

export function ReportFigures({ report }: { report: EvaluationReport }) {
  const topK = Object.entries(report.topK).filter(([k]) => k !== "1");
  const wrong = report.testCount - Math.round(report.accuracy * report.testCount);
  return (
    <FigureRow>
      <Figure
        label="Accuracy"
        value={report.accuracy.toFixed(4)}
        detail={
          <Detail report={report} of="accuracy">
            {wrong.toLocaleString("en")} of {report.testCount.toLocaleString("en")} wrong
          </Detail>
        }
      />
      {topK.map(([k, value]) => (
        <Figure
          key={k}
          label={`Among the first ${k}`}
          value={value.toFixed(4)}
          detail={<Detail report={report} of={`topK.${k}`} />}
        />
      ))}
      <Figure
        label="Loss"
        value={formatMetric(report.loss)}
        detail={
          <Detail report={report} of="loss">
            cross-entropy, nats
          </Detail>
        }
      />
      <Figure
        label="F1, mean of the classes"
        value={four(report.macroAverage.f1)}
        detail={
          <Detail report={report} of="macroAverage.f1">
            {`precision ${formatMetric(report.macroAverage.precision)}, recall ${formatMetric(report.macroAverage.recall)}`}
          </Detail>
        }
      />
    </FigureRow>
  );
}

/** Of pictures that have any number of labels. */
export function LabelSetFigures({ report }: { report: EvaluationReport }) {
  const { meanAveragePrecision, macroAverage, loss, accuracy, testCount } = report;
  return (
    <FigureRow>
      <Figure
        label="Mean average precision"
        value={four(meanAveragePrecision ?? Number.NaN)}
        detail={
          <Detail report={report} of="meanAveragePrecision">
            {testCount.toLocaleString("en")} pictures
          </Detail>
        }
      />
      <Figure
        label="F1, mean of the labels"
        value={four(macroAverage.f1)}
        detail={
          <Detail report={report} of="macroAverage.f1">
            at a probability of 0.5
          </Detail>
        }
      />
      <Figure
        label="Loss"
        value={formatMetric(loss)}
        detail={
          <Detail report={report} of="loss">
            binary cross-entropy, nats
          </Detail>
        }
      />
      <Figure
        label="Labels right"
        value={four(accuracy)}
        detail={
          <Detail report={report} of="accuracy">
            high without any found, where they are rare
          </Detail>
        }
      />
    </FigureRow>
  );
}

function Detail({ report, of, children }: { report: EvaluationReport; of: string; children?: ReactNode }) {
  const interval = formatInterval(report.intervals?.of[of], decimals);
  return (
    <>
      {interval && <span className="block tabular-nums">95%: {interval}</span>}
      {children}
    </>
  );
}

const FURTHER = [
  { key: "balancedAccuracy", label: "Balanced accuracy", note: "mean of the recalls of the classes" },
  { key: "cohenKappa", label: "Cohen’s kappa", note: "agreement beyond chance, 1 at most" },
  { key: "matthewsCorrelation", label: "Matthews correlation", note: "−1 to 1" },
  { key: "brierScore", label: "Brier score", note: "0 is best" },
] as const;

/** Nothing where the report is of before there were such figures. */
export function FurtherFigures({ report }: { report: EvaluationReport }) {
  const items = FURTHER.flatMap(({ key, label, note }) => {
    const value = report[key];
    if (value === undefined) return [];
    const interval = formatInterval(report.intervals?.of[key], decimals);
    return [
      {
        key,
        label,
        value: (
          <>
            <span className="font-mono text-xs tabular-nums">{decimals(value)}</span>
            <span className="block text-xs text-ink-3">
              {interval && `95%: ${interval}; `}
              {note}
            </span>
          </>
        ),
      },
    ];
  });
  if (items.length === 0) return null;
  return (
    <Card title="Further figures">
      <KeyValueList columns={2} items={items} />
      {report.intervals && (
        <p className="mt-2 text-xs text-ink-3">
          Intervals of 95%, here and above: stratified bootstrap of{" "}
          {report.intervals.resamples.toLocaleString("en")} resamples, seed {report.intervals.seed}.
        </p>
      )}
    </Card>
  );
}
