/** Which fields stand open on the form, which in sections that unfold, and what a folded section says of itself. */
import { spelledOut, variantOf, type Field } from "./describe-fields";
import { isFilledIn, nullTitles, titleOf, variantTitle } from "./field-words";
import { isObject, printJson, sameJson, valueAt, type Json, type Path } from "./json-value";

export interface PlacedField {
  readonly path: Path;
  readonly field: Field;
}

export interface Arrangement {
  readonly subject: readonly PlacedField[];
  readonly labels: readonly PlacedField[];
  readonly training: readonly PlacedField[];
  readonly folded: readonly FoldedSection[];
}

export interface FoldedSection {
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly fields: readonly PlacedField[];
}

const SUBJECT = ["data.source", "model"];
const LABELS = ["name", "experiment", "tags"];
const TRAINING = ["epochs", "batchSize", "learningRate", "seed", "engine", "precision"];

/** Every field has its place: what nobody thought of stands under "More". */
export function arrangeFields(fields: readonly Field[]): Arrangement {
  const all = fields.flatMap((field): PlacedField[] =>
    field.key === "data" && field.kind === "group"
      ? field.fields.map((inner) => ({ path: ["data", inner.key], field: inner }))
      : [{ path: [field.key], field }],
  );
  const placed = new Set<PlacedField>();
  const take = (names: readonly string[]) =>
    names.flatMap((name) => {
      const found = all.filter(({ path }) => path.join(".") === name);
      for (const each of found) placed.add(each);
      return found;
    });
  const [subject, labels, training] = [take(SUBJECT), take(LABELS), take(TRAINING)];
  const rest = all.filter((each) => !placed.has(each) && !isFilledIn(each.path));
  const data = rest.filter(({ path }) => path.length > 1);
  const large = rest.filter(({ path, field }) => path.length === 1 && isLarge(field));
  const more = rest.filter((each) => !data.includes(each) && !large.includes(each));
  const dataHelp = "How pictures are held back, resized and left out";
  return {
    subject,
    labels,
    training,
    folded: [
      ...(data.length > 0
        ? [{ id: "data", title: "Splits and pictures", help: dataHelp, fields: data }]
        : []),
      ...large.map((each) => ({
        id: each.field.key,
        title: titleOf(each.path),
        help: each.field.help,
        fields: [each],
      })),
      ...(more.length > 0 ? [{ id: "more", title: "More", help: "", fields: more }] : []),
    ],
  };
}

const isLarge = ({ kind }: Field) => kind === "group" || kind === "variants" || kind === "list";

/** What a folded section holds: `sgd, momentum 0.8`. */
export function summaryOf({ fields }: FoldedSection, config: Json): string {
  return fields
    .map(({ path, field }) => wordsOf(path, field, valueAt(config, path)))
    .filter((words) => words !== "")
    .join(", ");
}

function wordsOf(path: Path, field: Field, given: Json | undefined): string {
  const value = given ?? field.initial;
  switch (field.kind) {
    case "group":
      return settingsOf(path, field.fields, given);
    case "variants": {
      if (value === null || value === undefined) return mayBeNothing(field) ? lower(nullTitles(path)[0]) : "";
      const preset = field.presets.find((each) => each === value);
      if (preset !== undefined) return lower(variantTitle(path, preset));
      const variant = variantOf(value, field.variants);
      if (!variant) return "";
      const own = variant.isTagged ? variantTitle(path, variant.id) : "";
      const settings = settingsOf(path, variant.fields, spelledOut(given, field.variants));
      return (
        [own, settings].filter((words) => words !== "").join(", ") ||
        (mayBeNothing(field) ? lower(nullTitles(path)[1]) : "")
      );
    }
    case "list":
      return Array.isArray(value) && !sameJson(value, field.initial)
        ? `${lower(titleOf(path))}: ${value.length}`
        : "";
    case "text":
    case "switch":
    case "texts":
    case "json":
    case "number":
    case "numbers":
    case "choice":
      return given === undefined || sameJson(given, field.initial)
        ? ""
        : `${lower(titleOf(path))} ${printJson(given)}`;
    default:
      return field satisfies never;
  }
}

function settingsOf(path: Path, fields: readonly Field[], value: Json | undefined): string {
  if (!isObject(value)) return "";
  return fields
    .filter(({ key }) => !isFilledIn([...path, key]))
    .map((field) => wordsOf([...path, field.key], field, value[field.key]))
    .filter((words) => words !== "")
    .join(", ");
}

const mayBeNothing = ({ nullable, optional }: Extract<Field, { kind: "variants" }>) => nullable || optional;

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
