// Who is logged in. A session that ended on the server ends here too, whatever page is open.
import { readonly, shallowRef } from "vue";
import { api, Failure } from "./api";

const name = shallowRef<string | null>(null);
export const reviewer = readonly(name);

export async function resume(): Promise<void> {
  name.value = (await api.session())?.name ?? null;
}

export async function logIn(who: string, password: string): Promise<void> {
  name.value = (await api.login(who, password)).name;
}

export async function logOut(): Promise<void> {
  await api.logout().catch(() => undefined);
  name.value = null;
}

/** Runs something that needs a session; where it has ended, the login page comes. */
export async function within<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    if (failure instanceof Failure && failure.code === "unauthorised") name.value = null;
    throw failure;
  }
}
