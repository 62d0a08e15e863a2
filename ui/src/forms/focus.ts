// Brings a field or slot into view and puts the focus on its first control.

const WAIT_MS = 2000;

/** `id` of a field or slot. Controls whose choices are still on their way are waited for. */
export function focusField(id: string): void {
  if (focusNow(id)) return;
  const observer = new MutationObserver(() => {
    if (focusNow(id)) observer.disconnect();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), WAIT_MS);
}

function focusNow(id: string): boolean {
  const name = CSS.escape(id);
  const target =
    document.querySelector<HTMLElement>(`#field-${name}:is(input, select, textarea)`) ??
    document.querySelector<HTMLElement>(`[data-field="${name}"] :is(input, select, textarea, button)`);
  if (!target) return false;
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
  return document.activeElement === target;
}
