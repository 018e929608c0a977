/** The part of jasmine-core 3 that the suite uses. */
declare module "jasmine-core" {
  type Failure = { message: string };
  type Reporter = {
    specDone(spec: { fullName: string; status: string; failedExpectations: Failure[] }): void;
    jasmineDone(result: { failedExpectations: Failure[] }): void;
  };
  type Environment = {
    configure(configuration: { random: boolean; specFilter(spec: { getFullName(): string }): boolean }): void;
    addReporter(reporter: Reporter): void;
    execute(): Promise<void>;
  };
  const core: {
    /** Defines `describe`, `it`, `expect` and the like as globals. */
    boot(jasmineCore: unknown): { getEnv(): Environment };
  };
  export = core;
}
