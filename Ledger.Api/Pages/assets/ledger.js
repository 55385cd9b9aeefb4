// Every page works without this file. It applies filters as they are chosen, moves the replay as its handle moves, and keeps the place
// on the page: what is marked data-live is fetched and put in its place.
(() => {
  'use strict';
  document.documentElement.classList.add('script');
  let running;

  // Shows another address of this page without leaving it; how: 'push' or 'replace' the address, or null where it is shown already.
  async function show(address, how) {
    running?.abort();
    const mine = (running = new AbortController());
    document.body.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(address, { headers: { accept: 'text/html' }, signal: mine.signal });
      if (!answer.ok || answer.redirected) {
        location.href = address;
        return;
      }
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const here of document.querySelectorAll('[data-live]')) {
        const there = next.getElementById(here.id);
        if (there) here.replaceWith(document.importNode(there, true));
      }
      document.title = next.title;
      document.querySelector('a.lang')?.setAttribute('href', next.querySelector('a.lang')?.getAttribute('href') ?? '');
      if (how) history[how + 'State'](null, '', address);
    } catch (e) {
      if (e.name !== 'AbortError') location.href = address;
    } finally {
      if (mine === running) document.body.removeAttribute('aria-busy');
    }
  }

  function filter(form) {
    const apply = () => {
      const query = new URLSearchParams(new FormData(form));
      for (const [name, value] of [...query]) if (!value) query.delete(name);
      show(location.pathname + (query.size ? '?' + query : ''), 'replace');
    };
    let wait;
    form.addEventListener('submit', e => { e.preventDefault(); apply(); });
    form.addEventListener('change', apply);
    form.addEventListener('input', e => {
      if (e.target.type === 'search') { clearTimeout(wait); wait = setTimeout(apply, 200); }
    });
  }

  // The handle over the chart reads from the table behind it at once; the rest of the page follows a moment later.
  function replay(form) {
    const range = form.querySelector('input[type=range]');
    const rows = [...document.querySelectorAll('#steps tbody tr')];
    let wait;
    const read = step => {
      const row = rows[step - 1], x = (Number(range.dataset.width) * (step - 1)) / Math.max(1, rows.length - 1) + '%';
      for (const name of ['x1', 'x2']) form.querySelector('[data-cursor]').setAttribute(name, x);
      form.querySelector('[data-readout]').textContent = row.dataset.words;
      range.setAttribute('aria-valuetext', row.dataset.words);
      for (const [rel, to] of [['prev', step - 1], ['next', step + 1]]) {
        form.querySelector(`[rel=${rel}]`).setAttribute('href', rows[Math.min(Math.max(to, 1), rows.length) - 1].dataset.address);
      }
      return row.dataset.address;
    };
    range.addEventListener('input', () => {
      const address = read(Number(range.value));
      clearTimeout(wait);
      wait = setTimeout(() => show(address, 'replace'), 60);
    });
    for (const a of form.querySelectorAll('[rel=prev], [rel=next]')) {
      a.addEventListener('click', e => {
        if (e.ctrlKey || e.metaKey || e.shiftKey) return;
        e.preventDefault();
        range.value = Number(range.value) + (a.rel === 'next' ? 1 : -1);
        range.dispatchEvent(new Event('input'));
      });
    }
  }

  document.querySelectorAll('[data-filter]').forEach(filter);
  document.querySelectorAll('[data-replay]').forEach(replay);
  addEventListener('popstate', () => show(location.href, null));
  addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(d => (d.open = true)));
})();
