// Brings a field into view and puts the focus on its first control.

/** `id` of a field or slot of the application. */
export function focusField(id: string): void {
  const target =
    document.querySelector<HTMLElement>(`#field-${CSS.escape(id)}:is(input, select, textarea)`) ??
    document.querySelector<HTMLElement>(`[data-field="${CSS.escape(id)}"] :is(input, select, textarea, button)`) ??
    document.querySelector<HTMLElement>(`[data-field="${CSS.escape(id)}"]`);
  if (!target) return;
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}
