/** Sets of labels that are probably wrong, the likeliest first, each with its picture, what to add and remove, and why. */
"use client";
import { Button, formatMetric } from "@convkit/ui";
import { useState } from "react";
import type { LabelSetReview, RunDetail } from "../../trpc/context";
import { namesOf } from "./known-picture";
import { NearCopies } from "./near-copies";
import { HowToCorrect, ReviewedPicture } from "./reviewed-parts";
import { judgedOf, suspectWords } from "./suspect-words";

const ROWS = 25;

export interface LabelSetSuspectsProps {
  run: RunDetail;
  review: LabelSetReview;
  onOpen: (id: string) => void;
}

export function LabelSetSuspects({ run, review, onOpen }: LabelSetSuspectsProps) {
  const [count, setCount] = useState(ROWS);
  const suspects = review.pictures.filter((picture) => picture.suspects.length > 0);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-ink-2">{judgedWords(review)}</p>
      {suspects.length === 0 ? (
        <p className="text-sm text-ink-2">No label is confidently missing or too many.</p>
      ) : (
        <div className="relative overflow-x-auto rounded-md border border-line">
          <table className="w-full min-w-[640px] text-left text-xs">
            <caption className="sr-only">Sets of labels, the likeliest errors first</caption>
            <thead>
              <tr className="text-ink-3 [&>th]:px-3 [&>th]:py-2 [&>th]:font-medium">
                <th scope="col">Picture</th>
                <th scope="col">Labels</th>
                <th scope="col">Rather</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {suspects.slice(0, count).map((picture) => (
                <tr key={`${picture.split} ${picture.id}`} className="border-t border-line">
                  <ReviewedPicture run={run} picture={picture} onOpen={onOpen} />
                  <td className="px-3 text-ink">{namesOf(review.classNames, picture.labels)}</td>
                  <td className="px-3 text-ink">{suspectWords(review.classNames, picture.suspects)}</td>
                  <td className="min-w-40 px-3 text-ink-2">{picture.why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {count < suspects.length && (
        <Button size="sm" className="self-center" onClick={() => setCount(count + 4 * ROWS)}>
          {formatMetric(Math.min(4 * ROWS, suspects.length - count))} more
        </Button>
      )}
      <HowToCorrect run={run} />
      <NearCopies run={run} copies={review.copies} onOpen={onOpen} />
    </div>
  );
}

function judgedWords(review: LabelSetReview): string {
  const { suspectCount, suspectPictureCount } = review;
  const { total, splits, learnt } = judgedOf(review);
  const labels =
    suspectCount === 1
      ? "1 label is probably missing or too many"
      : `${suspectCount.toLocaleString("en")} labels are probably missing or too many`;
  return `${labels}, in ${suspectPictureCount.toLocaleString("en")} of ${total} pictures (${splits}). ${learnt}`;
}
