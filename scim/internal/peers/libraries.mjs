// Answers questions with libraries of others, one line of JSON each.
//   {filter, resources}      → {matches: [...]} or {error}
//   {operations, resource}   → {resource} or {error}
// usage: node libraries.mjs < questions
import { createInterface } from "node:readline";
import patches from "scim-patch";
import filters from "scim2-parse-filter";

function answer(question) {
  if ("filter" in question) {
    const matches = filters.filter(filters.parse(question.filter));
    return { matches: question.resources.map((resource) => Boolean(matches(resource))) };
  }
  return { resource: patches.scimPatch(question.resource, question.operations, { mutateDocument: false }) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = answer(JSON.parse(line));
  } catch (error) {
    said = { error: String(error?.message ?? error) };
  }
  console.log(JSON.stringify(said));
}
