// A SCIM server made of scimmy and scimmy-routers, in memory.
// usage: node scimmy.mjs PORT TOKEN
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);

SCIMMY.Config.set({
  patch: true,
  filter: { supported: true, maxResults: 50 },
  bulk: { supported: true, maxOperations: 100, maxPayloadSize: 1 << 20 },
  sort: true,
  etag: true,
  changePassword: false,
});

const kept = [];

// declare keeps the resources of a type, one of each name.
function declare(type, key) {
  const records = new Map();
  kept.push(records);
  let last = 0;
  const fail = (status, kind, detail) => {
    throw new SCIMMY.Types.Error(status, kind, detail);
  };
  const find = (id) => records.get(id) ?? fail(404, null, `no ${type.name} ${id}`);
  SCIMMY.Resources.declare(type)
    .ingress(async (resource, data) => {
      const before = resource.id === undefined ? undefined : find(resource.id);
      for (const other of records.values()) {
        if (other !== before && other[key].toLowerCase() === data[key].toLowerCase()) {
          fail(409, "uniqueness", `${key} is taken`);
        }
      }
      const id = before?.id ?? String(++last);
      const now = new Date();
      const record = { ...JSON.parse(JSON.stringify(data)), id, meta: { created: before?.meta.created ?? now, lastModified: now } };
      records.set(id, record);
      return record;
    })
    .egress(async (resource) => {
      if (resource.id !== undefined) return find(resource.id);
      const all = [...records.values()];
      return resource.filter ? resource.filter.match(all) : all;
    })
    .degress(async (resource) => {
      find(resource.id);
      records.delete(resource.id);
    });
}

declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), "userName");
declare(SCIMMY.Resources.Group, "displayName");

const app = express();
app.post("/reset", (_, response) => {
  for (const records of kept) records.clear();
  response.status(204).end();
});
app.use("/scim/v2", new SCIMMYRouters({
  type: "bearer",
  handler: async (request) => {
    if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("not authorized");
    return "somebody";
  },
}));
const server = app.listen(Number(port), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/scim/v2`));
