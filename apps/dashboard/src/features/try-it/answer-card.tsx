/** One picture and what the network says of it, beside what the network gets to see. */
"use client";
import { Card, ErrorState, Skeleton, Switch } from "@convkit/ui";
import { useEffect, useRef } from "react";
import type { ModelCard } from "@convkit/schema";
import { ClassBars } from "./class-bars";
import type { PageEngine, PictureAnswer, ShownPicture } from "./classifier-protocol";
import { isNeutral, type Disturbance } from "./disturbance";
import { DisturbanceSliders } from "./disturbance-sliders";
import { EvidenceFigure } from "./evidence-figure";
import { PixelCanvas } from "./pixel-canvas";

export interface AnswerCardProps {
  name: string;
  /** null until the model is open. */
  card: ModelCard | null;
  engine: PageEngine | null;
  /** Index of the class that the picture is known to be of. */
  label: number | null;
  answer: PictureAnswer | null;
  failure: string | null;
  /** Without what the sliders do; null where that is not known. */
  undisturbed: Float32Array | null;
  disturbance: Disturbance;
  onDisturbance: (disturbance: Disturbance) => void;
  explains: boolean;
  onExplains: (explains: boolean) => void;
  onExplain: (index: number) => void;
}

export function AnswerCard(props: AnswerCardProps) {
  const { name, card, engine, label, answer, failure, undisturbed, disturbance, onDisturbance } = props;
  const frame = useShown();
  const known = label === null ? undefined : card?.classNames[label];
  if (failure !== null) {
    return (
      <Card title={<span className="break-all">{name}</span>}>
        <ErrorState title="This picture cannot be classified" message={failure} />
      </Card>
    );
  }
  const explanation = answer?.explanation;
  const explained = explanation && "explained" in explanation ? explanation.explained : null;
  return (
    <Card
      title={<span className="break-all">{name}</span>}
      detail={known !== undefined && `labelled ${known}`}
      actions={<Switch label="Where it looks" checked={props.explains} onCheckedChange={props.onExplains} />}
    >
      <div ref={frame} className="flex flex-col gap-5" aria-busy={card === null || answer === null}>
        <div className="grid max-w-4xl grid-cols-2 gap-3 sm:grid-cols-3">
          <Figure
            caption={isNeutral(disturbance) ? "The picture" : "The picture, disturbed"}
            shape={answer && `${answer.width} × ${answer.height}`}
            picture={answer?.picture}
          />
          <Figure
            caption="As the network sees it"
            shape={answer && `${answer.input.width} × ${answer.input.height}`}
            picture={answer?.input}
          />
          {props.explains && (
            <EvidenceFigure
              input={answer?.input}
              explanation={explanation}
              className={explained === null ? undefined : card?.classNames[explained]}
            />
          )}
        </div>
        <div className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-3">
            {card && answer ? (
              <>
                <ClassBars
                  card={card}
                  probabilities={answer.probabilities}
                  undisturbed={isNeutral(disturbance) ? null : undisturbed}
                  explained={explained}
                  onExplain={props.explains ? props.onExplain : undefined}
                />
                <Footnote card={card} engine={engine} />
              </>
            ) : (
              <Skeleton className="h-40 w-full" />
            )}
          </div>
          <DisturbanceSliders value={disturbance} onChange={onDisturbance} />
        </div>
      </div>
    </Card>
  );
}

interface FigureProps {
  caption: string;
  shape: string | null;
  picture: ShownPicture | undefined;
}

function Figure({ caption, shape, picture }: FigureProps) {
  return (
    <figure className="min-w-0">
      {picture ? (
        <PixelCanvas picture={picture} label={caption} />
      ) : (
        <Skeleton className="aspect-square h-auto w-full" />
      )}
      <figcaption className="mt-1 text-xs text-ink-2">
        {caption}
        {shape && <span className="block text-ink-3 tabular-nums">{shape}</span>}
      </figcaption>
    </figure>
  );
}

const ENGINES: Readonly<Record<PageEngine, string>> = {
  webgl: "on this machine's graphics (WebGL)",
  wasm: "on this machine's processor (WebAssembly)",
  cpu: "in JavaScript alone, which is slow",
};

function Footnote({ card: { temperature }, engine }: { card: ModelCard; engine: PageEngine | null }) {
  return (
    <p className="text-xs text-ink-3">
      {temperature
        ? `Calibrated: logits divided by ${temperature.value.toPrecision(3)}, fitted on ${temperature.count.toLocaleString("en")} pictures of ${temperature.split}.`
        : "Not calibrated: the network's own probabilities, which are often too sure."}
      {engine && ` The network runs ${ENGINES[engine]}.`}
    </p>
  );
}

/** Brings a new picture's answer into sight where it stands below what it was chosen in, as on a phone. */
function useShown() {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = frame;
    if (current && current.getBoundingClientRect().top > window.innerHeight / 2)
      current.scrollIntoView({ block: "center" });
  }, []);
  return frame;
}
