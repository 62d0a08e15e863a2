// What the program tells the page without being asked. Each listener ends with the component that asked for it.
import { listen } from "@tauri-apps/api/event";
import { onScopeDispose } from "vue";
import type { HostEvents } from "./bindings";

/** Listens until the surrounding scope ends. */
export function on<Name extends keyof HostEvents>(name: Name, then: (payload: HostEvents[Name]) => void): void {
  let over = false;
  const stop = listen<HostEvents[Name]>(name, (event) => {
    if (!over) then(event.payload);
  });
  onScopeDispose(() => {
    over = true;
    void stop.then((unlisten) => unlisten());
  });
}
