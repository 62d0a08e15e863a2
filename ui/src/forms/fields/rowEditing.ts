// The rows of a repeated group while they are edited: each keeps a key of its own, so that removing one never mixes
// up the controls of the others, and what was removed last can be brought back.
import { computed, reactive, ref, shallowRef } from "vue";
import type { Answer, Answers } from "@/host";

/** `filled` grows when the row is filled from outside its controls, which are then drawn anew. */
export type Row = { key: number; filled: number; cells: Answers };
type Removed = { row: Row; at: number };

const rowsOf = (answer: Answer | null): Answers[] => (Array.isArray(answer) ? answer : []);

export function useRows(initial: Answer | null, max: number) {
  let next = 0;
  const rows = ref<Row[]>(rowsOf(initial).map((cells) => ({ key: next++, filled: 0, cells: { ...cells } })));
  const removed = shallowRef<Removed | null>(null);
  /** Cells that were left, by the key of their row: what is wrong there is shown. */
  const left = reactive(new Set<string>());
  const mark = (row: Row, column: string) => `${row.key}.${column}`;
  for (const row of rows.value) for (const column of Object.keys(row.cells)) left.add(mark(row, column));

  /** The answer of the whole group; without rows there is none. */
  const answer = computed<Answer | null>(() => (rows.value.length > 0 ? rows.value.map(({ cells }) => ({ ...cells })) : null));
  const full = computed(() => rows.value.length >= max);

  function add(): void {
    if (full.value) return;
    rows.value.push({ key: next++, filled: 0, cells: {} });
    removed.value = null;
  }

  function remove(at: number): void {
    const [row] = rows.value.splice(at, 1);
    if (row) removed.value = { row, at };
  }

  /** Brings the row back that was removed last, to where it stood. */
  function undo(): number | null {
    if (!removed.value || full.value) return null;
    const { row, at } = removed.value;
    rows.value.splice(at, 0, row);
    removed.value = null;
    return at;
  }

  function write(at: number, column: string, value: Answer | null): void {
    const row = rows.value[at];
    if (!row) return;
    if (value === null) delete row.cells[column];
    else row.cells[column] = value;
  }

  function leave(at: number, column: string): void {
    const row = rows.value[at];
    if (row) left.add(mark(row, column));
  }

  const wasLeft = (at: number, column: string) => rows.value[at] !== undefined && left.has(mark(rows.value[at], column));

  /** Writes a table from row `at` on, adding rows as there is room. Says how many rows had no room. */
  function fill(at: number, table: Answers[]): number {
    const room = max - at;
    for (const [offset, cells] of table.slice(0, room).entries()) {
      if (!rows.value[at + offset]) rows.value.push({ key: next++, filled: 0, cells: {} });
      const row = rows.value[at + offset]!;
      Object.assign(row.cells, cells);
      row.filled++;
      for (const column of Object.keys(cells)) left.add(mark(row, column));
    }
    removed.value = null;
    return Math.max(0, table.length - room);
  }

  return { rows, removed, answer, full, add, remove, undo, write, leave, wasLeft, fill };
}
