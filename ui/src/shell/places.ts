// The addresses of the pages. Those of one application double as the `place` the program remembers.
import type { RouteLocationRaw } from "vue-router";
import type { Service, Target } from "@/host";

export const noticeOf = (serviceId: string) => `/services/${serviceId}`;
/** 在线咨询, the question that the office answers. */
export const consultationPlace = noticeOf("consultation");
export const applicationAt = (id: string, place: string) => `/applications/${id}/${place}`;
export const sectionPlace = (section: string) => `form/${section}`;
export const materialsPlace = "materials";
export const checkPlace = "check";
export const receiptPlace = "receipt";
export const adviserPlace = "/adviser";
export const waitingPlace = "/waiting-period";
export const helpAt = (entry: string) => `/help/${entry}`;
export const caseOf = (id: string) => `/cases/${id}`;

/** A place of an application, optionally at one item, and optionally with the way back to the check page. */
export function at(id: string, place: string, item?: string, back?: "check"): RouteLocationRaw {
  const query: Record<string, string> = {};
  if (item) query.at = item;
  if (back) query.back = back;
  return { path: applicationAt(id, place), query };
}

/** The page where something is changed. */
export function placeOf(service: Service, target: Target): string {
  if (target.kind === "slot") return materialsPlace;
  if (target.kind === "whole") return checkPlace;
  const section = service.sections.find(({ fields }) => fields.some(({ id }) => id === target.id));
  return section ? sectionPlace(section.id) : materialsPlace;
}
