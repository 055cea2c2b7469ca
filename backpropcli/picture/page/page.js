// The page: what the program `run` gives for the numbers of the inputs, in the picture, the table and the sentences.
// A text that moves is a list of parts: strings, and places in what `run` returns.
const data = JSON.parse(document.getElementById("data").textContent);
const all = selector => [...document.querySelectorAll(selector)];
const byId = id => document.getElementById(id);
const toNumber = value => typeof value === "string" ? Number(value) : value;
const start = data.start.map(toNumber);
let x = start.slice(), y = run(x);

// A number with so many significant digits, as C's %g has it: ties go to even digits. With 0 it has all that it needs.
function written(number, digits) {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  if (number === 0) return "0";
  if (!digits) return String(number);
  let [mantissa, exponent] = Math.abs(number).toExponential(digits - 1).split("e");
  const [exact, exactExponent] = Math.abs(number).toExponential(100).replace(".", "").split("e");
  if (/^50*$/.test(exact.slice(digits)) && exact[digits - 1] % 2 === 0)
    [mantissa, exponent] = [exact.slice(0, digits), exactExponent];
  const sign = number < 0 ? "-" : "", power = Number(exponent);
  const figures = mantissa.replace(".", "").replace(/0+$/, "");
  if (power < -4 || power >= digits) {
    const fraction = figures.length > 1 ? "." + figures.slice(1) : "";
    return `${sign}${figures[0]}${fraction}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${figures}`;
  const whole = figures.slice(0, power + 1).padEnd(power + 1, "0"), rest = figures.slice(power + 1);
  return sign + whole + (rest && "." + rest);
}

// The same with fewer digits where it would take more room than there is.
function fitted(number, digits, room) {
  let text = written(number, digits);
  while (room && text.length > room && digits > 1) text = written(number, --digits);
  return text;
}

function filled(parts, digits, room) {
  return parts.reduce((text, part) => {
    if (typeof part === "string") return text + part;
    const number = fitted(Number(y[part]), digits, room);
    return text + (number.startsWith("-") && /[-+*/] $/.test(text) ? `(${number})` : number);
  }, "");
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const rows = all("svg .live"), cells = all("td"), groups = all("svg g");
const tooltips = groups.map(group => group.appendChild(document.createElementNS(group.namespaceURI, "title")));

function show() {
  y = run(x);
  data.rows.forEach(([digits, room, parts], k) => put(rows[k], filled(parts, digits, room).replaceAll("-", "−")));
  data.cells.forEach(([digits, parts], k) => put(cells[k], filled(parts, digits)));
  data.tooltips.forEach((parts, k) => put(tooltips[k], filled(parts, 0)));
  if (step >= 0) tell();
}

// The inputs: a slider and a field each, for one number or for one of several.
const controls = data.controls.map((places, k) => ({
  places, slider: byId(`slider${k}`), field: byId(`field${k}`), choice: byId(`choice${k}`),
}));
const ends = controls.map(({slider}) => [slider.min, slider.max]);
const place = control => control.places[control.choice ? control.choice.selectedIndex : 0];

function showInput(control, source) {
  const k = place(control), number = x[k], {slider, field} = control;
  if (number < slider.min) slider.min = number;
  if (number > slider.max) slider.max = number;
  if (source !== slider) slider.value = number;
  if (source !== field) field.value = number;
  slider.setAttribute("aria-valuetext", `${data.names[k]} ${number}`);
}

let saying;
function moved() {
  show();
  clearTimeout(saying);
  saying = setTimeout(() => {
    put(byId("said"), `${data.output} is ${cells[0].textContent}`);
    const changed = x.flatMap((number, k) =>
      Object.is(number, start[k]) ? [] : `${encodeURIComponent(data.names[k])}=${number}`);
    history.replaceState(null, "", changed.length ? `#${changed.join("&")}` : location.pathname + location.search);
  }, 300);
}

controls.forEach(control => {
  for (const element of [control.slider, control.field])
    element.addEventListener("input", () => {
      if (!Number.isFinite(element.valueAsNumber)) return;
      x[place(control)] = element.valueAsNumber;
      showInput(control, element);
      moved();
    });
  control.field.addEventListener("change", () => showInput(control));
  control.choice?.addEventListener("change", () => showInput(control));
});
byId("inputs").addEventListener("reset", event => {
  event.preventDefault();
  x = start.slice();
  controls.forEach((control, k) => {
    [control.slider.min, control.slider.max] = ends[k];
    showInput(control);
  });
  moved();
});

function readAddress() {
  x = start.slice();
  for (const [name, text] of new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"))) {
    const k = data.names.indexOf(name), number = Number(text);
    if (k >= 0 && data.controls.some(places => places.includes(k)) && text.trim() && Number.isFinite(number)) x[k] = number;
  }
  controls.forEach(control => showInput(control));
  show();
}
addEventListener("hashchange", readAddress);

// The walk, forward and then back: one layer after the other, with its sentence.
let step = -1, timer;

function tell() {
  const [marked, parts] = data.steps[step], isBack = step >= data.forward;
  const [number, count] = isBack ? [step - data.forward, data.steps.length - data.forward] : [step, data.forward];
  put(byId("step"), `${isBack ? "Backward" : "Forward"}, ${number + 1} of ${count}: ${filled(parts, data.digits)}`);
  groups.forEach((group, k) => group.classList.toggle("now", marked.includes(k)));
}

// Where the picture is wider than its frame, the layer comes into the middle if not all that lights up is in view.
function reveal() {
  const frame = document.querySelector(".picture"), {left, right} = frame.getBoundingClientRect();
  const place = document.querySelector("svg .now :is(circle[stroke-width], rect)").getBoundingClientRect();
  const isCut = all("svg .now").map(group => group.getBoundingClientRect()).some(at => at.left < left || at.right > right);
  if (isCut) frame.scrollBy({left: (place.left + place.right - left - right) / 2});
}

function go(to) {
  step = Math.min(Math.max(to, -1), data.steps.length - 1);
  document.querySelector("svg").classList.toggle("walk", step >= 0);
  byId("back").disabled = step < 0;
  byId("next").disabled = step === data.steps.length - 1;
  if (step < 0) put(byId("step"), "Play goes through the layers, forward and then back; Next goes one step.");
  else {
    tell();
    reveal();
    put(byId("said"), byId("step").textContent);
  }
}

function stop() {
  clearInterval(timer);
  timer = undefined;
  put(byId("play"), "Play");
}

byId("play").addEventListener("click", () => {
  if (timer) return stop();
  put(byId("play"), "Pause");
  go(step === data.steps.length - 1 ? 0 : step + 1);
  timer = setInterval(() => {
    if (step === data.steps.length - 1) stop();
    else go(step + 1);
  }, 2000);
});
byId("back").addEventListener("click", () => { stop(); go(step - 1); });
byId("next").addEventListener("click", () => { stop(); go(step + 1); });

// The first numbers, beside those of Python; what is left when large ones cancel may have fewer digits.
const python = data.python.map(toNumber), largest = Math.max(0, ...python.filter(Number.isFinite).map(Math.abs));
const isSame = (found, expected) => Object.is(found, expected) || found === expected ||
  Math.abs(found - expected) <= 1e-9 * Math.abs(expected) + 1e-14 * largest;
const isRight = run(start).every((number, k) => isSame(Number(number), python[k]));
put(byId("check"), isRight
  ? `Computed in this page, by the same layers${data.relation}`
  : "This browser computes other numbers than backprop.");
document.documentElement.dataset.right = isRight;
go(-1);
readAddress();
