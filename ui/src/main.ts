// The desk's window.
import { createApp } from "vue";
import App from "@/shell/App.vue";
import { router } from "@/shell/router";
import "@/shared/styles/index.css";

createApp(App).use(router).mount("#app");
