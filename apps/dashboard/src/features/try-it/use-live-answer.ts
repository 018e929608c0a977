/** What the network says of the picture that is looked at, following the sliders frame by frame. */
"use client";
import { useEffect, useRef, useState } from "react";
import { askLatest, nextFrame, type LatestAsker } from "./ask-latest";
import type { PictureAnswer, PictureQuestion } from "./classifier-protocol";
import type { ModelInPage } from "./open-model-in-page";
import type { TriedPicture } from "./use-tried-pictures";

export interface LiveAnswer {
  /** Stays until the next has come. */
  readonly answer: PictureAnswer | null;
  readonly failure: string | null;
}

export const NO_ANSWER: LiveAnswer = { answer: null, failure: null };

export function useLiveAnswer(
  model: ModelInPage | null,
  picture: Pick<TriedPicture, "id" | "source"> | null,
  { disturbance, explained }: Pick<PictureQuestion, "disturbance" | "explained">,
): LiveAnswer {
  const [live, setLive] = useState(NO_ANSWER);
  const asker = useRef<LatestAsker<PictureQuestion> | null>(null);
  const id = picture?.id ?? null;

  useEffect(() => {
    if (model === null || id === null) return;
    setLive(NO_ANSWER);
    asker.current = askLatest({
      ask: model.classify,
      onAnswer: (answer) => setLive({ answer, failure: null }),
      onFailure: ({ message }) => setLive({ answer: null, failure: message }),
      pause: nextFrame,
    });
    return () => {
      asker.current?.stop();
      asker.current = null;
    };
  }, [model, id]);

  const source = picture?.source;
  useEffect(() => {
    if (id !== null && source) asker.current?.want({ id, source, disturbance, explained });
  }, [model, id, source, disturbance, explained]);
  return id === null ? NO_ANSWER : live;
}
