// Questions outside an application: the program is asked anew after every answer. What is answered here is kept nowhere.
import { ref, shallowRef } from "vue";
import { explain, type Answer, type Answers, type Explained } from "@/host";

export function useAsking<Told>(ask: (answers: Answers) => Promise<Told>) {
  const told = shallowRef<Told | null>(null);
  const problem = shallowRef<Explained | null>(null);
  const answers = ref<Answers>({});
  let turn = 0;

  async function look(): Promise<void> {
    const mine = ++turn;
    try {
      const word = await ask(answers.value);
      // An older word never replaces a newer one.
      if (mine === turn) told.value = word;
      problem.value = null;
    } catch (failure) {
      if (mine === turn) problem.value = explain(failure);
    }
  }

  function answer(question: string, value: Answer | null): Promise<void> {
    const next = { ...answers.value };
    if (value === null) delete next[question];
    else next[question] = value;
    answers.value = next;
    return look();
  }

  return { told, problem, answers, look, answer };
}
