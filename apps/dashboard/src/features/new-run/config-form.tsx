/** The form: what is learnt and by what, what one most often turns, and the rest in sections that unfold. */
"use client";
import { Card } from "@convkit/ui";
import { useMemo, type ReactNode } from "react";
import { arrangeFields, type PlacedField } from "./arrange-fields";
import { ConfigField } from "./config-field";
import { describeFields } from "./describe-fields";
import { FoldedSection } from "./folded-section";
import { forkOf } from "./fork-locks";
import { ForkOrigin } from "./fork-origin";
import { useConfigForm } from "./form-context";
import type { JsonObject } from "./json-value";
import { RecipeField } from "./recipe-field";
import { ScheduleDrawing } from "./schedule-drawing";

export function ConfigForm({ schema }: { schema: JsonObject }) {
  const fields = useMemo(() => describeFields(schema), [schema]);
  const { subject, training, labels, folded } = useMemo(() => arrangeFields(fields), [fields]);
  const fork = forkOf(useConfigForm().draft.config);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card title="Where it begins">{fork ? <ForkOrigin fork={fork} /> : <RecipeField />}</Card>
      <Card title="What is trained" className="relative z-10">
        <Fields fields={subject} columns="sm:grid-cols-2" />
      </Card>
      <Card title="How long and how fast">
        <Fields fields={training} columns="sm:grid-cols-2 xl:grid-cols-3">
          <ScheduleDrawing fields={fields} />
        </Fields>
      </Card>
      <Card title="How it is found again">
        <Fields fields={labels} columns="sm:grid-cols-2 xl:grid-cols-3" />
      </Card>
      <Card title="Everything else" detail="has a default that works" flush>
        <div className="border-t border-line">
          {folded.map((section) => (
            <FoldedSection key={section.id} section={section}>
              {section.id === "schedule" && <ScheduleDrawing fields={fields} />}
            </FoldedSection>
          ))}
        </div>
      </Card>
    </div>
  );
}

interface FieldsProps {
  fields: readonly PlacedField[];
  columns: string;
  /** Below them. */
  children?: ReactNode;
}

function Fields({ fields, columns, children }: FieldsProps) {
  return (
    <div className={`grid gap-x-5 gap-y-4 ${columns}`}>
      {fields.map(({ path, field }) => (
        <ConfigField key={field.key} path={path} field={field} />
      ))}
      {children}
    </div>
  );
}
