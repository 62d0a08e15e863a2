// The pages of one application in order, and how far each is. What counts as done is the program's word.
import type { ApplicationView, Evaluation, Section, Service, SlotState, Text } from "@/host";
import { checkPlace, materialsPlace, sectionPlace } from "@/shell/places";

export type StepKey = string;
export type Step = { key: StepKey; place: string; title: Text; state: "done" | "open"; left: number; toMend: number; asked: number };

const words = {
  notice: { zh: "办理须知", en: "Notice" },
  materials: { zh: "上传材料", en: "Documents" },
  check: { zh: "核对并提交", en: "Check and submit" },
};

/** Whether a field or slot may be changed now. */
export function mayChange(application: ApplicationView, kind: "fields" | "slots", id: string): boolean {
  return application.editable === null || application.editable[kind].includes(id);
}

/** Whether nothing may be changed any more: handed in, or thrown away. */
export function isClosed({ editable }: ApplicationView): boolean {
  return editable !== null && editable.fields.length + editable.slots.length === 0;
}

/** Sections that have something to ask now; in a supplement only those with a named item. */
export function sectionsToFill(service: Service, application: ApplicationView): Section[] {
  const { evaluation, editable } = application;
  return service.sections.filter((section) => {
    if (editable) return section.fields.some((field) => editable.fields.includes(field.id));
    return evaluation.sections.find((state) => state.id === section.id)?.relevant ?? true;
  });
}

/** The slots that are asked for now. */
export function slotsAsked(evaluation: Evaluation): SlotState[] {
  return evaluation.materials.filter((material) => material.relevant).flatMap((material) => material.slots);
}

/** Whether the page of materials has anything to do. */
export function materialsToFill(application: ApplicationView): boolean {
  if (!application.editable) return application.evaluation.materials.some((material) => material.relevant);
  return application.editable.slots.length > 0 || application.editable.fields.some((id) => id.startsWith("material."));
}

export function stepsOf(service: Service, application: ApplicationView | null): Step[] {
  const notice: Step = { key: "notice", place: "notice", title: words.notice, state: application ? "done" : "open", left: 0, toMend: 0, asked: 0 };
  const check: Step = { key: "check", place: checkPlace, title: words.check, state: "open", left: 0, toMend: 0, asked: 0 };
  if (!application) {
    const sections = service.sections.map((section) => step(section.id, sectionPlace(section.id), section.title, 0, 0, false));
    const materials = service.materials.length > 0 ? [step("materials", materialsPlace, words.materials, 0, 0, false)] : [];
    return [notice, ...sections, ...materials, check];
  }
  const { evaluation } = application;
  const sections = sectionsToFill(service, application).map((section) => {
    const state = evaluation.sections.find((state) => state.id === section.id);
    const left = state?.missing ?? 0;
    const toMend = state?.toMend ?? 0;
    const asked = askedFor(application, "field", section.fields.map((field) => field.id));
    return step(section.id, sectionPlace(section.id), section.title, left, toMend, left + toMend + asked === 0, asked);
  });
  const missing = slotsAsked(evaluation).reduce((sum, slot) => sum + slot.missing, 0);
  const askedSlots = askedFor(application, "slot", null);
  const materials = materialsToFill(application)
    ? [step("materials", materialsPlace, words.materials, missing, 0, missing + askedSlots === 0, askedSlots)]
    : [];
  return [...(application.editable ? [] : [notice]), ...sections, ...materials, check];
}

function step(key: string, place: string, title: Text, left: number, toMend: number, done: boolean, asked = 0): Step {
  return { key, place, title, state: done ? "done" : "open", left, toMend, asked };
}

/** How many things the office asks for on one page, while a supplement is open. */
function askedFor({ editable, findings }: ApplicationView, kind: "field" | "slot", ids: string[] | null): number {
  if (!editable) return 0;
  return findings.filter(({ target }) => {
    if (target.kind === "whole" || (target.kind === "slot") !== (kind === "slot")) return false;
    return ids === null || ids.includes(target.id);
  }).length;
}

/** The page before and after one; `null` at the ends. */
export function around(steps: Step[], key: StepKey): { before: Step | null; after: Step | null } {
  const index = steps.findIndex((step) => step.key === key);
  return { before: steps[index - 1] ?? null, after: steps[index + 1] ?? null };
}
