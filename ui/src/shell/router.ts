// Every page and its address. Hash history: there is no server behind the window.
import { createRouter, createWebHashHistory } from "vue-router";
import HomePage from "@/catalogue/HomePage.vue";
import NoticePage from "@/catalogue/NoticePage.vue";
import FormPage from "@/forms/FormPage.vue";
import ResumePage from "@/forms/ResumePage.vue";
import MaterialsPage from "@/documents/MaterialsPage.vue";
import CheckPage from "@/submitting/CheckPage.vue";
import ReceiptPage from "@/submitting/ReceiptPage.vue";
import CasesPage from "@/cases/CasesPage.vue";
import CertificatePage from "@/certificate/CertificatePage.vue";
import HelpPage from "@/help/HelpPage.vue";
import WaitingPage from "@/calculating/WaitingPage.vue";
import AdviserPage from "@/advising/AdviserPage.vue";
import { adviserPlace, waitingPlace } from "./places";

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/", component: HomePage, meta: { nav: "home" } },
    { path: adviserPlace, component: AdviserPage, meta: { nav: "home" } },
    { path: waitingPlace, component: WaitingPage, meta: { nav: "home" } },
    { path: "/services/:service", component: NoticePage, props: true, meta: { nav: "home" } },
    { path: "/applications/:id", component: ResumePage, props: true, meta: { nav: "home" } },
    { path: "/applications/:id/notice", component: NoticePage, props: true, meta: { nav: "home" } },
    { path: "/applications/:id/form/:section", component: FormPage, props: true, meta: { nav: "home" } },
    { path: "/applications/:id/materials", component: MaterialsPage, props: true, meta: { nav: "home" } },
    { path: "/applications/:id/check", component: CheckPage, props: true, meta: { nav: "home" } },
    { path: "/applications/:id/receipt", component: ReceiptPage, props: true, meta: { nav: "cases" } },
    { path: "/cases", component: CasesPage, meta: { nav: "cases" } },
    { path: "/cases/:id", component: CasesPage, props: true, meta: { nav: "cases" } },
    { path: "/certificate", component: CertificatePage, meta: { nav: "certificate" } },
    { path: "/help/:entry?", component: HelpPage, props: true, meta: { nav: "help" } },
    { path: "/:rest(.*)*", redirect: "/" },
  ],
});
