// A SCIM server made of better-auth and its SCIM plugin, in memory.
// usage: node better-auth.mjs PORT TOKEN
import http from "node:http";
import { scim } from "@better-auth/scim";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";

const [port, token] = process.argv.slice(2);
let handler;
const server = http.createServer((request, response) => {
  if (request.url !== "/reset") return handler(request, response);
  begin();
  response.writeHead(204).end();
});

// begin makes a handler without any data.
function begin() {
  const db = {};
  const options = {
    baseURL: address(),
    secret: "a secret of a server that ends with its test",
    database: memoryAdapter(db),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [scim({ connections: [{ id: "engineering", credentials: [{ type: "bearer", id: "one", token }] }] })],
  };
  for (const table of Object.values(getAuthTables(options))) db[table.modelName] = [];
  handler = toNodeHandler(betterAuth(options));
}

const address = () => `http://127.0.0.1:${server.address().port}`;

server.listen(Number(port), "127.0.0.1", () => {
  begin();
  console.log(`${address()}/api/auth/scim/v2`);
});
