/** The data set of a run: a name or a path that is typed, or one that the record knows, chosen with its content hash. */
"use client";
import { CONTENT_HASH, meaningOfHash, SOURCE } from "./dataset-choice";
import type { Field } from "./describe-fields";
import { FieldFrame } from "./field-frame";
import { exampleOf } from "./field-words";
import { useConfigForm, useEditedValue } from "./form-context";
import { printJson, valueAt } from "./json-value";
import { SuggestionInput } from "./suggestion-input";

export function SourceField({ field }: { field: Field }) {
  const { draft, datasets } = useConfigForm();
  const edited = useEditedValue(SOURCE);
  const meaning = meaningOfHash(valueAt(draft.config, CONTENT_HASH), datasets.known);
  return (
    <FieldFrame path={SOURCE} help={meaning || field.help} edited={edited}>
      {(control) => (
        <SuggestionInput
          {...control}
          suggestions={datasets.choices}
          placeholder={exampleOf(SOURCE)}
          required={field.required}
          value={printJson(edited.value)}
          onValueChange={(text) => edited.set(text === "" ? undefined : text)}
          onChoose={({ text, contentHash }) => draft.setSource(text, contentHash)}
        />
      )}
    </FieldFrame>
  );
}
