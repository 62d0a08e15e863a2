// What the program says of the way to the office.
import { ref, shallowRef } from "vue";
import { host, on, type Connection } from "@/host";
import { refreshCases } from "./waiting";

const state = shallowRef<Connection | null>(null);
/** True for a few seconds after the last waiting item has gone. */
const justSent = ref(false);
let timer: ReturnType<typeof setTimeout> | undefined;

export const connection = state;
export const sentLately = justSent;

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
