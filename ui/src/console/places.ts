// Which page is open, by the address's hash; two places are too few for a router.
import { computed, readonly, ref } from "vue";

const hash = ref(location.hash);
addEventListener("hashchange", () => (hash.value = location.hash));

/** The application whose case is open; `null` on the queue. */
export const openCase = computed(() => /^#\/cases\/([0-9a-f-]{36})$/.exec(hash.value)?.[1] ?? null);
export const address = readonly(hash);

export const queueAddress = "#/";
export const caseAddress = (applicationId: string) => `#/cases/${applicationId}`;
