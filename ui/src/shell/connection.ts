// What the program says of the way to the office.
import { computed, ref, shallowRef } from "vue";
import { host, on, type Connection } from "@/host";
import { refreshCases } from "./waiting";

const state = shallowRef<Connection | null>(null);
/** True for a few seconds after the last waiting item has gone. */
const justSent = ref(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export const connection = state;
export const sentLately = justSent;

/** No network helps: this computer is not told where the office is, or not rightly. */
const UNSET = ["server_address_missing", "server_address_unreadable", "server_address_not_encrypted", "server_ca_unreadable"];
export const officeUnset = computed(() => UNSET.includes(state.value?.lastProblem?.code ?? ""));
export const unset = {
  zh: "已经存在这台电脑上。这台电脑还没有设置好受理机构，设置好以后才会送出，不用重填。",
  en: "It is kept on this computer. The office is not set up here yet; it goes once that is done, and nothing has to be filled in again.",
};

function take(next: Connection): void {
  const before = state.value;
  state.value = next;
  if (before && before.waiting > 0 && next.waiting === 0 && next.online) void sayThatAllIsSent();
}

/** Nothing waits any more; but what the office refused has not arrived. */
async function sayThatAllIsSent(): Promise<void> {
  const rows = await refreshCases().catch(() => null);
  if (!rows || rows.some(({ status }) => status === "quarantined")) return;
  justSent.value = true;
  clearTimeout(timer);
  timer = setTimeout(() => (justSent.value = false), 5000);
}

/** Follows the connection as long as the window is open. */
export function followConnection(): void {
  on("connection_changed", take);
  host.getConnection().then(take, () => undefined);
}
