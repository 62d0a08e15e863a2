// The three lists of a region, filled from the program: each choice opens the next list.
import { computed, reactive, ref, shallowRef } from "vue";
import { host, type Region } from "@/host";

export const LEVELS = ["province", "city", "county"] as const;
export type Level = (typeof LEVELS)[number];

export function useRegions() {
  const lists = reactive<Record<Level, Region[]>>({ province: [], city: [], county: [] });
  const chosen = reactive<Record<Level, string>>({ province: "", city: "", county: "" });
  /** The name of a county that the list does not have, typed below its city; `null` where it is chosen from the list. */
  const typed = ref<string | null>(null);
  const failed = shallowRef<unknown>(null);

  /** The deepest division chosen so far; a typed county stands behind its city, `653200/和安县`. */
  const code = computed(() => {
    if (typed.value?.trim() && chosen.city) return `${chosen.city}/${typed.value.trim()}`;
    return chosen.county || chosen.city || chosen.province || null;
  });
  /** Whether a level has anything to choose: not below a city without counties. */
  const shown = computed<Record<Level, boolean>>(() => ({
    province: true,
    city: !lists.province.find((region) => region.code === chosen.province)?.leaf,
    county: !lists.city.find((region) => region.code === chosen.city)?.leaf && !lists.province.find((region) => region.code === chosen.province)?.leaf,
  }));

  async function list(level: Level, parent: string | null): Promise<void> {
    try {
      lists[level] = await host.listRegions(parent);
    } catch (failure) {
      failed.value = failure;
    }
  }

  async function choose(level: Level, value: string): Promise<void> {
    chosen[level] = value;
    typed.value = null;
    for (const below of LEVELS.slice(LEVELS.indexOf(level) + 1)) {
      chosen[below] = "";
      lists[below] = [];
    }
    const next = LEVELS[LEVELS.indexOf(level) + 1];
    if (value && next && shown.value[next]) await list(next, value);
  }

  /** Fills all three from a path, for example after a search. */
  async function fill(path: Region[]): Promise<void> {
    if (lists.province.length === 0) await list("province", null);
    for (const [index, level] of LEVELS.entries()) await choose(level, path[index]?.code ?? "");
  }

  /** Types the county instead of choosing it, or `null` to choose it again. */
  function type(name: string | null): void {
    chosen.county = "";
    typed.value = name;
  }

  return { lists, chosen, typed, code, shown, failed, list, choose, fill, type };
}
