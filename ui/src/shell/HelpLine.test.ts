import { afterEach, describe, expect, it } from "vitest";
import { createApp, h, type App } from "vue";
import { createMemoryHistory, createRouter } from "vue-router";
import HelpLine from "./HelpLine.vue";

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

/** The line, and a router that knows every address. */
async function line(places: boolean) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: "/:rest(.*)*", component: { render: () => null } }] });
  const root = document.body.appendChild(document.createElement("div"));
  app = createApp({ render: () => h(HelpLine, { places }) });
  app.use(router).mount(root);
  await router.push("/");
  return { root, router, ask: root.querySelector<HTMLAnchorElement>("[data-testid=ask-question]") };
}

describe("the help line", () => {
  it("offers the telephone and the question in writing, which opens its service", async () => {
    const { root, router, ask } = await line(true);
    expect(root.textContent).toContain("12393");
    expect(ask?.textContent).toContain("在线咨询");
    const arrived = new Promise((next) => router.afterEach(next));
    ask!.click();
    await arrived;
    expect(router.currentRoute.value.path).toBe("/services/consultation");
  });

  it("offers the telephone alone before the vault is open", async () => {
    const { root, ask } = await line(false);
    expect(root.textContent).toContain("12393");
    expect(ask).toBeNull();
  });
});
