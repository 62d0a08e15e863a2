// The only door to the program. Pages import from here and nowhere below.
export * as host from "./bindings/commands";
export { on } from "./events";
export { explain } from "./explained";
export type * from "./bindings";
