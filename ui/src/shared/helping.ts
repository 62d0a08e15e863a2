// By which the desk's window lends its help to the parts that the console shows too; the console has none.
import type { Component, InjectionKey } from "vue";

/** Draws a link for the `code` of a finding or a failure, or nothing. */
export const helpLink: InjectionKey<Component<{ code: string }>> = Symbol("helpLink");
