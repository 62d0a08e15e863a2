// What is said of a network that is charged by volume: in the bar, and on the case that waits for another one.
import type { Text } from "@/host";

export const costs = {
  heldBack: (n: number): Text => ({
    zh: `现在的网络按流量收费，${n} 项的材料还没有传`,
    en: `This network is charged by volume: the documents of ${n} ${n === 1 ? "application" : "applications"} are waiting`,
  }),
  early: {
    zh: "填好的内容已经送到，时间按送到时算；连上不限流量的网络，材料会自动上传。",
    en: "What you filled in has arrived, and that moment counts. The documents go by themselves over a network without such charges.",
  },
  earlyBesides: (n: number): Text => ({
    zh: `这些填好的内容已经送到，时间按送到时算。另有 ${n} 项还在等待送出。`,
    en: `What you filled in there has arrived, and that moment counts. ${n} more ${n === 1 ? "waits" : "wait"} to be sent.`,
  }),
};
