import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp, h, shallowRef, type App } from "vue";
import { createMemoryHistory, createRouter, RouterView, type Router } from "vue-router";
import type { Explained } from "@/host";
import { useStaying } from "./staying";

const full: Explained = { code: "disk_full", message: { zh: "满了", en: "full" }, hint: { zh: "", en: "" }, details: null };

describe("a page with something unsaved", () => {
  const problem = shallowRef<Explained | null>(null);
  const show = vi.fn();
  let flush: () => Promise<void>;
  let staying: ReturnType<typeof useStaying>;
  let router: Router;
  let app: App;

  beforeEach(async () => {
    problem.value = null;
    show.mockClear();
    flush = async () => undefined;
    const Form = {
      setup() {
        staying = useStaying({ flush: () => flush(), problem }, show);
        return () => h("p");
      },
    };
    router = createRouter({
      history: createMemoryHistory(),
      routes: [
        { path: "/form/:section", component: Form },
        { path: "/", component: { render: () => h("p") } },
      ],
    });
    app = createApp({ render: () => h(RouterView) }).use(router);
    await router.push("/form/person");
    app.mount(document.createElement("div"));
  });
  afterEach(() => app.unmount());

  const failing = async () => {
    problem.value = full;
  };

  it("is left when everything could be saved", async () => {
    await router.push("/");
    expect(router.currentRoute.value.path).toBe("/");
    expect(show).not.toHaveBeenCalled();
  });

  it("stays and shows why, also towards the next section", async () => {
    flush = failing;
    for (const elsewhere of ["/", "/form/contact"]) {
      await router.push(elsewhere);
      expect(router.currentRoute.value.path).toBe("/form/person");
      expect(staying.wanted.value).toBe(elsewhere);
    }
    expect(show).toHaveBeenCalledTimes(2);
  });

  it("is left all the same when that is chosen", async () => {
    flush = failing;
    await router.push("/");
    await staying.leaveAnyway();
    expect(router.currentRoute.value.path).toBe("/");
  });

  it("goes on by itself once saving works again", async () => {
    flush = failing;
    await router.push("/");
    await staying.again();
    expect(router.currentRoute.value.path).toBe("/form/person");
    flush = async () => {
      problem.value = null;
    };
    await staying.again();
    expect(router.currentRoute.value.path).toBe("/");
  });
});
