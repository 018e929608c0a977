/** Pictures that share a property, beside all others: the group that fares worst first. */
"use client";
import { Button, Card, classNames } from "@convkit/ui";
import { useState } from "react";
import type { EvaluationReport } from "../../trpc/context";
import { formatDifference, formatInterval, formatPValue, formatShare } from "./format-figures";
import { propertyWords, sliceVerdict } from "./slice-words";

const FIRST_SHOWN = 10;
const HEADS = ["Property", "Value", "Pictures", "Accuracy", "95% interval", "Beside the others", "p", ""];

const frame = "border-b border-line px-3 py-1.5";
const figures = "text-right font-mono tabular-nums";
const cell = `${frame} text-ink`;
const figureCell = `${cell} ${figures}`;
const TONES = { worse: "text-bad", better: "text-good", "": "text-ink" };
const share = (value: number) => formatShare(value, 1);

/** Nothing where the report has no slices. */
export function SlicesCard({ slices = [] }: { slices: EvaluationReport["slices"] }) {
  const [isWhole, setWhole] = useState(false);
  if (slices.length === 0) return null;
  const shown = isWhole ? slices : slices.slice(0, FIRST_SHOWN);
  const worse = slices.filter((slice) => sliceVerdict(slice) === "worse").length;
  return (
    <Card
      title="Groups of pictures"
      detail={
        worse === 0
          ? "none fares worse by more than chance explains"
          : `${worse} of ${slices.length} ${worse === 1 ? "fares" : "fare"} worse by more than chance explains`
      }
      flush
    >
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Groups of pictures">
        <table className="w-full border-separate border-spacing-0 text-left text-xs whitespace-nowrap">
          <thead>
            <tr>
              {HEADS.map((text, index) => (
                <th
                  key={text}
                  scope="col"
                  className={classNames(
                    "border-y border-line bg-sunken px-3 py-1.5 font-medium text-ink-2",
                    index > 1 && index < 7 && "text-right",
                  )}
                >
                  {text || <span className="sr-only">Verdict</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((slice) => {
              const { by, value, count, accuracy, interval, difference, pValue } = slice;
              const verdict = sliceVerdict(slice);
              const tone = TONES[verdict];
              return (
                <tr key={`${by}: ${value}`} className="hover:bg-hover">
                  <th scope="row" className={`${cell} max-w-56 truncate font-medium`} title={by}>
                    {propertyWords(by)}
                  </th>
                  <td className={`${cell} max-w-56 truncate`} title={value}>
                    {value}
                  </td>
                  <td className={figureCell}>{count.toLocaleString("en")}</td>
                  <td className={figureCell}>{share(accuracy)}</td>
                  <td className={figureCell}>{formatInterval(interval, share) ?? "–"}</td>
                  <td className={classNames(frame, figures, tone)}>{formatDifference(difference)}</td>
                  <td className={figureCell}>{formatPValue(pValue)}</td>
                  <td className={classNames(frame, "font-medium", tone)}>{verdict}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
        <p className="max-w-prose text-xs text-ink-3">
          p: that so large a difference comes by chance; Fisher’s exact test, two-sided, corrected for the
          number of groups after Holm. Below 0.05 a group is called worse or better.
        </p>
        {slices.length > FIRST_SHOWN && (
          <Button size="sm" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? `The worst ${FIRST_SHOWN}` : `All ${slices.length}`}
          </Button>
        )}
      </div>
    </Card>
  );
}
