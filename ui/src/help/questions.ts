// The questions people ask most, with answers that can be followed at once.
import type { Text } from "@/shared/language";

export type Question = { id: string; question: Text; answer: Text[] };

export const questions: Question[] = [
  {
    id: "upload",
    question: { zh: "材料传不上去怎么办？", en: "A document is not accepted. What now?" },
    answer: [
      {
        zh: "JPG、PNG、PDF 和扫描件都可以，太大的会自动变小。打不开的文件，旁边会写明原因。",
        en: "JPG, PNG, PDF and scans all work; large ones are made smaller. Where a file cannot be opened, the reason stands beside it.",
      },
      {
        zh: "加了密码的 PDF 请先去掉密码再选；损坏的文件请重新拍一张，平放、四角都照到、不开闪光灯。",
        en: "Take the password off a protected PDF first. For a damaged file take a new photo: lay it flat, show all four corners, no flash.",
      },
    ],
  },
  {
    id: "id-number",
    question: { zh: "身份证号提示对不上？", en: "The ID number is said not to add up?" },
    answer: [
      {
        zh: "请对着身份证，从第一位起逐位看一遍。空格、全角数字、小写 x 都不要紧，会自动整理。",
        en: "Compare it with the card digit by digit. Blanks, wide digits and a small x do no harm; they are put right.",
      },
      {
        zh: "确实和证件一样还提示不对，请拨打 12393，或带证件到窗口办理。",
        en: "If it is the same as on the card and still refused, call 12393 or take the card to the counter.",
      },
    ],
  },
  {
    id: "login",
    question: { zh: "要不要注册、登录？", en: "Do I need to register or log in?" },
    answer: [
      {
        zh: "现在填写和提交都不用登录。您填的内容加密保存在这台电脑上，只有这台电脑打得开。",
        en: "Filling in and submitting need no login at present. What you fill in is kept encrypted on this computer and opens only here.",
      },
    ],
  },
  {
    id: "progress",
    question: { zh: "提交以后怎么看进度？", en: "How do I see how far it is?" },
    answer: [
      {
        zh: "点上面的“我的办件”。有变化时，这里会自动更新；要补材料的，会写明补什么、几号前补。",
        en: "Open “My cases” above. It follows changes by itself; where more is needed it says what, and by when.",
      },
      { zh: "过了写明的日期还没有结果，请报申请编号，拨打 12393 询问。", en: "If the date given has passed without an answer, call 12393 and quote the application number." },
    ],
  },
  {
    id: "offline",
    question: { zh: "没有网络还能办吗？", en: "Can I go on without a network?" },
    answer: [
      {
        zh: "能。填写、放材料、提交都可以，先得到一个暂存号；连上网会自动送出，再换成正式的申请编号，不用重填。",
        en: "Yes. Fill in, add documents, submit: you get a temporary number first. Once there is a connection it is sent by itself and gets its proper number.",
      },
    ],
  },
  {
    id: "mistake",
    question: { zh: "提交以后发现填错了？", en: "Found a mistake after submitting?" },
    answer: [
      {
        zh: "提交后不能自己改。请尽快拨打 12393 说明；审核时也会核对，需要时会请您补正。",
        en: "It cannot be changed after submitting. Call 12393 soon; the reviewer checks as well and will ask you where something needs mending.",
      },
    ],
  },
];
