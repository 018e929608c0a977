/** A field of any kind: plain ones, and those that hold others. */
"use client";
import { Button, classNames, DropdownMenu, Icon, IconButton, Segmented, Select } from "@convkit/ui";
import { useMemo, type ReactNode } from "react";
import type { PlacedField } from "./arrange-fields";
import { isSource } from "./dataset-choice";
import { spelledOut, variantOf, type Field, type Variant } from "./describe-fields";
import { FieldFrame } from "./field-frame";
import { isFilledIn, nullTitles, titleOf, variantTitle } from "./field-words";
import { ConfigFormProvider, useConfigForm, useEditedValue } from "./form-context";
import { lockOf } from "./fork-locks";
import {
  isObject,
  pathText,
  valueAt,
  withValueAt,
  type Json,
  type JsonObject,
  type Path,
} from "./json-value";
import { lockHelp, LockedField } from "./locked-field";
import {
  ChoiceField,
  JsonField,
  NumberField,
  NumbersField,
  SwitchField,
  TextField,
  TextsField,
} from "./plain-fields";
import { SourceField } from "./source-field";

export function ConfigField({ field, path }: PlacedField) {
  const { draft } = useConfigForm();
  const lock = lockOf(path, draft);
  if (lock !== null) return <LockedField path={path} value={valueAt(draft.config, path)} reason={lock} />;
  switch (field.kind) {
    case "text":
      return isSource(path) ? <SourceField field={field} /> : <TextField field={field} path={path} />;
    case "number":
      return <NumberField field={field} path={path} />;
    case "numbers":
      return <NumbersField field={field} path={path} orOne={field.orOne} />;
    case "choice":
      return <ChoiceField field={field} path={path} options={field.options} />;
    case "switch":
      return <SwitchField field={field} path={path} />;
    case "texts":
      return <TextsField field={field} path={path} />;
    case "json":
      return <JsonField field={field} path={path} />;
    case "group":
      return <GroupField field={field} path={path} />;
    case "variants":
      return <VariantsField field={field} path={path} />;
    case "list":
      return <ListField field={field} path={path} />;
    default:
      return field satisfies never;
  }
}

type Kind<Name extends Field["kind"]> = { field: Extract<Field, { kind: Name }>; path: Path };

/** A group within a section has its own heading; the section's own group is headed by the section. */
function GroupField({ field, path }: Kind<"group">) {
  if (path.length === 1) return <FieldGrid fields={field.fields} path={path} />;
  return (
    <fieldset className="col-span-full min-w-0">
      <legend className="text-sm font-medium text-ink">{titleOf(path)}</legend>
      <p className="mb-3 text-xs text-ink-3">{field.help}</p>
      <FieldGrid fields={field.fields} path={path} />
    </fieldset>
  );
}

function FieldGrid({ fields, path }: { fields: readonly Field[]; path: Path }) {
  const shown = fields.filter(({ key }) => !isFilledIn([...path, key]));
  if (shown.length === 0) return null;
  return (
    <div
      className={classNames(
        "col-span-full grid gap-x-5 gap-y-4 sm:grid-cols-2",
        path[0] !== "model" && "xl:grid-cols-3",
      )}
    >
      {shown.map((field) => (
        <ConfigField key={field.key} field={field} path={[...path, field.key]} />
      ))}
    </div>
  );
}

/** Stands for nothing among the ids of variants. */
const NOTHING = "\0";

function VariantsField({ field, path }: Kind<"variants">) {
  const { variants, nullable, optional, presets } = field;
  const mayBeNothing = nullable || optional;
  const { draft } = useConfigForm();
  const edited = useEditedValue(path, { whole: false });
  const value = edited.value === undefined ? field.initial : edited.value;
  const isNothing = mayBeNothing && (value === null || value === undefined);
  const preset = presets.find((each) => each === value);
  // What is asked for and not written yet may be any of them: the first one is offered.
  const variant = isNothing ? undefined : value === undefined ? variants[0] : variantOf(value, variants);
  const [nothing, something] = nullTitles(path);
  const options = [
    ...(mayBeNothing ? [{ value: NOTHING, label: nothing }] : []),
    ...presets.map((each) => ({ value: each, label: variantTitle(path, each) })),
    ...variants.map(({ id, isTagged, help: words }) => ({
      value: id,
      label: mayBeNothing && variants.length === 1 && !isTagged ? something : variantTitle(path, id),
      ...(isTagged && { help: words }),
    })),
  ];
  const choose = (id: string) => {
    if (presets.includes(id)) return edited.set(id);
    const chosen = variants.find((each) => each.id === id);
    edited.set(chosen !== undefined ? startOf(chosen) : nullable ? null : undefined);
  };
  const control = {
    value: isNothing ? NOTHING : (preset ?? variant?.id ?? ""),
    onValueChange: choose,
    options,
  };
  const lock = variant ? lockOf([...path, variant.tellingKey], draft) : null;
  const help =
    lock !== null
      ? lockHelp(lock)
      : variant?.isTagged
        ? variant.help
        : path.length === 1 && path[0] !== "model"
          ? ""
          : field.help;
  return (
    <div className="col-span-full flex min-w-0 flex-col gap-4">
      {options.length > 1 && (
        <FieldFrame path={path} help={help} edited={edited} className="max-w-md">
          {(aria) =>
            presets.length > 0 || variants.some(({ isTagged }) => isTagged) ? (
              <Select {...aria} {...control} disabled={lock !== null} />
            ) : (
              <div id={aria.id}>
                <Segmented label={titleOf(path)} {...control} />
              </div>
            )
          }
        </FieldFrame>
      )}
      {!isNothing && !variant && preset === undefined && (
        <p className="text-xs text-ink-2">This value has no field of its own. The JSON tab shows it.</p>
      )}
      {variant && (
        <Within path={path} value={edited.value} variants={variants} variant={variant}>
          <FieldGrid fields={variant.fields} path={path} />
        </Within>
      )}
    </div>
  );
}

function startOf({ start, isTagged, tellingKey }: Variant): JsonObject {
  // What must still be written is left out, so that it is asked for.
  return isTagged || Array.isArray(start[tellingKey]) || tellingKey === "" ? start : { [tellingKey]: "" };
}

interface WithinProps {
  path: Path;
  value: Json | undefined;
  variants: readonly Variant[];
  variant: Variant;
  children: ReactNode;
}

/** For the fields of one variant its value is spelled out, whether it was written in short, or not at all. */
function Within({ path, value, variants, variant, children }: WithinProps) {
  const form = useConfigForm();
  const inner = useMemo(() => {
    const long = spelledOut(value, variants);
    const { draft } = form;
    return {
      ...form,
      draft: {
        ...draft,
        config: long === undefined ? draft.config : withValueAt(draft.config, path, long),
        set: (place: Path, next: Json | undefined) => {
          const holder = isObject(long) ? long : variant.start;
          const isTelling = place.length === path.length + 1 && place.at(-1) === variant.tellingKey;
          const given = next ?? (isTelling ? variant.start[variant.tellingKey] : undefined);
          const changed = withValueAt(holder, place.slice(path.length), given);
          // Of the module that was meant before.
          if (place.at(-1) === "module") delete changed["sha256"];
          draft.set(path, changed);
        },
      },
    };
  }, [form, path, value, variants, variant]);
  return <ConfigFormProvider value={inner}>{children}</ConfigFormProvider>;
}

function ListField({ field, path }: Kind<"list">) {
  const edited = useEditedValue(path, { whole: false });
  const items = Array.isArray(edited.value) ? edited.value : [];
  const swap = (index: number, other: number) =>
    edited.set(
      items.map((item, place) => items[place === index ? other : place === other ? index : place] ?? item),
    );
  return (
    <fieldset data-path={pathText(path)} className="col-span-full min-w-0">
      <legend className="text-sm font-medium text-ink">{titleOf(path)}</legend>
      <p className="mb-2 text-xs text-ink-3">{field.help}</p>
      {edited.error && <p className="mb-2 text-xs text-bad">{edited.error}</p>}
      {items.length > 0 && (
        <ol className="mb-2 flex flex-col divide-y divide-line rounded-md border border-line">
          {items.map((item, index) => (
            <li key={index} className="px-3 py-2">
              <ListItem
                field={field}
                path={[...path, index]}
                item={item}
                isLast={index === items.length - 1}
                onMove={(step) => swap(index, index + step)}
                onRemove={() => edited.set(items.filter((_, place) => place !== index))}
              />
            </li>
          ))}
        </ol>
      )}
      <DropdownMenu
        align="start"
        trigger={
          <Button size="sm">
            <Icon name="plus" className="size-3.5" />
            Add
          </Button>
        }
        items={field.variants.map((variant) => ({
          label: (
            <span className="flex flex-col">
              {variantTitle(["item"], variant.id)}
              <span className="text-xs text-ink-3">{variant.help}</span>
            </span>
          ),
          onSelect: () => edited.set([...items, startOf(variant)]),
        }))}
      />
    </fieldset>
  );
}

interface ListItemProps extends Kind<"list"> {
  item: Json;
  isLast: boolean;
  onMove: (step: 1 | -1) => void;
  onRemove: () => void;
}

function ListItem({ field, path, item, isLast, onMove, onRemove }: ListItemProps) {
  const { error } = useEditedValue(path, { whole: false });
  const variant = variantOf(item, field.variants);
  const number = Number(path.at(-1)) + 1;
  const name = variant ? variantTitle(["item"], variant.id) : "something else";
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-1">
        <span className="w-5 shrink-0 font-mono text-xs text-ink-3">{number}</span>
        <span className="min-w-0 flex-1 truncate text-sm text-ink">
          {name}
          {variant?.isTagged && <span className="text-xs text-ink-3">: {variant.help}</span>}
        </span>
        <IconButton
          size="sm"
          label={`Move ${name} ${number} up`}
          disabled={number === 1}
          onClick={() => onMove(-1)}
        >
          <Icon name="arrow-up" className="size-3.5" />
        </IconButton>
        <IconButton
          size="sm"
          label={`Move ${name} ${number} down`}
          disabled={isLast}
          onClick={() => onMove(1)}
        >
          <Icon name="arrow-down" className="size-3.5" />
        </IconButton>
        <IconButton size="sm" label={`Remove ${name} ${number}`} onClick={onRemove}>
          <Icon name="close" className="size-3.5" />
        </IconButton>
      </div>
      {error && <p className="text-xs text-bad">{error}</p>}
      {variant ? (
        <Within path={path} value={item} variants={field.variants} variant={variant}>
          <FieldGrid fields={variant.fields} path={path} />
        </Within>
      ) : (
        <code className="font-mono text-xs break-words text-ink-2">{JSON.stringify(item)}</code>
      )}
    </div>
  );
}
