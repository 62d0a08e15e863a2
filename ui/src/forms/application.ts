// One open application with its service: loaded, kept fresh, and the place in it remembered.
import { shallowRef } from "vue";
import { explain, host, on, type Answer, type ApplicationView, type Explained, type Filled, type Service } from "@/host";

export function useApplication(id: string) {
  const application = shallowRef<ApplicationView | null>(null);
  const service = shallowRef<Service | null>(null);
  const problem = shallowRef<Explained | null>(null);

  async function load(): Promise<boolean> {
    try {
      // Where something newer was put in its place meanwhile, what was read may be older: read again.
      let view: ApplicationView;
      let before: ApplicationView | null;
      do {
        before = application.value;
        view = await host.openApplication(id);
      } while (application.value !== before);
      service.value ??= await host.getService(view.service, view.serviceVersion);
      application.value = view;
      problem.value = null;
      return true;
    } catch (failure) {
      problem.value = explain(failure);
      return false;
    }
  }

  function take(filled: Filled): void {
    const before = application.value;
    if (before) application.value = { ...before, evaluation: filled.evaluation, savedAt: filled.savedAt };
  }

  /** What was answered here, so that a question that goes away and comes back still holds it. */
  function keep(field: string, answer: Answer | null): void {
    const before = application.value;
    if (!before) return;
    const answers = { ...before.answers };
    if (answer === null) delete answers[field];
    else answers[field] = answer;
    application.value = { ...before, answers };
  }

  /** Where a person comes back to; only while there is something to fill. */
  function remember(place: string, item?: string): void {
    const full = item ? `${place}?at=${encodeURIComponent(item)}` : place;
    if (application.value) void host.rememberPlace(id, full).catch(() => undefined);
  }

  on("application_changed", (event) => {
    if (event.applicationId === id) void load();
  });

  return { application, service, problem, load, take, keep, remember };
}
