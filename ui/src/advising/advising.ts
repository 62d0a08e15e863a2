// The adviser's questions, and what the answers come to.
import { shallowRef } from "vue";
import { explain, host, type Advice, type Adviser, type Answers } from "@/host";
import { useAsking } from "@/forms/asking";

type Ask = (answers: Answers) => Promise<Advice>;

export function useAdvising(ask: Ask = host.advise) {
  const adviser = shallowRef<Adviser | null>(null);
  const { told: advice, problem, answers, look, answer } = useAsking(ask);

  async function load(): Promise<void> {
    try {
      adviser.value = await host.getAdviser();
    } catch (failure) {
      problem.value = explain(failure);
      return;
    }
    await look();
  }

  return { adviser, advice, problem, answers, load, answer };
}
