/**
 * The config that is being written, as fields and as text: one and the same. Text that is no JSON yet stays as it was
 * typed, beside the config that it last was.
 */
"use client";
import { useCallback, useMemo, useState } from "react";
import { isSource, isSplits, withSource, withSplits } from "./dataset-choice";
import { withValueAt, type Json, type JsonObject, type Path } from "./json-value";
import { parseConfigText, type ParsedText } from "./parse-config-text";

export interface ConfigDraft {
  readonly config: JsonObject;
  /** What "run again" started from; null: nothing. */
  readonly base: JsonObject | null;
  readonly text: string;
  readonly textError: ParsedText["error"];
  /** @param value undefined: takes it out, so that the default holds. */
  set(path: Path, value: Json | undefined): void;
  /** @param contentHash of the data set that is meant, whatever lies there. */
  setSource(source: string, contentHash: string | undefined): void;
  /** All of it at once. */
  replace(config: JsonObject): void;
  setText(text: string): void;
  /** Back to what the fields say. */
  dropText(): void;
}

export function useConfigDraft(start: JsonObject, base: JsonObject | null): ConfigDraft {
  const [config, setConfig] = useState(start);
  const [typed, setTyped] = useState<string | null>(null);

  const set = useCallback(
    (path: Path, value: Json | undefined) => {
      setTyped(null);
      setConfig((now) =>
        isSource(path)
          ? withSource(now, { source: value }, base)
          : isSplits(path)
            ? withSplits(now, value, base)
            : withValueAt(now, path, value),
      );
    },
    [base],
  );
  const setSource = useCallback(
    (source: string, contentHash: string | undefined) => {
      setTyped(null);
      setConfig((now) => withSource(now, { source, contentHash }, base));
    },
    [base],
  );
  const replace = useCallback((next: JsonObject) => {
    setTyped(null);
    setConfig(next);
  }, []);
  const setText = useCallback((text: string) => {
    setTyped(text);
    const { config: parsed } = parseConfigText(text);
    if (parsed) setConfig(parsed);
  }, []);
  const dropText = useCallback(() => setTyped(null), []);

  return useMemo(
    () => ({
      config,
      base,
      text: typed ?? JSON.stringify(config, null, 2),
      textError: typed === null ? null : parseConfigText(typed).error,
      set,
      setSource,
      replace,
      setText,
      dropText,
    }),
    [config, base, typed, set, setSource, replace, setText, dropText],
  );
}
