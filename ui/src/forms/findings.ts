// Which of the program's findings are shown when: what is wrong once a field was left, what is missing once one has
// asked to go on.
import { reactive, ref } from "vue";
import type { ApplicationView, FieldState, Finding, Section } from "@/host";
import { mayChange } from "./steps";

export function useShownFindings() {
  const left = reactive(new Set<string>());
  const asked = ref(false);

  /** The finding to show at a field, the gravest first. */
  function shown(id: string, state: FieldState | undefined): Finding[] {
    return visible(state?.findings ?? [], asked.value, left.has(id));
  }
  return { left, asked, shown };
}

/** What is wrong once the field was `left`, what is missing once going on was `asked` for. */
export function visible(findings: Finding[], asked: boolean, left: boolean): Finding[] {
  return findings.filter((finding) => asked || (left && finding.severity !== "missing"));
}

/** The gravest finding of each field and cell that stands in the way on one page, in their order. */
export function blockingOf(section: Section, application: ApplicationView): Finding[] {
  return section.fields.flatMap((field) => {
    const state = application.evaluation.fields[field.id];
    if (!state?.relevant || !mayChange(application, "fields", field.id)) return [];
    const cells = state.rows.flatMap((row) => (field.rows?.columns ?? []).map((column) => row.fields[column.id]));
    return [state, ...cells].flatMap((state) => state?.findings.find(({ severity }) => severity !== "doubtful") ?? []);
  });
}
