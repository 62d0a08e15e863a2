// The reviewers' console (审核台); served by the intake server under /console/.
import "@/shared/styles/index.css";
