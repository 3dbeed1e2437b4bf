// Draws up an account anew when a reader moves a value. It starts at the published one and fetches
// nothing; without it the page's tables stand and these controls stay hidden.
(() => {
  "use strict";
  const ROUNDING = 1e-9; // published amounts have nine digits

  /** What one unit of money in each year is worth: forward rates, step by step. */
  function factors(steps, horizon, shift) {
    return Array.from({ length: horizon + 1 }, (_, year) => {
      let exponent = 0;
      let start = 0;
      for (const [to, rate] of steps) {
        const end = to === null ? Infinity : to;
        exponent += Math.min(Math.max(year + shift - start, 0), end - start) * Math.log1p(rate);
        start = end;
      }
      return Math.exp(-exponent);
    });
  }

  /** A row of the account: what is there without any effect, and what one unit of each adds. */
  class Row {
    constructor(effects) {
      this.sums = new Array(effects + 1).fill(0); // the last is for what follows no effect
      this.sizes = new Array(effects + 1).fill(0);
    }
    add(effect, money) {
      const at = effect < 0 ? this.sums.length - 1 : effect;
      this.sums[at] += money;
      this.sizes[at] += Math.abs(money);
    }
    addTimes(row, times) {
      this.sums = this.sums.map((one, i) => one + times * row.sums[i]);
      this.sizes = this.sizes.map((one, i) => one + times * row.sizes[i]);
      return this;
    }
  }

  /** Every row of the account, as money per unit of each effect. */
  function ledger(data, at) {
    const steps = at.rate === null ? data.steps : [[null, at.rate]];
    const worth = factors(steps, Math.min(at.horizon, data.horizon), data.shift);
    const make = () => new Row(data.effects.length);
    const payers = data.payers.map(make);
    const [nation, home, everyone, funded] = [make(), make(), make(), make()];
    const book = (payer, effect, money, { within = false, transfer = false }) => {
      const { inside, public: tax } = data.payers[payer];
      payers[payer].add(effect, money);
      if (inside && !within) nation.add(effect, money);
      if (inside && tax) home.add(effect, money);
      if (!transfer) everyone.add(effect, money);
      if (tax) funded.add(effect, money);
    };
    for (const line of data.lines) {
      const present = line.each.reduce((sum, one, i) => sum + one * (worth[line.from + i] ?? 0), 0);
      const money = line.cost ? at.cost * present : present;
      book(line.payer, line.effect, money, line);
      const rule = line.taxed ? data.kept.findIndex((one) => one.payer === line.payer) : -1;
      if (rule < 0) continue;
      const rest = data.kept[rule].rest;
      const moved = (1 - at.kept[rule]) * money;
      book(line.payer, line.effect, -moved, { transfer: true });
      book(rest, line.effect, moved, { transfer: true });
    }
    const found = Object.fromEntries(data.payers.map((one, i) => [one.key, payers[i]]));
    found.public_funds = make().addTimes(home, data.funds);
    found.society = nation.addTimes(home, data.funds);
    found.public = home;
    found.society_eu = everyone.addTimes(funded, data.funds);
    return found;
  }

  /** The first effect at which a row is 0, the others as they are set. */
  function breakEven(row, at, falls, scale) {
    const clean = (sum, size) => (Math.abs(sum) <= ROUNDING * size ? 0 : sum);
    const rest = row.sums.reduce((sum, one, i) => sum + (i ? one * at[i] : 0), 0);
    const fixed = clean(rest, scale);
    const slope = clean(row.sums[0], row.sizes[0]);
    const towards = falls ? -slope : slope;
    if (fixed === 0 && slope === 0) return { even: null, state: "no stake" };
    if (fixed > 0 && towards >= 0) return { even: null, state: "always pays" };
    if (fixed <= 0 && towards <= 0) return { even: null, state: "never pays" };
    return { even: -fixed / slope, state: towards > 0 ? "" : "pays below it" };
  }

  /** Net present value and break-even effect of each row, at what the reader has set. */
  function account(data, at) {
    const found = ledger(data, at);
    const effects = [...at.effects, 1];
    const gross = (row) => row.sizes.reduce((sum, one, i) => sum + one * Math.abs(effects[i]), 0);
    const scale = Math.max(...data.rows.map((key) => gross(found[key])));
    return Object.fromEntries(data.rows.map((key) => {
      const row = found[key];
      const total = row.sums.reduce((sum, one, i) => sum + one * effects[i], 0);
      const net = Math.abs(total) <= ROUNDING * scale ? 0 : total;
      const even = data.effects.length ? breakEven(row, effects, data.falls, scale) : {};
      return [key, { net, gross: gross(row), ...even }];
    }));
  }

  /** A number as the book writes it: thin spaces, a true minus, the language's decimal sign. */
  function number(value, digits, signs, signed = true) {
    const [whole, part] = Math.abs(value).toFixed(digits).split(".");
    const thousands = whole.replace(/\B(?=(\d{3})+$)/g, signs.thin);
    const text = part ? thousands + signs.decimal + part : thousands;
    const zero = !/[1-9]/.test(text);
    return (zero ? "" : value < 0 ? signs.minus : signed ? "+" : "") + text;
  }

  /** An effect with its unit; a share is in percentage points. */
  function told(value, effect, signs) {
    const shown = value * effect.scale;
    const size = Math.abs(shown);
    const three = size === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
    const points = size > 0 && size < 0.1 ? 2 : 1;
    return number(shown, effect.scale === 1 ? three : points, signs) + signs.tie + effect.unit;
  }

  function fill(text, slots) {
    return text.replace(/\{(\w+)\}/g, (_, name) => slots[name]);
  }

  /** Joins the controls of one block to its table. */
  function start(root) {
    const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const published = () => ({
      effects: data.effects.map((one) => one.estimate),
      cost: 1,
      rate: null,
      horizon: data.horizon,
      kept: data.kept.map((one) => one.share),
    });
    const say = root.querySelector("[role=status]");
    const controls = [...root.querySelectorAll("[data-control]")].map(control);
    const flat = root.querySelector("input[value=flat]");
    const asPublished = root.querySelector("input[value=published]");
    let state = published();
    let waiting = 0;

    /** One quantity: a slider and a number that show the same. */
    function control(block) {
      const { control: name, index } = block.dataset;
      const [slider, box] = ["range", "number"].map((type) => block.querySelector(`[type=${type}]`));
      const scale = Number(block.dataset.scale);
      const first = Number(block.dataset.published);
      const read = () => {
        const value = index === undefined ? state[name] : state[name][Number(index)];
        return value === null ? first : value;
      };
      const write = (value) => {
        if (index === undefined) state[name] = value;
        else state[name][Number(index)] = value;
        if (name === "rate") flat.checked = true;
        show();
      };
      const text = (value) => {
        if (name === "effects") return told(value, data.effects[Number(index)], data.signs);
        const shown = Number((value * scale).toPrecision(4));
        const digits = Number.isInteger(shown) ? 0 : 1;
        return name === "horizon"
          ? fill(data.words.year, { year: value, calendar: Number(data.words.base) + value })
          : fill(data.words.percent, { n: number(shown, digits, data.signs, false) });
      };
      const within = (shown) => Math.min(Math.max(shown, Number(box.min)), Number(box.max));
      slider.addEventListener("input", () => write(Number(slider.value) / scale));
      box.addEventListener("input", () => {
        if (box.value === "" || !Number.isFinite(box.valueAsNumber)) return;
        const shown = within(box.valueAsNumber);
        write((name === "horizon" ? Math.round(shown) : shown) / scale);
      });
      box.addEventListener("change", () => refresh(true));
      const refresh = (all) => {
        const value = read();
        const shown = String(Number((value * scale).toPrecision(4)));
        slider.value = shown;
        slider.setAttribute("aria-valuetext", text(value));
        // What a reader is typing is left alone until it is done.
        if (all || document.activeElement !== box) box.value = shown;
      };
      return refresh;
    }

    /** Writes the table; published values are shown as the page shows them. */
    function show(all = false) {
      const unmoved = JSON.stringify(state) === JSON.stringify(published());
      const found = account(data, state);
      for (const line of root.querySelectorAll("tr[data-row]")) {
        const one = found[line.dataset.row];
        for (const cell of line.querySelectorAll("[data-cell]")) {
          const text = cell.dataset.cell === "net" ? number(one.net, 0, data.signs) : even(one);
          cell.textContent = unmoved ? cell.dataset.published : text;
          cell.classList.toggle("ev-moved", cell.textContent !== cell.dataset.published);
        }
      }
      for (const refresh of controls) refresh(all);
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => announce(unmoved), 400);
    }

    function even(one) {
      const parts = one.even === null ? [] : [told(one.even, data.effects[0], data.signs)];
      return [...parts, ...(one.state ? [data.states[one.state]] : [])].join(", ");
    }

    /** Says in one sentence what came of it, when the reader pauses. */
    function announce(unmoved) {
      const cells = [...root.querySelectorAll("tr[data-row=society] [data-cell]")];
      const [net, at] = cells.map((cell) => cell.textContent);
      const moved = at === undefined ? data.words.now : data.words.now_even;
      const slots = { net, even: at, published: cells[0].dataset.published };
      say.textContent = fill(unmoved ? data.words.same : moved, slots);
    }

    function choose() {
      const first = Number(flat.closest("[data-control]").dataset.published);
      state.rate = flat.checked ? first : null;
      show();
    }
    flat.addEventListener("change", choose);
    asPublished.addEventListener("change", choose);
    root.querySelector("button").addEventListener("click", () => {
      state = published();
      asPublished.checked = true;
      show(true);
    });
    // A browser may have kept what was set before the page was left.
    asPublished.checked = true;
    show(true);
    window.clearTimeout(waiting);
    root.hidden = false;
    root.account = (at) => account(data, at);
  }

  for (const root of document.querySelectorAll(".ev-explorer")) start(root);
})();
