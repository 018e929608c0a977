/**
 * What the evaluator says of the run: figures, the confusion matrix whose cells open their pictures, the classes, and
 * the pictures that went wrong. Sections stand by themselves in a list: another one joins by a line in it.
 */
"use client";
import { Card, Dialog, EmptyState, formatMetric, Segmented, Select } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTRPC, type EvaluationReport, type RunDetail } from "../../trpc/context";
import { ConfusionMatrix, PerClassTable } from "../curves/lazy-charts";
import { PredictedPictures } from "../pictures/predicted-pictures";
import { QueryState, SkeletonCards } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { Figure, FigureRow } from "./key-figures";

export function EvaluationTab({ run }: { run: RunDetail }) {
  const [params, update] = useUrlState();
  const splits = run.judgedSplits;
  const asked = params.get("split") ?? "";
  const split = splits.includes(asked) ? asked : splits.includes("test") ? "test" : splits[0];
  if (split === undefined) {
    return (
      <EmptyState
        className="py-16"
        title="Not judged yet"
        description={
          run.status === "running" ? (
            "The run is judged on its test pictures when it completes."
          ) : (
            <>
              <code className="font-mono text-xs">convkit evaluate {run.id}</code> judges its best weights on
              the test pictures.
            </>
          )
        }
      />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {splits.length > 1 && (
        <Select
          label="Split"
          value={split}
          onValueChange={(next) => update({ split: next })}
          options={splits.map((value) => ({ value, label: value }))}
          className="w-44!"
        />
      )}
      <SplitReport key={split} run={run} split={split} />
    </div>
  );
}

/** A cell of the matrix, or all pictures of a class. */
interface Chosen {
  readonly label: number;
  readonly prediction?: number;
}

function SplitReport({ run, split }: { run: RunDetail; split: string }) {
  const trpc = useTRPC();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const query = useQuery(trpc.runs.report.queryOptions({ runId: run.id, split }));
  return (
    <QueryState query={query} skeleton={<SkeletonCards count={2} />}>
      {(report) => {
        if (report?.meanAveragePrecision !== undefined) return <LabelSetReport report={report} />;
        const sections: readonly ReactNode[] = [
          report && <ReportFigures key="figures" report={report} />,
          report && (
            <div
              key="matrix"
              className={`grid items-start gap-4 ${report.classNames.length <= SMALL ? "xl:grid-cols-2" : ""}`}
            >
              <Card title="Confusion" detail="open a cell to see its pictures">
                <ConfusionMatrix
                  labels={report.classNames}
                  counts={report.confusionMatrix}
                  onCell={(label, prediction) => setChosen({ label, prediction })}
                />
              </Card>
              <Card title="By class" flush>
                <PerClassTable
                  classes={report.perClass.map(({ className, precision, recall, f1, support }) => ({
                    label: className,
                    precision: finite(precision),
                    recall: finite(recall),
                    f1: finite(f1),
                    support,
                  }))}
                  onClass={(label) => setChosen({ label: report.classNames.indexOf(label) })}
                />
              </Card>
            </div>
          ),
          <Galleries key="galleries" run={run} split={split} />,
        ];
        return (
          <div className="flex flex-col gap-4">
            {!report && (
              <p className="rounded-lg bg-sunken px-4 py-3 text-sm text-ink-2">
                There are predictions of this split, but no report yet.
              </p>
            )}
            {sections}
            <Dialog
              open={chosen !== null}
              onOpenChange={(open) => !open && setChosen(null)}
              size="wide"
              title={chosen && report ? titleOf(chosen, report) : ""}
            >
              {chosen && (
                <PredictedPictures
                  label="Pictures of the cell"
                  input={{ runId: run.id, split, ...chosen }}
                  datasetHash={run.datasetHash}
                  maxHeight="60dvh"
                />
              )}
            </Dialog>
          </div>
        );
      }}
    </QueryState>
  );
}

/** Of pictures that have any number of labels: nothing is taken for something else, so there is no matrix and no gallery. */
function LabelSetReport({ report }: { report: EvaluationReport }) {
  const { meanAveragePrecision, macroAverage, loss, accuracy, testCount } = report;
  return (
    <div className="flex flex-col gap-4">
      <FigureRow>
        <Figure
          label="Mean average precision"
          value={formatMetric(meanAveragePrecision ?? Number.NaN, { digits: 4 })}
          detail={`${testCount.toLocaleString("en")} pictures`}
        />
        <Figure
          label="F1, mean of the labels"
          value={formatMetric(macroAverage.f1, { digits: 4 })}
          detail="at a probability of 0.5"
        />
        <Figure label="Loss" value={formatMetric(loss)} detail="binary cross-entropy, nats" />
        <Figure
          label="Labels right"
          value={formatMetric(accuracy, { digits: 4 })}
          detail="high without any found, where they are rare"
        />
      </FigureRow>
      <p className="rounded-lg bg-sunken px-4 py-3 text-sm text-ink-2">
        Pictures of this run have any number of labels. A confusion matrix and galleries of mistakes need one
        class a picture: each label is judged by itself here, and predictions.bin among the artifacts has
        every probability.
      </p>
      <Card title="By label" flush>
        <PerClassTable
          classes={report.perClass.map(({ className, averagePrecision, precision, recall, f1, support }) => ({
            label: className,
            precision: finite(precision),
            recall: finite(recall),
            f1: finite(f1),
            averagePrecision: finite(averagePrecision ?? Number.NaN),
            support,
          }))}
        />
      </Card>
    </div>
  );
}

/** A matrix of so many classes leaves room beside it. */
const SMALL = 12;

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function titleOf({ label, prediction }: Chosen, { classNames }: EvaluationReport): string {
  const name = classNames[label] ?? "";
  if (prediction === undefined) return `All pictures of ${name}`;
  return label === prediction ? `${name}, recognised` : `${name} taken for ${classNames[prediction] ?? ""}`;
}

function ReportFigures({ report }: { report: EvaluationReport }) {
  const topK = Object.entries(report.topK).filter(([k]) => k !== "1");
  const wrong = report.testCount - Math.round(report.accuracy * report.testCount);
  return (
    <FigureRow>
      <Figure
        label="Accuracy"
        value={report.accuracy.toFixed(4)}
        detail={`${wrong.toLocaleString("en")} of ${report.testCount.toLocaleString("en")} wrong`}
      />
      {topK.map(([k, value]) => (
        <Figure key={k} label={`Among the first ${k}`} value={value.toFixed(4)} />
      ))}
      <Figure label="Loss" value={formatMetric(report.loss)} detail="cross-entropy, nats" />
      <Figure
        label="F1, mean of the classes"
        value={formatMetric(report.macroAverage.f1, { digits: 4 })}
        detail={`precision ${formatMetric(report.macroAverage.precision)}, recall ${formatMetric(report.macroAverage.recall)}`}
      />
    </FigureRow>
  );
}

type Gallery = "worst" | "uncertain";

function Galleries({ run, split }: { run: RunDetail; split: string }) {
  const [gallery, setGallery] = useState<Gallery>("worst");
  return (
    <Card
      title="Pictures"
      detail={gallery === "worst" ? "wrong, and sure of it" : "the least sure first, right or wrong"}
      actions={
        <Segmented
          label="Which pictures"
          value={gallery}
          onValueChange={setGallery}
          options={[
            { value: "worst", label: "Worst mistakes" },
            { value: "uncertain", label: "Most uncertain" },
          ]}
        />
      }
    >
      <PredictedPictures
        key={gallery}
        label={gallery === "worst" ? "Worst mistakes" : "Most uncertain"}
        input={
          gallery === "worst"
            ? { runId: run.id, split, outcome: "wrong", order: "confident" }
            : { runId: run.id, split, order: "uncertain" }
        }
        datasetHash={run.datasetHash}
        limit={60}
      />
    </Card>
  );
}
