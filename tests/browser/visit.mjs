// Visits pages in a headless Chromium and tells, as JSON on stdout, what a reader sees there.
//
// On stdin: {"pages": [{"url": ..., "moves": [[control, share], ...]}], "tasks": ["moves", "use", "walk", "audit"]}.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {chromium} from "playwright-core";

const {pages, tasks} = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"]});

// What the page shows, and the numbers that it has computed for it.
const state = () => {
  const numbers = parts => parts.filter(part => typeof part === "number").map(k => String(Number(y[k])));
  return {
    inputs: x.map(String),
    cells: data.cells.map(([digits, parts], k) => ({text: cells[k].textContent, digits, numbers: numbers(parts)})),
    rows: data.rows.map(([digits, room, parts], k) => ({text: rows[k].textContent, digits, room, numbers: numbers(parts)})),
  };
};

async function visited(url, options, look) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests = [], errors = [];
  page.on("request", request => requests.push(request.url()));
  page.on("pageerror", error => errors.push(String(error)));
  page.on("console", message => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  const found = await look(page);
  await context.close();
  return {...found, requests, errors};
}

const moves = ({url, moves}) => visited(url, {viewport: {width: 1280, height: 800}}, async page => {
  const states = [await page.evaluate(state)];
  for (const [control, share] of moves) {
    const slider = page.locator(`#slider${control}`);
    await slider.evaluate((element, share) => {
      element.valueAsNumber = Number(element.min) + share * (element.max - element.min);
      element.dispatchEvent(new Event("input", {bubbles: true}));
    }, share);
    states.push(await page.evaluate(state));
  }
  const right = await page.evaluate("document.documentElement.dataset.right");
  return {names: await page.evaluate("data.names"), controls: await page.evaluate("data.controls.length"), states, right};
});

const use = ({url}) => visited(url, {viewport: {width: 1280, height: 800}}, async page => {
  const field = page.locator("#field0");
  const before = await field.inputValue(), relation = await page.locator("#check").textContent();
  await page.locator("#slider0").focus();
  await page.keyboard.press("ArrowRight");
  const after = await field.inputValue();
  await field.fill("1.5");
  await page.waitForTimeout(400);
  const said = await page.locator("#said").textContent();
  const address = page.url();
  const shown = await page.evaluate(state);
  const again = await visited(address, {}, async other => ({state: await other.evaluate(state)}));
  const sentences = [], marked = [];
  for (let n = await page.evaluate("data.steps.length"); n > 0; n--) {
    await page.locator("#next").click();
    sentences.push(await page.locator("#step").textContent());
    marked.push(await page.locator("g.now").count());
  }
  const ended = await page.locator("#next").isDisabled();
  await page.locator("#play").click();
  const playing = await page.locator("#play").textContent();
  await page.locator("#play").click();
  const heard = await page.locator("#said").textContent();
  await field.fill("5000");
  await field.fill("");
  await field.blur();
  const restored = await field.inputValue();
  await page.getByRole("button", {name: "Reset"}).click();
  const reset = await field.inputValue();
  const end = await page.locator("#slider0").getAttribute("max");
  const names = await page.evaluate("data.names");
  return {relation, before, after, said, address, shown, again: again.state, sentences, marked, ended, playing, heard, restored, reset, end, names};
});

// The tooltips, and whether what lights up on a narrow screen is to be seen.
const walk = ({url}) => visited(url, {viewport: {width: 390, height: 800}, reducedMotion: "reduce"}, async page => {
  const tooltips = await page.locator("svg g > title").allTextContents();
  const hint = await page.locator("#step").textContent();
  const seen = [];
  for (let n = await page.evaluate("data.steps.length"); n > 0; n--) {
    await page.locator("#next").click();
    seen.push(await page.evaluate(() => {
      const frame = document.querySelector(".picture").getBoundingClientRect();
      const place = document.querySelector(".now :is(circle[stroke-width], rect)").getBoundingClientRect();
      return frame.left <= place.left && place.right <= frame.right;
    }));
  }
  return {tooltips, hint, seen};
});

async function audit({url}) {
  const found = {violations: [], wide: []};
  for (const colorScheme of ["light", "dark"])
    for (const width of [390, 800, 1400]) {
      const options = {viewport: {width, height: 800}, colorScheme, reducedMotion: "reduce", bypassCSP: true};
      const one = await visited(url, options, async page => {
        await page.locator("#next").click();
        await page.evaluate(axe);
        const {violations} = await page.evaluate("axe.run()");
        return {violations, scroll: await page.evaluate("document.documentElement.scrollWidth")};
      });
      found.violations.push(...one.violations.map(({id, nodes}) => [id, colorScheme, width, nodes[0].html]));
      if (one.scroll > width) found.wide.push([width, one.scroll]);
    }
  return found;
}

const all = {moves, use, walk, audit};
const answers = [];
for (const page of pages) {
  const answer = {};
  for (const task of tasks) answer[task] = await all[task](page);
  answers.push(answer);
}
await browser.close();
console.log(JSON.stringify(answers));
