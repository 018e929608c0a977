/** ROC and precision–recall curves: all decisions together, the mean of the classes, and a class of the reader's choice. */
"use client";
import { Card, Select } from "@convkit/ui";
import { useState } from "react";
import type { EvaluationReport } from "../../trpc/context";
import { UnitChart } from "../curves/lazy-charts";
import { formatInterval } from "./format-figures";
import { leastArea } from "./least-area";

const RANKINGS = [
  {
    key: "roc",
    title: "ROC",
    area: "rocAuc",
    xTitle: "false alarms: others that get its name",
    yTitle: "its pictures that are found",
    diagonal: true,
  },
  {
    key: "precisionRecall",
    title: "Precision–recall",
    area: "averagePrecision",
    xTitle: "recall: its pictures that are found",
    yTitle: "precision",
    diagonal: false,
  },
] as const;

/** Nothing where the report has no curves. */
export function RankingCard({ report }: { report: EvaluationReport }) {
  const [chosen, setChosen] = useState(() => leastArea(report.perClass));
  const shown = RANKINGS.filter(({ key }) => report[key] !== undefined);
  if (shown.length === 0) return null;
  const noun = report.meanAveragePrecision === undefined ? "class" : "label";
  // Of too many classes to draw, the report has the areas alone.
  const hasClasses = shown.some(({ key }) => report[key]!.classes.length > 0);
  return (
    <Card
      title="At every threshold"
      detail={`each ${noun} against the others`}
      actions={
        hasClasses && (
          <Select
            label={`Curves of the ${noun}`}
            size="sm"
            value={String(chosen)}
            onValueChange={(index) => setChosen(Number(index))}
            options={report.classNames.map((name, index) => ({ value: String(index), label: name }))}
            className="w-44"
          />
        )
      }
    >
      <div className="grid grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-2">
        {shown.map((ranking) => (
          <Ranking key={ranking.key} ranking={ranking} report={report} chosen={chosen} />
        ))}
      </div>
      <p className="mt-3 max-w-prose text-xs text-ink-3">
        The closer a ROC curve comes to the upper left corner, and a precision–recall curve to the upper right
        one, the better; the area beneath a perfect one is 1. Where a {noun} is rare, precision–recall tells
        more. The areas of all stand in the table by {noun}.
      </p>
    </Card>
  );
}

interface RankingProps {
  ranking: (typeof RANKINGS)[number];
  report: EvaluationReport;
  chosen: number;
}

function Ranking({ ranking, report, chosen }: RankingProps) {
  const { key, title, area, xTitle, yTitle, diagonal } = ranking;
  const family = report[key];
  if (!family) return null;
  const points = family.classes[chosen];
  const name = report.classNames[chosen] ?? "";
  const { of = {} } = report.intervals ?? {};
  const known = [
    ["mean of all", of[`${key}.macroArea`]] as const,
    ["all decisions together", of[`${key}.microArea`]] as const,
    [name, report.perClass[chosen]?.intervals?.[area]] as const,
  ].flatMap(([what, interval]) => {
    const text = formatInterval(interval, areaText);
    return text === null ? [] : [`${what} ${text}`];
  });
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-sm font-medium text-ink">{title}</h3>
      <UnitChart
        label={`${title} curves: ${points ? `${name}, ` : ""}all decisions together and the mean, with the areas in the list above`}
        xTitle={xTitle}
        yTitle={yTitle}
        diagonal={diagonal}
        lines={[
          ...(family.macro
            ? [
                {
                  id: "macro",
                  name: "mean of all",
                  figure: areaText(family.macroArea),
                  color: "var(--color-run-2)",
                  dashed: true,
                  ...family.macro,
                },
              ]
            : []),
          {
            id: "micro",
            name: "all decisions together",
            figure: areaText(family.microArea),
            color: "var(--color-control)",
            ...family.micro,
          },
          ...(points
            ? [
                {
                  id: "class",
                  name,
                  figure: areaText(report.perClass[chosen]?.[area] ?? NaN),
                  color: "var(--color-accent)",
                  ...points,
                },
              ]
            : []),
        ]}
      />
      {known.length > 0 && (
        <p className="mt-1 text-xs text-ink-3 tabular-nums">Areas, 95%: {known.join("; ")}.</p>
      )}
    </div>
  );
}

const areaText = (area: number) => (Number.isFinite(area) ? area.toFixed(4) : "–");
