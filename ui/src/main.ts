import { createApp } from "vue";
import App from "@/shell/App.vue";
import "@/shared/styles/index.css";

createApp(App).mount("#app");
