// Ctrl+V of a picture or file, as long as the page of materials is open. Text pasted into a field is left alone.
import { onMounted, onScopeDispose } from "vue";

export function usePasting(take: (name: string, base64: string) => void): void {
  async function pasted(event: ClipboardEvent) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
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
