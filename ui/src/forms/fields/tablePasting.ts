// A table copied from a spreadsheet as rows of a repeated group. Tabs part the cells, line ends the rows; a quoted cell
// may hold either. Whether a cell is right is the program's business.
import type { Answer, Answers, Choice, Field } from "@/host";
import { joined, pasted } from "./dateParts";

/** The choices of a column, where it has any. */
export type ChoicesOf = (column: Field) => Choice[];

/** The cells of a copied table; `null` where the text is not one (a single cell). */
export function cellsOf(text: string): string[][] | null {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    rows.at(-1)!.push(cell.trim());
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "\t") endCell();
    else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at++;
      endCell();
      rows.push([]);
    } else cell += sign;
  }
  endCell();
  const written = rows.filter((cells) => cells.some((cell) => cell !== ""));
  const single = written.length === 1 && written[0]!.length === 1;
  return written.length === 0 || single ? null : written;
}

/** The table as answers of `columns`, in their order; its heading line is left out. */
export function rowsOf(cells: string[][], columns: Field[], choicesOf: ChoicesOf): Answers[] {
  const body = isHeading(cells[0] ?? [], columns) ? cells.slice(1) : cells;
  return body.map((row) => {
    const answers: Answers = {};
    for (const [index, column] of columns.entries()) {
      const value = answerOf(row[index] ?? "", column, choicesOf(column));
      if (value !== null) answers[column.id] = value;
    }
    return answers;
  });
}

const plain = (text: string) => text.trim().toLowerCase();

function isHeading(cells: string[], columns: Field[]): boolean {
  const first = cells[0];
  const column = columns[0];
  if (!first || !column) return false;
  return [column.label.zh, column.label.en, column.id].some((name) => plain(name) === plain(first));
}

function answerOf(cell: string, column: Field, choices: Choice[]): Answer | null {
  if (cell === "") return null;
  switch (column.kind) {
    case "consent":
    case "rows":
      return null;
    case "checkbox":
      return /^(是|有|√|1|y|yes|true)$/i.test(cell) ? true : null;
    case "date": {
      const parts = pasted(cell);
      return parts ? joined(parts) : cell;
    }
    case "money":
      return cell.replace(/[￥¥,，\s]|元$/g, "");
    default:
      return choices.find(({ value, label }) => [value, label.zh, label.en].some((name) => plain(name) === plain(cell)))?.value ?? cell;
  }
}
