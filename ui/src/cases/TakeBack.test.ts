import { afterEach, describe, expect, it, vi } from "vitest";
import { createApp, h, type App } from "vue";
import type { ApplicationView, Service } from "@/host";

const taken = vi.hoisted(() => vi.fn());
vi.mock("@/host", async (original) => ({ ...(await original<object>()), host: { takeBackApplication: taken } }));
import OnItsWay from "./OnItsWay.vue";

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.innerHTML = "";
});

function shown(mayTakeBack: boolean) {
  const application = { id: "a", status: "awaiting_upload", mayTakeBack, documents: [] } as unknown as ApplicationView;
  const root = document.body.appendChild(document.createElement("div"));
  app = createApp({ render: () => h(OnItsWay, { application, service: { materials: [] } as unknown as Service }) });
  app.mount(root);
  return root.querySelector<HTMLButtonElement>("[data-testid=take-back]");
}

describe("what waits to be sent", () => {
  it("is taken back with one press, and says so where it is too late", async () => {
    const text = { zh: "已经送到", en: "arrived" };
    taken.mockRejectedValueOnce({ code: "leaving_already", message: text, hint: text, details: null });
    shown(true)!.click();
    await vi.waitFor(() => expect(document.body.textContent).toContain("已经送到"));
    expect(taken).toHaveBeenCalledWith("a");
  });

  it("offers nothing once it may have left", () => {
    expect(shown(false)).toBeNull();
  });
});
