// A contender's child process: a line of words in, a line of JSON out (README.md). Requests wait for each other.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Child {
  #process;
  #waiting = [];

  constructor(program, args, environment = {}) {
    const env = { ...process.env, ...environment };
    this.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    const lines = createInterface({ input: this.#process.stdout });
    lines.on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    this.#process.on('error', (error) => this.#end(error.message));
    this.#process.on('exit', (code, signal) => this.#end(`${program} ended (${signal ?? code})`));
    this.#process.stdin.on('error', () => {}); // the exit says it
  }

  // Throws what the child answers as an error.
  async ask(...words) {
    const answer = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${words.join(' ')}\n`);
    });
    if (answer.error) throw new Error(`${words.join(' ')}: ${answer.error}`);
    return answer;
  }

  async info() {
    Object.assign(this, await this.ask('info'));
    return this;
  }

  close() {
    this.#process.stdin.end();
  }

  #end(reason) {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(reason));
  }
}
