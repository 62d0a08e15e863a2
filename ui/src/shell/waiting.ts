// How many matters wait for the person, for the mark beside 我的办件.
import { computed, shallowRef } from "vue";
import { host, on, type CaseSummary } from "@/host";

const rows = shallowRef<CaseSummary[]>([]);

export const cases = rows;
export const needsYou = (row: CaseSummary) => row.status === "supplement_needed" || row.status === "quarantined";
export const waitingForYou = computed(() => rows.value.filter(needsYou).length);

/** Reads all cases again. */
export async function refreshCases(): Promise<CaseSummary[]> {
  rows.value = await host.listCases();
  return rows.value;
}

/** Keeps the list fresh as long as the surrounding scope lives. */
export function followCases(): void {
  on("application_changed", () => void refreshCases().catch(() => undefined));
}
