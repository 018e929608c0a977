/** Where people sign in, and what is said where nobody has to. */
"use client";
import { Button, Field, Input } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "../shell/link";
import { useState } from "react";
import { useTRPC } from "../../trpc/context";
import { useUrlState } from "../shell/url-state";
import { Entrance } from "./entrance";
import { PasswordField } from "./password-field";
import { safeNext } from "./safe-next";
import { signIn } from "./sign-in";

export function SignInPage() {
  const trpc = useTRPC();
  const [params] = useUrlState();
  const next = safeNext(params.get("next"));
  const session = useQuery(trpc.accounts.session.queryOptions()).data;
  if (session && (!session.demandsSignIn || session.caller?.kind === "user")) {
    return (
      <Entrance title={session.demandsSignIn ? "You are signed in" : "Nobody signs in here"}>
        <p className="mb-4 text-sm text-ink-2">
          {session.demandsSignIn
            ? `As ${session.caller?.name ?? "you"}.`
            : "This dashboard is bound to its own machine alone, and whoever reaches it is its user."}
        </p>
        <Button asChild variant="primary">
          <Link href={next}>Go on</Link>
        </Button>
      </Entrance>
    );
  }
  return (
    <Entrance title="Sign in" footer="No account? An administrator of this dashboard can invite you.">
      <SignInForm next={next} />
    </Entrance>
  );
}

function SignInForm({ next }: { next: string }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async () => {
    setIsBusy(true);
    setProblem(null);
    const refusal = await signIn({ email: email.trim(), password });
    // A whole new page: what was answered before belonged to nobody.
    if (refusal === null) return window.location.assign(next);
    setProblem(refusal);
    setIsBusy(false);
  };
  return (
    // By POST, so that no password gets into an address where the script has not come yet.
    <form
      method="post"
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label="E-mail address">
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="username"
            autoFocus
            required
            maxLength={300}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        )}
      </Field>
      <PasswordField value={password} onValueChange={setPassword} autoComplete="current-password" />
      {problem && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
          {problem}
        </p>
      )}
      <Button type="submit" variant="primary" busy={isBusy}>
        Sign in
      </Button>
    </form>
  );
}
