// Prints what AsyncAPI's parser finds wrong with the file that is named, as JSON.
import { readFileSync } from 'node:fs';
import parser from '@asyncapi/parser';

const { Parser } = parser;
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const wrong = diagnostics.filter((each) => each.severity <= 1);
console.log(JSON.stringify({
    parsed: document !== undefined,
    wrong: wrong.map((each) => `${each.code}: ${each.message} at ${each.path.join('.')}`),
    messages: document?.allMessages().all().map((message) => message.name()),
}));
