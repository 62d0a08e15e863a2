// What a finding points at: how it is called, and on which page of the form it is.
import type { Service, Target } from "@/host";
import { say } from "@/shared/language";
import { checkPlace, materialsPlace, sectionPlace } from "@/shell/places";

/** The name of the field or slot; empty for the whole. */
export function titleOf(service: Service, target: Target): string {
  if (target.kind === "whole") return "";
  if (target.kind === "field") return say(service.sections.flatMap(({ fields }) => fields).find(({ id }) => id === target.id)?.label);
  const slots = service.materials.flatMap(({ alternatives }) => alternatives.flatMap(({ slots }) => slots));
  return say(slots.find(({ id }) => id === target.id)?.title);
}

/** The page where it is changed. */
export function placeOf(service: Service, target: Target): string {
  if (target.kind === "slot") return materialsPlace;
  if (target.kind === "whole") return checkPlace;
  const section = service.sections.find(({ fields }) => fields.some(({ id }) => id === target.id));
  return section ? sectionPlace(section.id) : materialsPlace;
}
