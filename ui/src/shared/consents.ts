// What each separate consent is about, in words.
import type { ConsentClass } from "@/host/bindings/ConsentClass";
import type { Text } from "./language";

export const consentTitles: Record<ConsentClass, Text> = {
  notice: { zh: "办理须知", en: "The notice" },
  identity_documents: { zh: "单独同意：身份证件", en: "Separate consent: identity documents" },
  bank_card: { zh: "单独同意：银行卡", en: "Separate consent: bank card" },
  medical_records: { zh: "单独同意：医疗健康信息", en: "Separate consent: medical records" },
  minor: { zh: "监护人同意：未成年人的信息", en: "Guardian's consent: a minor's data" },
  special_status: { zh: "单独同意：困难、残疾等身份", en: "Separate consent: allowance, disability and the like" },
  declaration: { zh: "承诺", en: "Declaration" },
};
