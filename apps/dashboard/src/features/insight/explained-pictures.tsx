/** Where the network looked: the chosen pictures with their maps, and whether maps of this kind tell of it at all. */
"use client";
import { PictureGrid, Segmented } from "@convkit/ui";
import { useState } from "react";
import type { Explanations, RunDetail } from "../../trpc/context";
import { artifactUrl } from "../shell/links";
import { explanationPath, labelWords } from "./known-picture";
import { sanityWords } from "./sanity-words";

type Kind = Explanations["pictures"][number]["chosenAs"];

const KINDS: Readonly<Record<Kind, { title: string; detail: string }>> = {
  mistake: { title: "Mistakes", detail: "Wrong, and the surest of it first." },
  uncertain: { title: "Least sure", detail: "The pictures that it was least sure of, right or wrong." },
  "poor-reason": {
    title: "Poor reasons",
    detail:
      "Right, but with the evidence at the picture's edges, or with training pictures of other classes nearest: what may fail elsewhere.",
  },
};
const ORDER = Object.keys(KINDS) as Kind[];

export interface ExplainedPicturesProps {
  run: RunDetail;
  explanations: Explanations;
  onOpen: (id: string) => void;
}

export function ExplainedPictures({ run, explanations, onOpen }: ExplainedPicturesProps) {
  const { pictures, searched } = explanations;
  const counts = ORDER.map((kind) => pictures.filter(({ chosenAs }) => chosenAs === kind).length);
  const [kind, setKind] = useState<Kind>(ORDER.find((_, index) => counts[index]! > 0) ?? "mistake");
  const shown = pictures.filter(({ chosenAs }) => chosenAs === kind);
  return (
    <div className="flex flex-col gap-3">
      <Segmented
        label="Why they were chosen"
        value={kind}
        onValueChange={setKind}
        className="self-start"
        options={ORDER.map((value, index) => ({
          value,
          label: `${KINDS[value].title} ${counts[index]}`,
        }))}
      />
      <p className="text-sm text-ink-2">
        {KINDS[kind].detail}
        {kind === "poor-reason" &&
          ` Looked for in ${searched.toLocaleString("en")} ${searched === 1 ? "picture" : "pictures"}.`}
      </p>
      {shown.length === 0 ? (
        <p className="text-sm text-ink-2">There is no such picture.</p>
      ) : (
        <PictureGrid
          key={kind}
          label={KINDS[kind].title}
          tileWidth={128}
          maxHeight="480px"
          pictures={shown.map((picture) => {
            const { id, file, probability } = picture;
            const path = explanationPath(file);
            return {
              id,
              src: path === null ? null : artifactUrl(run.id, path),
              ...labelWords(explanations, picture),
              probability,
            };
          })}
          onOpen={({ id }) => onOpen(id)}
        />
      )}
      <SanityCheck explanations={explanations} runId={run.id} />
    </div>
  );
}

function SanityCheck({ explanations, runId }: { explanations: Explanations; runId: string }) {
  const { sanity, method } = explanations;
  if (!sanity) {
    return (
      <p className="text-sm text-ink-2">
        Whether these maps depend on what was learnt was not checked:{" "}
        <code className="font-mono text-xs break-all">
          convkit explain {runId} --method {method} --sanity
        </code>{" "}
        does.
      </p>
    );
  }
  return (
    <section className="flex flex-col gap-2 text-sm">
      <h3 className="font-medium text-ink">Sanity check</h3>
      <p className="text-ink-2">{sanityWords(sanity)}</p>
      <details>
        <summary className="cursor-pointer text-xs text-ink-3">Figures, from the output down</summary>
        <table className="mt-2 text-left text-xs">
          <caption className="sr-only">Likeness of the maps with the trained network's</caption>
          <thead>
            <tr className="text-ink-3">
              <th scope="col" className="pr-6 font-medium">
                Random down to
              </th>
              <th scope="col" className="text-right font-medium">
                Spearman's ρ
              </th>
            </tr>
          </thead>
          <tbody>
            {sanity.stages.map(({ stage, rankCorrelation }) => (
              <tr key={stage}>
                <th scope="row" className="py-0.5 pr-6 font-mono font-normal text-ink">
                  {stage}
                </th>
                <td className="text-right font-mono text-ink-2 tabular-nums">{rankCorrelation.toFixed(2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
