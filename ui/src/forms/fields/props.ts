// What every control of a field is given and says.
import type { Answer, Choice, Field, FieldState } from "@/host";

export type ControlProps = {
  field: Field;
  state: FieldState;
  answer: Answer | null;
  choices: Choice[];
  inputId: string;
  describedBy?: string;
  invalid?: boolean;
  /** Going on was asked for: what is missing is shown too. */
  asked?: boolean;
};
export type ControlEvents = { answer: [value: Answer | null]; leave: [] };

/** The text of an answer; empty where there is none. */
export const textOf = (answer: Answer | null): string => (typeof answer === "string" ? answer : "");
/** An empty text clears the answer. */
export const orNothing = (text: string): string | null => (text === "" ? null : text);
