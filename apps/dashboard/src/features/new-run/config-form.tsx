/** The form: what is learnt and by what, what one most often turns, and the rest in sections that unfold. */
"use client";
import { Card } from "@convkit/ui";
import { useMemo } from "react";
import { arrangeFields, type PlacedField } from "./arrange-fields";
import { ConfigField } from "./config-field";
import { describeFields } from "./describe-fields";
import { FoldedSection } from "./folded-section";
import type { JsonObject } from "./json-value";

export function ConfigForm({ schema }: { schema: JsonObject }) {
  const { subject, training, labels, folded } = useMemo(
    () => arrangeFields(describeFields(schema)),
    [schema],
  );
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card title="What is trained" className="relative z-10">
        <Fields fields={subject} columns="sm:grid-cols-2" />
      </Card>
      <Card title="How long and how fast">
        <Fields fields={training} columns="sm:grid-cols-2 xl:grid-cols-3" />
      </Card>
      <Card title="How it is found again">
        <Fields fields={labels} columns="sm:grid-cols-2 xl:grid-cols-3" />
      </Card>
      <Card title="Everything else" detail="has a default that works" flush>
        <div className="border-t border-line">
          {folded.map((section) => (
            <FoldedSection key={section.id} section={section} />
          ))}
        </div>
      </Card>
    </div>
  );
}

function Fields({ fields, columns }: { fields: readonly PlacedField[]; columns: string }) {
  return (
    <div className={`grid gap-x-5 gap-y-4 ${columns}`}>
      {fields.map(({ path, field }) => (
        <ConfigField key={field.key} path={path} field={field} />
      ))}
    </div>
  );
}
