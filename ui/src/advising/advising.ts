// Asks the program anew after every answer. What is answered here is kept nowhere.
import { ref, shallowRef } from "vue";
import { explain, host, type Advice, type Adviser, type Answer, type Answers, type Explained } from "@/host";

type Ask = (answers: Answers) => Promise<Advice>;

export function useAdvising(ask: Ask = host.advise) {
  const adviser = shallowRef<Adviser | null>(null);
  const advice = shallowRef<Advice | null>(null);
  const problem = shallowRef<Explained | null>(null);
  const answers = ref<Answers>({});
  let turn = 0;

  async function look(): Promise<void> {
    const mine = ++turn;
    try {
      const told = await ask(answers.value);
      // An older word never replaces a newer one.
      if (mine === turn) advice.value = told;
      problem.value = null;
    } catch (failure) {
      if (mine === turn) problem.value = explain(failure);
    }
  }

  async function load(): Promise<void> {
    try {
      adviser.value = await host.getAdviser();
    } catch (failure) {
      problem.value = explain(failure);
      return;
    }
    await look();
  }

  function answer(question: string, value: Answer | null): Promise<void> {
    const next = { ...answers.value };
    if (value === null) delete next[question];
    else next[question] = value;
    answers.value = next;
    return look();
  }

  return { adviser, advice, problem, answers, load, answer };
}
