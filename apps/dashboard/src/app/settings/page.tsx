/** Tokens, people and looks. */
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { SettingsPage } from "../../features/accounts/settings-page";
import { THEME_COOKIE, themeOf } from "../../features/shell/preference";

export const metadata: Metadata = { title: "Settings" };

export default async function Page() {
  return <SettingsPage theme={themeOf((await cookies()).get(THEME_COOKIE)?.value)} />;
}
