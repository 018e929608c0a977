/**
 * What the evaluator says of the run: its sentences, figures, the confusion matrix whose cells open their pictures, the
 * classes, groups of pictures, the pictures that went wrong, calibration and curves. A report of before one of these was
 * told has no card of it.
 */
"use client";
import { Card, Dialog, EmptyState, Select } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC, type EvaluationReport, type RunDetail } from "../../trpc/context";
import { ConfusionMatrix, PerClassTable } from "../curves/lazy-charts";
import { CalibrationCard } from "../evaluation/calibration-card";
import { Galleries } from "../evaluation/galleries";
import { InShort } from "../evaluation/in-short";
import { RankingCard } from "../evaluation/ranking-card";
import { FurtherFigures, LabelSetFigures, ReportFigures } from "../evaluation/report-figures";
import { SlicesCard } from "../evaluation/slices-card";
import { picturedHash } from "../pictures/no-small-pictures";
import { PredictedPictures } from "../pictures/predicted-pictures";
import { QueryState, SkeletonCards } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";

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

interface SplitProps {
  run: RunDetail;
  split: string;
}

function SplitReport({ run, split }: SplitProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.report.queryOptions({ runId: run.id, split }));
  return (
    <QueryState query={query} skeleton={<SkeletonCards count={2} />}>
      {(report) => (
        <div className="flex flex-col gap-4">
          {report?.calibration && <InShort runId={run.id} split={split} />}
          {report?.meanAveragePrecision !== undefined ? (
            <LabelSetReport report={report} />
          ) : (
            <>
              {report ? (
                <>
                  <ReportFigures report={report} />
                  <FurtherFigures report={report} />
                  <Confusion run={run} split={split} report={report} />
                  <SlicesCard slices={report.slices} />
                </>
              ) : (
                <p className="rounded-lg bg-sunken px-4 py-3 text-sm text-ink-2">
                  There are predictions of this split, but no report yet.
                </p>
              )}
              <Galleries run={run} split={split} report={report} />
            </>
          )}
          {report && <CalibrationCard report={report} />}
          {report && <RankingCard report={report} />}
        </div>
      )}
    </QueryState>
  );
}

/** What is taken for what, and how each class fares; a cell and a class open their pictures. */
function Confusion({ run, split, report }: SplitProps & { report: EvaluationReport }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  return (
    <>
      <div className={`grid items-start gap-4 ${report.classNames.length <= SMALL ? "xl:grid-cols-2" : ""}`}>
        <Card title="Confusion" detail="open a cell to see its pictures">
          <ConfusionMatrix
            labels={report.classNames}
            counts={report.confusionMatrix}
            onCell={(label, prediction) => setChosen({ label, prediction })}
          />
        </Card>
        <Card title="By class" flush>
          <PerClassTable
            classes={classFigures(report)}
            onClass={(label) => setChosen({ label: report.classNames.indexOf(label) })}
          />
        </Card>
      </div>
      <Dialog
        open={chosen !== null}
        onOpenChange={(open) => !open && setChosen(null)}
        size="wide"
        title={chosen ? titleOf(chosen, report) : ""}
      >
        {chosen && (
          <PredictedPictures
            label="Pictures of the cell"
            input={{ runId: run.id, split, ...chosen }}
            datasetHash={picturedHash(run)}
            maxHeight="60dvh"
          />
        )}
      </Dialog>
    </>
  );
}

/** Of pictures that have any number of labels: nothing is taken for something else, so there is no matrix and no gallery. */
function LabelSetReport({ report }: { report: EvaluationReport }) {
  return (
    <>
      <LabelSetFigures report={report} />
      <FurtherFigures report={report} />
      <p className="rounded-lg bg-sunken px-4 py-3 text-sm text-ink-2">
        Pictures of this run have any number of labels. A confusion matrix and galleries of mistakes need one
        class a picture: each label is judged by itself here, and predictions.bin among the artifacts has
        every probability.
      </p>
      <Card title="By label" flush>
        <PerClassTable classes={classFigures(report)} />
      </Card>
    </>
  );
}

/** A matrix of so many classes leaves room beside it. */
const SMALL = 12;

/** Areas only where the report has them: a report of label sets always had the first. */
function classFigures({ perClass }: EvaluationReport) {
  return perClass.map(({ className, precision, recall, f1, averagePrecision, rocAuc, support }) => ({
    label: className,
    precision: finite(precision),
    recall: finite(recall),
    f1: finite(f1),
    ...(averagePrecision !== undefined && { averagePrecision: finite(averagePrecision) }),
    ...(rocAuc !== undefined && { rocAuc: finite(rocAuc) }),
    support,
  }));
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function titleOf({ label, prediction }: Chosen, { classNames }: EvaluationReport): string {
  const name = classNames[label] ?? "";
  if (prediction === undefined) return `All pictures of ${name}`;
  return label === prediction ? `${name}, recognised` : `${name} taken for ${classNames[prediction] ?? ""}`;
}
