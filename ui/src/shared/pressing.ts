// What appears above a button moves it, and a button that moves between down and up is not pressed. So what a field
// says when it is left waits until the press that left it is over.
let isDown = false;
let waiting: (() => void)[] = [];

function over() {
  isDown = false;
  // The click comes after the pointer is up.
  setTimeout(() => {
    const all = waiting;
    waiting = [];
    for (const go of all) go();
  });
}

window.addEventListener("pointerdown", () => (isDown = true), true);
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, over, true);
// The window's own, not that of every field.
window.addEventListener("blur", over);

/** At once where nothing is pressed, else when the press is over and was answered. */
export const pressOver = (): Promise<void> => (isDown ? new Promise((go) => waiting.push(go)) : Promise.resolve());
