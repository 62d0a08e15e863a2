// The choices of a field: its own, or those of a code table.
import { ref, shallowRef, type Ref } from "vue";
import { host, type Choice, type Field } from "@/host";

const tables = new Map<string, Promise<Choice[]>>();

const arrived = new Map<string, Choice[]>();

export function useChoices(field: Field): Ref<Choice[]> {
  const choices = shallowRef<Choice[]>(choicesNow(field));
  const table = field.table;
  if (choices.value.length > 0 || !table) return choices;
  const known = tables.get(table) ?? host.listChoices(table);
  tables.set(table, known);
  known.then(
    (rows) => {
      arrived.set(table, rows);
      choices.value = rows;
    },
    () => tables.delete(table),
  );
  return choices;
}

/** As far as they are here already. */
export function choicesNow(field: Field): Choice[] {
  return field.choices.length > 0 || !field.table ? field.choices : (arrived.get(field.table) ?? []);
}

/** Text typed into a control, held here while it is being written; words still being composed are not sent. */
export function useTyped(initial: string, send: (text: string) => void) {
  const text = ref(initial);
  function typed(event: Event): void {
    text.value = (event.target as HTMLInputElement).value;
    if (event instanceof InputEvent && event.isComposing) return;
    send(text.value);
  }
  return { text, typed };
}
