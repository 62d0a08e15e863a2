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
    return (state?.findings ?? []).filter((finding) => (finding.severity === "missing" ? asked.value : asked.value || left.has(id)));
  }
  return { left, asked, shown };
}

/** What stands in the way on one page, in the order of its fields. */
export function blockingOf(section: Section, application: ApplicationView): { field: string; finding: Finding }[] {
  return section.fields.flatMap((field) => {
    const state = application.evaluation.fields[field.id];
    if (!state?.relevant || !mayChange(application, "fields", field.id)) return [];
    const finding = state.findings.find((finding) => finding.severity !== "doubtful");
    return finding ? [{ field: field.id, finding }] : [];
  });
}
