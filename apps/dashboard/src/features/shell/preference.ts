/** What a browser remembers of its reader: in cookies, so that the first page already comes as it was left. */

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export const THEME_COOKIE = "convkit-theme";
export const RAIL_COOKIE = "convkit-rail";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

export function themeOf(cookie: string | undefined): Theme {
  return cookie === "light" || cookie === "dark" ? cookie : "system";
}

export function rememberPreference(cookie: string, value: string): void {
  document.cookie = `${cookie}=${value}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Strict`;
}
