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

/** Nobody is logged out before the server says so: whoever comes next would be let in as the one before. */
export async function logOut(): Promise<void> {
  await within(() => api.logout()).catch((failure) => {
    if (name.value !== null) throw failure;
  });
  name.value = null;
  // The next one begins with the queue.
  location.hash = "";
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
