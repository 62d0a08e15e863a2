// The reviewers' console (审核台); served by the intake server under /console/.
import { createApp } from "vue";
import ConsoleApp from "./ConsoleApp.vue";
import "@/shared/styles/index.css";

// There are no settings here: staff zoom their browser, and contrast follows the system.
const contrast = matchMedia("(prefers-contrast: more)");
const follow = () => (document.documentElement.dataset.theme = contrast.matches ? "hc" : "light");
contrast.addEventListener("change", follow);
follow();

createApp(ConsoleApp).mount("#app");
