/** The part of npm's configuration reader that is used here; it carries no types. */
declare module "@npmcli/config" {
  class Config {
    constructor(options: {
      definitions: unknown;
      shorthands: unknown;
      flatten: unknown;
      npmPath: string;
      argv: string[];
      cwd: string;
      env: NodeJS.ProcessEnv;
      warn: boolean;
    });
    load(): Promise<void>;
    /** In the names that npm-registry-fetch and pacote use. */
    readonly flat: { readonly registry: string; readonly [option: string]: unknown };
  }
  export = Config;
}

declare module "@npmcli/config/lib/definitions/index.js" {
  const definitions: { definitions: unknown; shorthands: unknown; flatten: unknown };
  export = definitions;
}
