// Renders templates with the real engines: lines of JSON in, lines of JSON out.
const [, , folder] = process.argv;
const { createRequire } = require("module");
const from = createRequire(folder + "/x.js");
const Mustache = from("mustache");
const Handlebars = from("handlebars");
const compiled = new Map();
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { template, parameters } = JSON.parse(line);
  if (!compiled.has(template)) compiled.set(template, Handlebars.compile(template));
  const answers = {
    mustache: Mustache.render(template, parameters),
    handlebars: compiled.get(template)(parameters, { allowProtoPropertiesByDefault: false }),
  };
  process.stdout.write(JSON.stringify(answers) + "\n");
});
