// Opens documents in yaml-language-server over its own protocol, as an editor does.
//
// stdin: {root, schemas: {url: [glob, ...]}, documents: [{path, text?, hover?: [[line, column], ...],
// complete?: [[line, column], ...]}]}; stdout: the same order, {path, diagnostics, hover, complete}.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const job = JSON.parse(readFileSync(0, "utf8"));
const home = dirname(createRequire(import.meta.url).resolve("yaml-language-server/package.json"));
const server = spawn(process.execPath, [join(home, "bin", "yaml-language-server"), "--stdio"]);
const settings = {
  yaml: { schemas: job.schemas, schemaStore: { enable: false }, validate: true, hover: true, completion: true },
};

let buffer = Buffer.alloc(0);
let lastId = 0;
const waiting = new Map();
const diagnosed = new Map();

function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  server.stdin.write(body);
}

function ask(method, params) {
  const id = ++lastId;
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

// What the server itself asks of an editor.
function answer(message) {
  if (message.method === "workspace/configuration") {
    return message.params.items.map((item) => settings[item.section] ?? {});
  }
  return null;
}

function receive(message) {
  if (message.method === "textDocument/publishDiagnostics") {
    const { uri, diagnostics } = message.params;
    diagnosed.get(uri)?.(diagnostics);
  } else if (message.method && message.id !== undefined) {
    send({ id: message.id, result: answer(message) });
  } else if (message.id !== undefined) {
    waiting.get(message.id)?.(message.result);
    waiting.delete(message.id);
  }
}

server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.toString("utf8", 0, end))[1]);
    if (buffer.length < end + 4 + length) return;
    const body = buffer.toString("utf8", end + 4, end + 4 + length);
    buffer = buffer.subarray(end + 4 + length);
    receive(JSON.parse(body));
  }
});

function hovered(found) {
  const contents = found?.contents;
  return typeof contents === "string" ? contents : (contents?.value ?? "");
}

async function open(document) {
  const uri = pathToFileURL(join(job.root, document.path)).href;
  const text = document.text ?? readFileSync(join(job.root, document.path), "utf8");
  const told = new Promise((resolve) => diagnosed.set(uri, resolve));
  send({
    method: "textDocument/didOpen",
    params: { textDocument: { uri, languageId: "yaml", version: 1, text } },
  });
  const diagnostics = (await told).map((d) => ({ line: d.range.start.line + 1, message: d.message }));
  const at = ([line, character]) => ({ textDocument: { uri }, position: { line, character } });
  const hover = [];
  for (const place of document.hover ?? []) {
    hover.push(hovered(await ask("textDocument/hover", at(place))));
  }
  const complete = [];
  for (const place of document.complete ?? []) {
    const found = await ask("textDocument/completion", at(place));
    complete.push((found?.items ?? found ?? []).map((item) => item.label));
  }
  send({ method: "textDocument/didClose", params: { textDocument: { uri } } });
  return { path: document.path, diagnostics, hover, complete };
}

await ask("initialize", {
  processId: process.pid,
  rootUri: pathToFileURL(job.root).href,
  workspaceFolders: [{ uri: pathToFileURL(job.root).href, name: "policy" }],
  capabilities: {
    workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
    textDocument: { hover: { contentFormat: ["markdown"] }, completion: {} },
  },
});
send({ method: "initialized", params: {} });
send({ method: "workspace/didChangeConfiguration", params: { settings } });
const results = [];
for (const document of job.documents) results.push(await open(document));
process.stdout.write(JSON.stringify(results));
server.kill();
