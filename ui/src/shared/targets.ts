// What a finding points at: how it is called, and the item of the page that carries it.
import type { Finding } from "@/host/bindings/Finding";
import type { Service } from "@/host/bindings/Service";
import type { Target } from "@/host/bindings/Target";
import { say, type Text } from "./language";

const fieldsOf = (service: Service) => service.sections.flatMap(({ fields }) => fields);

/** The name of the field, the cell or the slot; empty for the whole. */
export function titleOf(service: Service, target: Target): string {
  switch (target.kind) {
    case "whole":
      return "";
    case "field":
      return say(fieldsOf(service).find(({ id }) => id === target.id)?.label);
    case "cell": {
      const rows = fieldsOf(service).find(({ id }) => id === target.id)?.rows;
      const column = rows?.columns.find(({ id }) => id === target.column);
      return [say(rows?.title), String(target.row + 1), say(column?.label)].filter(Boolean).join(" ");
    }
    case "slot": {
      const slots = service.materials.flatMap(({ alternatives }) => alternatives.flatMap(({ slots }) => slots));
      return say(slots.find(({ id }) => id === target.id)?.title);
    }
  }
}

/** The cell of a repeated group as an item of its page: `invoices-0-amount`. */
export const cellItem = (field: string, row: number, column: string) => `${field}-${row}-${column}`;

/** The item that is brought into view; `null` for the whole. */
export function itemOf(target: Target): string | null {
  if (target.kind === "whole") return null;
  return target.kind === "cell" ? cellItem(target.id, target.row, target.column) : target.id;
}

/** What is said away from the field: of a cell, also which row it is in. */
export function messageOf(service: Service, { target, message }: Pick<Finding, "target" | "message">): Text {
  if (target.kind !== "cell") return message;
  const title = fieldsOf(service).find(({ id }) => id === target.id)?.rows?.title ?? { zh: "", en: "" };
  const row = target.row + 1;
  return { zh: `${title.zh} ${row}：${message.zh}`, en: `${title.en} ${row}: ${message.en}` };
}
