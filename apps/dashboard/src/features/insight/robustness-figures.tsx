/** What is left of the accuracy on worse pictures: corruptions by severity with their figures, and the other disturbances as curves. */
"use client";
import { formatMetric } from "@convkit/ui";
import { useMemo } from "react";
import type { RobustnessReport } from "../../trpc/context";
import { CurveChart } from "../curves/lazy-charts";
import { Figure, FigureRow } from "../run/key-figures";
import { curvesOf, heatStep } from "./robustness-curves";

const percent = (value: number) => formatMetric(value, { style: "percent" });
const figure = "pl-3 text-right font-mono text-ink-2 tabular-nums";
const ofCorruption = (name: string) => name.replaceAll("_", " ");

export function RobustnessFigures({ report }: { report: RobustnessReport }) {
  const { corruptions, accuracy, count, split } = report;
  const curves = useMemo(() => curvesOf(report), [report]);
  return (
    <div className="flex flex-col gap-4">
      <FigureRow>
        <Figure
          label="Accuracy, as they are"
          value={percent(accuracy)}
          detail={`${count.toLocaleString("en")} ${split} pictures`}
        />
        {corruptions && (
          <>
            <Figure
              label="Mean corruption error"
              value={percent(corruptions.meanCorruptionError)}
              detail={
                corruptions.baseline === undefined
                  ? "of all corruptions and severities"
                  : `of ${corruptions.baseline}'s`
              }
            />
            <Figure
              label="Relative"
              value={percent(corruptions.relativeMeanCorruptionError)}
              detail="errors beyond those on clean pictures"
            />
          </>
        )}
      </FigureRow>
      {corruptions && <Corruptions corruptions={corruptions} />}
      {curves.length > 0 && (
        <div className="grid gap-4 lg:grid-cols-2">
          {curves.map(({ title, xLabel, series }) => (
            <CurveChart
              key={title}
              title={`${title}, by ${xLabel}`}
              xLabel={xLabel}
              yLabel="accuracy"
              series={series}
              formatY={percent}
              height={200}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** 0.85 → "0.85×". */
const ratio = (value: number) => (Number.isFinite(value) ? `${value.toFixed(2)}×` : "–");

function Corruptions({ corruptions }: { corruptions: NonNullable<RobustnessReport["corruptions"]> }) {
  const { baseline = "the baseline", overBaseline } = corruptions;
  return (
    <div
      className="relative overflow-x-auto"
      tabIndex={0}
      role="region"
      aria-label="Accuracies under corruptions"
    >
      <table className="w-full max-w-3xl border-separate border-spacing-0.5 text-xs">
        <caption className="pb-1 text-left text-ink-2">
          Accuracy by corruption and severity, with the parameters of{" "}
          {corruptions.scale === "cifar" ? "CIFAR-10-C" : "ImageNet-C"}
        </caption>
        <thead>
          <tr className="text-ink-3">
            <th scope="col" className="text-left font-medium">
              Corruption
            </th>
            {[1, 2, 3, 4, 5].map((severity) => (
              <th key={severity} scope="col" className="font-medium">
                {severity}
              </th>
            ))}
            {overBaseline && (
              <>
                <th
                  scope="col"
                  className="pl-3 text-right font-medium"
                  title={`Its errors over ${baseline}'s`}
                >
                  over baseline's
                </th>
                <th
                  scope="col"
                  className="pl-3 text-right font-medium"
                  title={`Its errors beyond those on clean pictures, over ${baseline}'s`}
                >
                  relative
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {corruptions.byName.map(({ name, accuracies }) => {
            const over = overBaseline?.find((one) => one.name === name);
            return (
              <tr key={name}>
                <th scope="row" className="pr-2 text-left font-normal text-ink">
                  {ofCorruption(name)}
                </th>
                {accuracies.map((accuracy, index) => {
                  const step = heatStep(accuracy);
                  return (
                    <td
                      key={index}
                      className="rounded-[3px] px-1.5 py-1 text-center font-mono tabular-nums"
                      style={
                        step === null
                          ? {}
                          : {
                              background: `var(--color-hit-${step})`,
                              color: `var(--color-hit-ink-${step})`,
                            }
                      }
                    >
                      {Number.isFinite(accuracy) ? (accuracy * 100).toFixed(1) : "–"}
                    </td>
                  );
                })}
                {overBaseline && (
                  <>
                    <td className={figure}>{ratio(over?.error ?? NaN)}</td>
                    <td className={figure}>{ratio(over?.relativeError ?? NaN)}</td>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
