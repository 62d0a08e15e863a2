// Ctrl+V of a picture or file, as long as the page of materials is open. Text pasted into a field is left alone.
import { onMounted, onScopeDispose } from "vue";

/** Where text belongs: a paste there is not meant for a slot, unless it brings files. */
const WRITTEN_IN = "input, textarea, [contenteditable]";

/** `look`: the paste came without pictures, as in WebKitGTK; the program may see one on the clipboard. */
export function usePasting(take: (name: string, base64: string) => void, look: () => void): void {
  async function pasted(event: ClipboardEvent) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) {
      const written = event.target instanceof Element && event.target.closest(WRITTEN_IN);
      if (!written) look();
      return;
    }
    event.preventDefault();
    for (const file of files) take(file.name || `paste.${file.type.split("/")[1] ?? "png"}`, await base64Of(file));
  }
  onMounted(() => document.addEventListener("paste", pasted));
  onScopeDispose(() => document.removeEventListener("paste", pasted));
}

function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}
