// Prints the journey in Node.js as JSON: origin, transcript.
import { readFileSync } from 'node:fs';
import { journey } from './journey.js';
const [origin = '', transcript = ''] = process.argv.slice(2);
console.log(JSON.stringify(await journey(origin, readFileSync(transcript, 'utf8'))));
