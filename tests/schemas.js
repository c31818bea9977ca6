// Validates with ajv, in its strict mode: {schema, files: {name: data}} in, {name: errors} out.
const [, , folder] = process.argv;
const { createRequire } = require("module");
const { default: Ajv } = createRequire(folder + "/x.js")("ajv");
const { schema, files } = JSON.parse(require("fs").readFileSync(0, "utf-8"));
// Two of its rules are of style: an alternative must name the type again, and each required key.
const ajv = new Ajv({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
  logger: false,
});
ajv.addKeyword("markdownDescription"); // what editors of VS Code's kind show in a hover
const validate = ajv.compile(schema);
const errors = Object.entries(files).map(([name, data]) => [
  name,
  validate(data) ? [] : validate.errors.map((error) => error.instancePath),
]);
process.stdout.write(JSON.stringify(Object.fromEntries(errors)));
