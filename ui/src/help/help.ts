// The help of the catalogue: everything, what was searched for, and what explains a code.
import { shallowRef } from "vue";
import { host, type Channel, type HelpEntry, type Text } from "@/host";

export type Topic = { title: Text; entries: HelpEntry[] };

/** Entries below their topics, in the order in which the topics first appear. */
export function byTopic(entries: HelpEntry[]): Topic[] {
  const topics = new Map<string, Topic>();
  for (const entry of entries) {
    const topic = topics.get(entry.topic.zh) ?? { title: entry.topic, entries: [] };
    topic.entries.push(entry);
    topics.set(entry.topic.zh, topic);
  }
  return [...topics.values()];
}

const asked = new Map<string, Promise<HelpEntry | null>>();

/** The first entry about the code of a finding or failure; asked once for each. Without help there is none. */
export function helpFor(code: string, find = host.findHelp): Promise<HelpEntry | null> {
  const known = asked.get(code) ?? find(code).then((entries) => entries[0] ?? null);
  asked.set(code, known);
  return known.catch(() => {
    asked.delete(code);
    return null;
  });
}

const directory = shallowRef<Channel[]>([]);

/** The official channels, read once. */
export function useChannels() {
  if (directory.value.length === 0) {
    host.listChannels().then(
      (channels) => (directory.value = channels),
      () => undefined,
    );
  }
  return directory;
}
