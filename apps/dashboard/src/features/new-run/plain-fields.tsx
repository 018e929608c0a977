/** Fields that hold one value: a text, a number, a few numbers, a choice, a switch, tags, or a piece of JSON. */
"use client";
import { Badge, Icon, Input, Select, Switch, TextArea } from "@convkit/ui";
import { useState } from "react";
import type { Field } from "./describe-fields";
import { ChangeMark, FieldFrame, HelpText } from "./field-frame";
import { exampleOf, titleOf } from "./field-words";
import { useConfigForm, useEditedValue } from "./form-context";
import { pathText, printJson, sameJson, type Json, type Path } from "./json-value";
import { SuggestionInput } from "./suggestion-input";

interface FieldProps {
  field: Field;
  path: Path;
}

export function TextField({ field, path }: FieldProps) {
  const { suggestions } = useConfigForm();
  const edited = useEditedValue(path);
  const offered = suggestions[pathText(path)] ?? [];
  const known = offered.find(({ text }) => text === edited.value);
  return (
    <FieldFrame path={path} help={known?.detail ?? field.help} edited={edited}>
      {(control) => (
        <SuggestionInput
          {...control}
          suggestions={offered}
          placeholder={placeholderOf(field, path)}
          required={field.required}
          value={printJson(edited.value)}
          onValueChange={(text) => edited.set(text === "" ? undefined : text)}
        />
      )}
    </FieldFrame>
  );
}

/** What is no number stays as it was typed, and is called wrong. */
function parseNumber(text: string): Json | undefined {
  if (text.trim() === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function parseNumbers(orOne: boolean) {
  return (text: string): Json | undefined => {
    if (text.trim() === "") return undefined;
    const numbers = text
      .split(/[\s,;×x]+/)
      .filter((part) => part !== "")
      .map(Number);
    if (!numbers.every(Number.isFinite)) return text;
    return orOne && numbers.length === 1 ? numbers[0] : numbers;
  };
}

function parseJson(text: string): Json | undefined {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const printNumbers = (value: Json | undefined) =>
  Array.isArray(value) ? value.join(", ") : printJson(value);

export function NumberField({ field, path }: FieldProps) {
  return <ParsedField field={field} path={path} parse={parseNumber} print={printJson} />;
}

export function NumbersField({ field, path, orOne }: FieldProps & { orOne: boolean }) {
  return <ParsedField field={field} path={path} parse={parseNumbers(orOne)} print={printNumbers} />;
}

interface ParsedFieldProps extends FieldProps {
  parse: (text: string) => Json | undefined;
  print: (value: Json | undefined) => string;
}

/** Text that says the value, in the words in which it was typed: `1e-3` and `0.10` stay so. */
function ParsedField({ field, path, parse, print }: ParsedFieldProps) {
  const edited = useEditedValue(path);
  const [typed, setTyped] = useState("");
  return (
    <FieldFrame path={path} help={field.help} edited={edited}>
      {(control) => (
        <Input
          {...control}
          mono
          inputMode={field.kind === "number" && field.integer ? "numeric" : "text"}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholderOf(field, path)}
          value={sameJson(parse(typed), edited.value) ? typed : print(edited.value)}
          onChange={({ currentTarget: { value: text } }) => {
            setTyped(text);
            edited.set(parse(text));
          }}
        />
      )}
    </FieldFrame>
  );
}

export function JsonField({ field, path }: FieldProps) {
  const edited = useEditedValue(path);
  const [typed, setTyped] = useState("");
  const isAsTyped = sameJson(parseJson(typed), edited.value);
  const text = isAsTyped ? typed : edited.value === undefined ? "" : JSON.stringify(edited.value);
  return (
    <FieldFrame path={path} help={`${field.help}${field.help && "; "}as JSON`} edited={edited}>
      {(control) => (
        <TextArea
          {...control}
          rows={Math.min(8, Math.max(1, text.split("\n").length))}
          spellCheck={false}
          placeholder={field.initial === undefined ? "" : JSON.stringify(field.initial)}
          className="font-mono text-xs"
          value={text}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            edited.set(parseJson(currentTarget.value));
          }}
        />
      )}
    </FieldFrame>
  );
}

/** A value that stands for leaving the choice to the default. */
const UNSET = "\0";

export function ChoiceField({ field, path, options }: FieldProps & { options: readonly string[] }) {
  const edited = useEditedValue(path);
  const initial = typeof field.initial === "string" ? field.initial : undefined;
  const value = typeof edited.value === "string" ? edited.value : undefined;
  const unset = initial === undefined && !field.required ? [{ value: UNSET, label: "Not chosen" }] : [];
  return (
    <FieldFrame path={path} help={field.help} edited={edited}>
      {(control) => (
        <Select
          {...control}
          value={value ?? (edited.value === undefined ? (initial ?? UNSET) : undefined)}
          onValueChange={(next) => edited.set(next === initial || next === UNSET ? undefined : next)}
          options={[...unset, ...options.map((option) => ({ value: option, label: option }))]}
        />
      )}
    </FieldFrame>
  );
}

export function SwitchField({ field, path }: FieldProps) {
  const edited = useEditedValue(path);
  const isOn = typeof edited.value === "boolean" ? edited.value : field.initial === true;
  return (
    <div data-path={pathText(path)} className="flex flex-col gap-1">
      <Switch
        label={<ChangeMark title={titleOf(path)} isChanged={edited.was !== null} />}
        checked={isOn}
        onCheckedChange={(next) => edited.set(next === (field.initial === true) ? undefined : next)}
        className="min-h-8"
      />
      <div className="text-xs text-ink-3">
        <HelpText help={field.help} was={edited.was} />
      </div>
      {edited.error && <p className="text-xs text-bad">{edited.error}</p>}
    </div>
  );
}

export function TextsField({ field, path }: FieldProps) {
  const { suggestions } = useConfigForm();
  const edited = useEditedValue(path);
  const [draft, setDraft] = useState("");
  const texts = Array.isArray(edited.value) ? edited.value.map(String) : [];
  const write = (next: readonly string[]) => edited.set(next.length === 0 ? undefined : [...new Set(next)]);
  const add = (text: string) => {
    setDraft("");
    if (text.trim() !== "") write([...texts, text.trim()]);
  };
  return (
    <FieldFrame path={path} help={field.help} edited={edited}>
      {(control) => (
        <>
          <SuggestionInput
            {...control}
            suggestions={(suggestions[pathText(path)] ?? []).filter(({ text }) => !texts.includes(text))}
            placeholder={texts.length === 0 ? "none; Enter adds one" : "Another"}
            value={draft}
            onValueChange={(text) => (text.endsWith(",") ? add(text.slice(0, -1)) : setDraft(text))}
            onTake={add}
            onBlur={() => add(draft)}
            onKeyDown={(event) => {
              if (event.key === "Backspace" && draft === "") write(texts.slice(0, -1));
            }}
          />
          {texts.length > 0 && (
            <ul aria-label={titleOf(path)} className="flex flex-wrap gap-1.5">
              {texts.map((text) => (
                <li key={text} className="min-w-0">
                  <Badge className="pr-0.5">
                    <span className="truncate">{text}</span>
                    <button
                      type="button"
                      aria-label={`Remove ${text}`}
                      onClick={() => write(texts.filter((other) => other !== text))}
                      className="flex size-4 shrink-0 cursor-pointer items-center justify-center rounded-sm hover:bg-line-strong"
                    >
                      <Icon name="close" className="size-3" />
                    </button>
                  </Badge>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </FieldFrame>
  );
}

function placeholderOf({ initial, required }: Field, path: Path): string {
  if (initial === undefined || initial === null) return exampleOf(path) ?? (required ? "" : "not set");
  if (Array.isArray(initial)) return initial.length === 0 ? "none" : initial.join(", ");
  return printJson(initial);
}
