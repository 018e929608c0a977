/** Labels that are probably wrong, the likeliest first, each with its picture and why, and how to correct them. */
"use client";
import { Badge, Button, Segmented } from "@convkit/ui";
import { useState } from "react";
import type { LabelReview, RunDetail } from "../../trpc/context";
import { className } from "./known-picture";
import { NearCopies } from "./near-copies";
import { HowToCorrect, ReviewedPicture } from "./reviewed-parts";
import { judgedOf, percent } from "./suspect-words";

const ROWS = 25;
const figure = "px-3 py-2 text-right font-mono text-ink-2 tabular-nums";

export interface LabelSuspectsProps {
  run: RunDetail;
  review: LabelReview;
  onOpen: (id: string) => void;
}

export function LabelSuspects({ run, review, onOpen }: LabelSuspectsProps) {
  const [which, setWhich] = useState<"suspects" | "all">("suspects");
  const [count, setCount] = useState(ROWS);
  const suspects = review.labels.filter(({ isSuspect }) => isSuspect);
  const labels = which === "suspects" ? suspects : review.labels;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-ink-2">{judgedWords(review)}</p>
        {suspects.length < review.labels.length && (
          <Segmented
            label="Which labels"
            value={which}
            onValueChange={(next) => {
              setWhich(next);
              setCount(ROWS);
            }}
            options={[
              { value: "suspects", label: "Suspects" },
              { value: "all", label: "The least sure, too" },
            ]}
          />
        )}
      </div>
      {labels.length === 0 ? (
        <p className="text-sm text-ink-2">No label is confidently taken for another.</p>
      ) : (
        <SuspectTable {...{ run, review, onOpen }} labels={labels.slice(0, count)} />
      )}
      {count < labels.length && (
        <Button size="sm" className="self-center" onClick={() => setCount(count + 4 * ROWS)}>
          {Math.min(4 * ROWS, labels.length - count).toLocaleString("en")} more
        </Button>
      )}
      <HowToCorrect run={run} />
      <NearCopies run={run} copies={review.copies} onOpen={onOpen} />
    </div>
  );
}

function judgedWords(review: LabelReview): string {
  const { total, splits, learnt } = judgedOf(review);
  return `${review.suspectCount.toLocaleString("en")} of ${total} labels are probably wrong (${splits}). ${learnt}`;
}

interface SuspectTableProps extends LabelSuspectsProps {
  labels: LabelReview["labels"];
}

function SuspectTable({ run, review, labels, onOpen }: SuspectTableProps) {
  return (
    <div className="relative overflow-x-auto rounded-md border border-line">
      <table className="w-full min-w-[640px] text-left text-xs">
        <caption className="sr-only">Labels, the likeliest errors first</caption>
        <thead>
          <tr className="text-ink-3 [&>th]:px-3 [&>th]:py-2 [&>th]:font-medium">
            <th scope="col">Picture</th>
            <th scope="col">Label</th>
            <th scope="col" className="text-right">
              p(label)
            </th>
            <th scope="col">Rather</th>
            <th scope="col" className="text-right">
              p(rather)
            </th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {labels.map((label) => (
            <tr key={`${label.split} ${label.id}`} className="border-t border-line">
              <ReviewedPicture run={run} picture={label} onOpen={onOpen} />
              <td className="px-3 text-ink">{className(review.classNames, label.label)}</td>
              <td className={figure}>{percent(label.labelProbability)}</td>
              <td className="px-3 text-ink">
                {className(review.classNames, label.suggestion)}
                {!label.isSuspect && <Badge className="ml-2">unsure</Badge>}
              </td>
              <td className={figure}>{percent(label.suggestionProbability)}</td>
              <td className="min-w-40 px-3 text-ink-2">{label.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
