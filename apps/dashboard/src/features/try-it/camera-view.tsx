/** The camera's live picture, classified a few times a second for as long as it is on the page. */
"use client";
import { Button, ErrorState, Skeleton } from "@convkit/ui";
import { useEffect, useRef, useState } from "react";
import { nextFrame } from "./ask-latest";
import type { PictureAnswer, PictureQuestion } from "./classifier-protocol";
import { closeCamera, openCamera } from "./open-camera";
import type { ModelInPage } from "./open-model-in-page";
import type { NewPicture } from "./use-tried-pictures";

export interface CameraViewProps {
  /** null: not open yet; the picture is there, and its classes come later. */
  model: ModelInPage | null;
  question: Pick<PictureQuestion, "disturbance" | "explained">;
  onAnswer: (answer: PictureAnswer) => void;
  /** Of one frame: the camera goes on. */
  onFailure: (error: Error) => void;
  onKeep: (picture: NewPicture) => void;
  onClose: () => void;
}

/** Between two pictures that are classified: more would be read by nobody. */
const INTERVAL_MS = 150;

export function CameraView({ model, question, onAnswer, onFailure, onKeep, onClose }: CameraViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"opening" | "live" | { readonly failure: string }>("opening");
  const [tries, setTries] = useState(0);
  const kept = useRef(0);
  const held = useRef<MediaStream | null>(null);
  const release = () => {
    if (held.current) closeCamera(held.current);
    held.current = null;
  };

  useEffect(() => {
    let isOver = false;
    setState("opening");
    openCamera().then(
      (stream) => {
        if (isOver) return closeCamera(stream);
        held.current = stream;
        const [track] = stream.getVideoTracks();
        track?.addEventListener("ended", () => setState({ failure: "The camera was taken away." }));
        video.current!.srcObject = stream;
        setState("live");
      },
      ({ message }: Error) => !isOver && setState({ failure: message }),
    );
    return () => {
      isOver = true;
      release();
    };
  }, [tries]);

  const latest = useRef({ question, onAnswer, onFailure });
  latest.current = { question, onAnswer, onFailure };
  useEffect(() => {
    if (model === null || state !== "live") return;
    let isOver = false;
    const look = async () => {
      while (!isOver) {
        const startMs = performance.now();
        const frame = await grabFrame(video.current);
        if (frame !== null) {
          await model.classify({ ...latest.current.question, id: null, source: frame }).then(
            (answer) => !isOver && latest.current.onAnswer(answer),
            (error: Error) => !isOver && latest.current.onFailure(error),
          );
        }
        // Frames come only while the page is seen.
        do await nextFrame();
        while (!isOver && performance.now() - startMs < INTERVAL_MS);
      }
    };
    look().catch(({ message }: Error) => {
      if (isOver) return;
      release();
      setState({ failure: message });
    });
    return () => {
      isOver = true;
    };
  }, [model, state]);

  const keep = async () => {
    const source = await photographOf(video.current);
    if (source) onKeep({ name: `camera ${++kept.current}.png`, source });
  };

  if (typeof state === "object") {
    return (
      <div className="rounded-lg border border-line bg-sunken">
        <ErrorState
          title="Nothing comes from the camera"
          message={state.failure}
          onRetry={() => setTries(tries + 1)}
        />
        <div className="flex justify-center pb-4">
          <Button variant="ghost" onClick={onClose}>
            Back to pictures
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="relative aspect-video overflow-hidden rounded-lg bg-sunken">
        {state === "opening" && <Skeleton className="absolute inset-0 h-full" />}
        <video
          ref={video}
          autoPlay
          muted
          playsInline
          aria-label="The camera's picture"
          className="relative size-full object-contain"
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" disabled={state !== "live"} onClick={() => void keep()}>
          Keep this picture
        </Button>
        <Button onClick={onClose}>Close the camera</Button>
      </div>
      <p className="text-xs text-ink-2">What the camera sees stays in this browser.</p>
    </div>
  );
}

async function grabFrame(video: HTMLVideoElement | null): Promise<ImageBitmap | null> {
  const hasFrame = video !== null && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  return hasFrame && video.videoWidth > 0 ? createImageBitmap(video) : null;
}

async function photographOf(video: HTMLVideoElement | null): Promise<Blob | null> {
  const frame = await grabFrame(video);
  if (frame === null) return null;
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  canvas.getContext("2d")?.drawImage(frame, 0, 0);
  frame.close();
  return canvas.convertToBlob();
}
