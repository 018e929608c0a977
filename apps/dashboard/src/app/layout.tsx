/**
 * The document around every page. It reads cookies, so pages are rendered per request: theme and rail come right the
 * first time, and scripts carry the nonce of that request's Content-Security-Policy.
 */
import { ToastProvider } from "@convkit/ui";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { PageFrame } from "../features/accounts/page-frame";
import { RAIL_COOKIE, THEME_COOKIE, themeOf } from "../features/shell/preference";
import { ApiProvider } from "../trpc/api-provider";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "convkit", template: "%s · convkit" },
  description: "Experiments kept, found, compared and understood",
  referrer: "no-referrer",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f8f8f7" },
    { media: "(prefers-color-scheme: dark)", color: "#0f1113" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const theme = themeOf(jar.get(THEME_COOKIE)?.value);
  return (
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      {...(theme !== "system" && { "data-theme": theme })}
      suppressHydrationWarning
    >
      <body>
        <ApiProvider>
          <ToastProvider>
            <PageFrame theme={theme} railFolded={jar.get(RAIL_COOKIE)?.value === "folded"}>
              {children}
            </PageFrame>
          </ToastProvider>
        </ApiProvider>
      </body>
    </html>
  );
}
