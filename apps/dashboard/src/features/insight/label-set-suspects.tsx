/** Sets of labels that are probably wrong, the likeliest first, each with its picture, what to add and remove, and why. */
"use client";
import { Button, formatMetric } from "@convkit/ui";
import { useState } from "react";
import type { LabelSetReview, RunDetail } from "../../trpc/context";
import { CommandLine } from "./insight-section";
import { namesOf } from "./known-picture";
import { NearCopies } from "./near-copies";
import { plainPictureUrl } from "./picture-trail";
import { SmallPicture } from "./small-picture";
import { suspectWords } from "./suspect-words";

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
                  <th scope="row" className="p-2 font-normal">
                    <button
                      type="button"
                      onClick={() => onOpen(picture.id)}
                      className="flex cursor-pointer items-center gap-2 rounded-md text-left hover:bg-sunken"
                    >
                      <SmallPicture src={plainPictureUrl(run, picture.id)} className="size-14 shrink-0" />
                      <span className="min-w-40 font-mono text-2xs break-all text-ink-3">
                        {picture.split} · {picture.id}
                      </span>
                    </button>
                  </th>
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
      <div className="flex flex-col gap-1 text-sm text-ink-2">
        <p>
          A manifest with these suggestions, to correct by hand and train again with (labels are never changed
          unasked):
        </p>
        <CommandLine command={`convkit review ${run.id} --export relabel.csv`} />
      </div>
      <NearCopies run={run} copies={review.copies} onOpen={onOpen} />
    </div>
  );
}

function judgedWords({ counts, suspectCount, suspectPictureCount, folds }: LabelSetReview): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const splits = Object.entries(counts).map(([split, count]) => `${count.toLocaleString("en")} ${split}`);
  const labels =
    suspectCount === 1
      ? "1 label is probably missing or too many"
      : `${suspectCount.toLocaleString("en")} labels are probably missing or too many`;
  const learnt =
    folds > 0
      ? `Each was judged by a network that had not learnt from it (${folds} folds).`
      : "Pictures that the run has learnt from were not judged.";
  return `${labels}, in ${suspectPictureCount.toLocaleString("en")} of ${total.toLocaleString("en")} pictures (${splits.join(", ")}). ${learnt}`;
}
