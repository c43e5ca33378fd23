// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
//
// The whole page: one file, no build step, nothing from elsewhere. It is in five parts: small tools, the form and its
// link, documents that are pasted, the request and its code, and the answer.
//
// Documents and messages are foreign text. They reach the page by textContent only, never as markup.
'use strict';

// ---------------------------------------------------------------------------------------------------- small tools

const byId = (id) => document.getElementById(id);

/** Makes an element; a class after a dot, texts as text, null left out. */
function make(name, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) {
    element.className = classes.join(' ');
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function button(text, action) {
  const element = make('button', text);
  element.type = 'button';
  element.addEventListener('click', action);
  return element;
}

/** Hides an element from screen readers, which are told the same in words. */
function forEyes(element) {
  element.setAttribute('aria-hidden', 'true');
  return element;
}

function fill(element, ...children) {
  element.replaceChildren(...children);
}

/** Tells a screen reader, and nobody else. */
function say(text) {
  byId('live').textContent = text;
}

function plural(count, one, many) {
  return count.toLocaleString('en') + ' ' + (count === 1 ? one : many);
}

function later(action, ms) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };
}

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const holder = make('textarea.hidden');
  holder.value = text;
  document.body.append(holder);
  holder.select();
  const copied = document.execCommand('copy');
  holder.remove();
  if (!copied) {
    throw new Error('the browser does not allow it');
  }
}

function copyFrom(trigger, text) {
  const before = trigger.textContent;
  const show = (what) => {
    trigger.textContent = what;
    say(what);
    setTimeout(() => { trigger.textContent = before; }, 2000);
  };
  copy(text()).then(() => show('Copied'), () => show('The browser does not allow copying'));
}

/** Matches what JSON is made of, so that texts can be told from the rest. */
const JSON_TOKENS = /"(?:[^"\\]|\\.)*"|[\s]+|[^"\s]+/g;

/** Returns JSON without the space between its parts. Numbers keep their digits, which JSON.stringify would not do. */
function compact(json) {
  return json.replace(JSON_TOKENS, (token) => (/^\s/.test(token) ? '' : token));
}

/** Returns JSON with a line for each member, its numbers as they are. */
function indented(json) {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g) || [];
  let line = '\n';
  return tokens.map((token, i) => {
    if (token === '{' || token === '[') {
      line += '  ';
      return /^[}\]]$/.test(tokens[i + 1]) ? token : token + line;
    }
    if (token === '}' || token === ']') {
      line = line.slice(0, -2);
      return /^[{[]$/.test(tokens[i - 1]) ? token : line + token;
    }
    return token === ',' ? token + line : token === ':' ? ': ' : token;
  }).join('');
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (notJson) {
    return undefined;
  }
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

// ------------------------------------------------------------------------------------------- the form and its link

const FIELDS = ['query', 'candidates', 'top_n', 'filter', 'collection', 'retrieval', 'rank_fields', 'min_score', 'timeout_ms'];
/** Those that are behind “More options”. */
const MORE = ['collection', 'retrieval', 'rank_fields', 'min_score', 'timeout_ms'];
const USUAL = {candidates: '50', top_n: '10'};
const MOST_LINK_CHARS = 32000;
const KEY = 'streamrank-api-key';

const EXAMPLE = {
  query: 'how do I get my money back',
  documents: [
    'Orders over 50 euros ship free of charge within two working days.',
    'Money orders are accepted in our shops only.',
    'You may return any article within 30 days. We refund the price to the card you paid with.',
    '{"title": "Back office hours", "text": "The office is open from 9 to 5, back entrance after hours."}',
    '{"title": "Damaged goods", "text": "If an article arrives broken, we replace it or reimburse you, as you like."}',
  ],
};

function chosen(name) {
  return document.querySelector(`input[name=${name}]:checked`).value;
}

function mode() {
  return chosen('mode');
}

function rowInputs() {
  return [...byId('rows').querySelectorAll('textarea')];
}

/** Returns the texts of the rows that are not blank. */
function rowTexts() {
  return rowInputs().map((row) => row.value).filter((text) => text.trim() !== '');
}

/** Returns what the form says, all as text. */
function readForm() {
  const form = {mode: mode(), reply: byId('reply').checked, compare: byId('compare').checked};
  FIELDS.forEach((name) => { form[name] = byId(name).value.trim(); });
  form.query = byId('query').value;
  form.documents = rowTexts();
  return form;
}

function addRow(text, after) {
  const label = make('label.hidden', 'Document');
  const input = make('textarea');
  input.rows = 1;
  input.spellcheck = false;
  input.value = text;
  input.addEventListener('keydown', rowKey);
  input.addEventListener('paste', rowPaste);
  const badge = make('span.badge', 'JSON');
  const remove = button('×', () => {
    const item = remove.closest('li');
    const next = item.nextElementSibling || item.previousElementSibling;
    item.remove();
    if (next) {
      next.querySelector('textarea').focus();
    } else {
      addRow('').focus();
    }
    rowsChanged();
  });
  remove.className = 'remove';
  const item = make('li', label, input, badge, remove);
  if (after) {
    after.after(item);
  } else {
    byId('rows').append(item);
  }
  fit(input);
  return input;
}

/** Lets a row be as high as its text, up to a limit that the style sheet has. */
function fit(input) {
  input.style.height = 'auto';
  if (input.scrollHeight > 0) {
    input.style.height = input.scrollHeight + 2 + 'px';
  }
}

function setRows(texts) {
  byId('rows').replaceChildren();
  texts.forEach((text) => addRow(text));
  if (texts.length === 0) {
    addRow('');
  }
  labelRows();
}

function labelRows() {
  rowInputs().forEach((input, i) => {
    const item = input.closest('li');
    input.id = 'document-' + (i + 1);
    item.querySelector('label').htmlFor = input.id;
    item.querySelector('label').textContent = 'Document ' + (i + 1);
    item.querySelector('.remove').setAttribute('aria-label', 'Remove document ' + (i + 1));
    item.querySelector('.badge').hidden = !isObject(parsed(input.value));
  });
  const count = rowTexts().length;
  byId('row-count').textContent = count === 0 ? '' : String(count);
}

function rowsChanged() {
  labelRows();
  changed();
}

function rowKey(event) {
  if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) {
    return;
  }
  event.preventDefault();
  const item = event.target.closest('li');
  const next = item.nextElementSibling;
  const input = next ? next.querySelector('textarea') : addRow('');
  input.focus();
  rowsChanged();
}

/** Several lines in an empty row are most likely several documents. */
function rowPaste(event) {
  const text = event.clipboardData ? event.clipboardData.getData('text/plain') : '';
  if (event.target.value === '' && /\S[\s\S]*\n[\s\S]*\S/.test(text)) {
    event.preventDefault();
    openPaste(text);
  }
}

function showMode() {
  const own = mode() === 'rerank';
  byId('own').hidden = !own;
  ['candidates-field', 'filter-field', 'collection-field', 'retrieval-field', 'compare-field'].forEach((id) => { byId(id).hidden = own; });
  byId('shapes').hidden = !own;
  byId('top_n-hint').hidden = own;
  byId('welcome-lead').textContent = own
    ? 'Give some documents and a question, and press Enter.'
    : 'Ask the corpus a question in your own words, and press Enter.';
  if (own && rowInputs().length === 0) {
    setRows([]);
  }
  [byId('query'), ...rowInputs()].forEach(fit);
}

/** Returns the form as a link's hash, without what has its usual value. The API key is never in it. */
function hashOf(form) {
  const state = new URLSearchParams();
  if (form.mode === 'rerank') {
    state.set('mode', 'rerank');
  }
  FIELDS.forEach((name) => {
    if (form[name] !== '' && form[name] !== (USUAL[name] || '')) {
      state.set(name, form[name]);
    }
  });
  if (form.reply) {
    state.set('reply', 'true');
  }
  if (!form.compare) {
    state.set('compare', 'false');
  }
  if (form.documents.length > 0) {
    state.set('documents', JSON.stringify(form.documents));
  }
  if (state.toString().length > MOST_LINK_CHARS) {
    state.delete('documents');
  }
  return state.toString();
}

/** Fills the form from a link. The link is foreign: what it says is only ever a value of a field. */
function applyHash() {
  const state = new URLSearchParams(location.hash.slice(1));
  const wanted = state.get('mode') === 'rerank' ? 'rerank' : 'search';
  document.querySelector(`input[name=mode][value=${wanted}]`).checked = true;
  FIELDS.forEach((name) => { byId(name).value = state.get(name) ?? USUAL[name] ?? ''; });
  byId('reply').checked = state.get('reply') === 'true';
  byId('compare').checked = state.get('compare') !== 'false';
  const documents = parsed(state.get('documents') ?? '[]');
  setRows(Array.isArray(documents) ? documents.map((text) => (typeof text === 'string' ? text : JSON.stringify(text))) : []);
  byId('more').open = [...MORE, 'reply', 'compare'].some((name) => state.has(name));
  syncSliders();
  showMode();
  checkFilter();
  showCode();
}

function syncSliders() {
  ['candidates', 'top_n'].forEach((name) => { byId(name + '-range').value = byId(name).value; });
}

/** Keeps the link and the code in step with the form, once nobody types. */
const changed = later(() => {
  const form = readForm();
  const hash = hashOf(form);
  history.replaceState(null, '', hash === '' ? location.pathname + location.search : '#' + hash);
  const cut = form.documents.length > 0 && !hash.includes('documents=');
  byId('share-hint').textContent = cut
    ? 'The documents are too long for a link, so the link holds everything but them.'
    : '';
  showCode();
}, 200);

/** Shows a problem at its field, or takes it away. */
function mark(name, problem) {
  const message = byId(name + '-error');
  if (!message) {
    return;
  }
  message.textContent = problem;
  message.hidden = problem === '';
  const input = byId(name);
  if (input) {
    if (problem === '') {
      input.removeAttribute('aria-invalid');
    } else {
      input.setAttribute('aria-invalid', 'true');
    }
  }
}

function clearMarks() {
  [...FIELDS, 'documents'].forEach((name) => mark(name, ''));
}

const OPERATORS = ['eq', 'in', 'gt', 'gte', 'lt', 'lte'];

/** Returns what is wrong with a filter, as the job would say it, or nothing. The job has the last word. */
function filterProblem(filter, path) {
  if (!isObject(filter)) {
    return `${path} must be an object but is ${JSON.stringify(filter)}`;
  }
  for (const [name, value] of Object.entries(filter)) {
    const at = `${path}.${name}`;
    let problem = '';
    if (name === 'and' || name === 'or') {
      if (!Array.isArray(value) || value.length === 0) {
        return `${at} must be an array of at least one filter`;
      }
      problem = value.map((part, i) => filterProblem(part, `${at}[${i}]`)).find((found) => found !== '') || '';
    } else if (name === 'not') {
      problem = filterProblem(value, at);
    } else if (Array.isArray(value)) {
      problem = `${at} is an array: several values go into {"in": […]}`;
    } else if (isObject(value)) {
      const wrong = Object.keys(value).find((operator) => !OPERATORS.includes(operator));
      if (wrong !== undefined) {
        problem = `${at}.${wrong} is not an operator; there are ${OPERATORS.join(', ')}, and dots name nested members`;
      } else if (Object.keys(value).length === 0) {
        problem = `${at} is empty but must hold at least one of ${OPERATORS.join(', ')}`;
      } else if ('in' in value && !Array.isArray(value.in)) {
        problem = `${at}.in must be an array`;
      }
    }
    if (problem !== '') {
      return problem;
    }
  }
  return '';
}

function checkFilter() {
  const text = byId('filter').value.trim();
  let problem = '';
  if (text !== '') {
    try {
      problem = filterProblem(JSON.parse(text), 'filter');
    } catch (notJson) {
      problem = 'The filter is not JSON: ' + notJson.message + '.';
    }
  }
  mark('filter', problem);
  return problem === '';
}

/** Marks what is wrong, and returns the names of the fields where something is. */
function check(form) {
  clearMarks();
  const wrong = [];
  const refuse = (name, problem) => {
    mark(name, problem);
    wrong.push(name);
  };
  if (form.query.trim() === '') {
    refuse('query', 'The question is empty: ask something.');
  }
  const counts = form.mode === 'search' ? ['candidates', 'top_n'] : ['top_n'];
  counts.filter((name) => !/^[1-9]\d*$/.test(form[name])).forEach((name) => refuse(name, 'This must be a whole number from 1.'));
  if (form.min_score === '' && byId('min_score').validity.badInput) {
    refuse('min_score', 'This must be a number.');
  }
  if (!/^\d*$/.test(form.timeout_ms) || byId('timeout_ms').validity.badInput) {
    refuse('timeout_ms', 'This must be a whole number of milliseconds.');
  }
  if (form.mode === 'search' && !checkFilter()) {
    wrong.push('filter');
  }
  if (form.mode === 'rerank' && form.documents.length === 0) {
    refuse('documents', 'There is no document to rank: write one, or paste some.');
  }
  return wrong;
}

function firstWrong(names) {
  const name = names[0];
  if (MORE.includes(name)) {
    byId('more').open = true;
  }
  (name === 'documents' ? rowInputs()[0] : byId(name)).focus();
}

// ------------------------------------------------------------------------------------------ documents that are pasted

/** Splits a JSON array, or JSON values one after the other, into the texts of its elements. */
function splitJson(text) {
  const trimmed = text.trim();
  const array = trimmed.startsWith('[');
  const source = array ? trimmed.slice(1, -1) : trimmed;
  const parts = [];
  let depth = 0;
  let begin = -1;
  const end = (at) => {
    if (begin >= 0 && source.slice(begin, at).trim() !== '') {
      parts.push(source.slice(begin, at).trim());
    }
    begin = -1;
  };
  for (const token of source.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]|,|\s+|[^"{}[\],\s]+/g)) {
    const mark = token[0];
    if (depth === 0 && (mark === ',' || /^\s/.test(mark))) {
      end(token.index);
      continue;
    }
    if (begin < 0) {
      begin = token.index;
    }
    depth += mark === '{' || mark === '[' ? 1 : mark === '}' || mark === ']' ? -1 : 0;
    if (depth === 0 && (mark === '}' || mark === ']')) {
      end(token.index + 1);
    }
  }
  end(source.length);
  return parts;
}

/** Reads JSON: an array, objects one after the other, or a whole request with documents or texts. */
function readJson(text) {
  const whole = parsed(text);
  let query = '';
  let parts = null;
  if (isObject(whole)) {
    const list = Array.isArray(whole.documents) ? whole.documents : Array.isArray(whole.texts) ? whole.texts : null;
    if (list) {
      parts = list.map((element) => JSON.stringify(element));
      query = typeof whole.query === 'string' ? whole.query : '';
    }
  }
  parts = parts || splitJson(text);
  const documents = [];
  const skipped = [];
  parts.forEach((part, i) => {
    let value;
    try {
      value = JSON.parse(part);
    } catch (notJson) {
      throw new Error(`element ${i + 1} is not JSON: ${notJson.message}`);
    }
    if (typeof value === 'string') {
      documents.push(value);
    } else if (isObject(value)) {
      const onlyText = Object.keys(value).length === 1 && typeof value.text === 'string' && !value.text.trim().startsWith('{');
      documents.push(onlyText ? value.text : compact(part));
    } else {
      skipped.push(i + 1);
    }
  });
  return {as: 'JSON', documents, skipped, query};
}

/** Reads CSV with quotes, as RFC 4180 has it, with the separator that the first line has most of. */
function csvRecords(text) {
  const firstLine = text.replace(/"[^"]*"/g, '').split('\n', 1)[0];
  const separator = [',', ';', '\t'].sort((a, b) => firstLine.split(b).length - firstLine.split(a).length)[0];
  const records = [];
  let record = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        field += '"';
        i++;
      } else if (c === '"') {
        quoted = false;
      } else {
        field += c;
      }
    } else if (c === '"' && field === '') {
      quoted = true;
    } else if (c === separator) {
      record.push(field);
      field = '';
    } else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') {
        i++;
      }
      record.push(field);
      records.push(record);
      record = [];
      field = '';
    } else {
      field += c;
    }
  }
  if (quoted) {
    throw new Error('a quoted field does not end');
  }
  if (field !== '' || record.length > 0) {
    records.push([...record, field]);
  }
  return records.filter((fields) => fields.some((value) => value.trim() !== ''));
}

function readCsv(text) {
  const [names, ...records] = csvRecords(text);
  if (!names || records.length === 0) {
    throw new Error('CSV needs a line of names and at least one line of values');
  }
  const documents = [];
  const skipped = [];
  records.forEach((fields, i) => {
    if (fields.length > names.length) {
      skipped.push(i + 2);
      return;
    }
    const members = fields
      .map((value, column) => [names[column].trim() || 'column ' + (column + 1), value])
      .filter(([, value]) => value.trim() !== '');
    documents.push(names.length === 1 ? members[0][1] : JSON.stringify(Object.fromEntries(members)));
  });
  return {as: 'CSV', documents, skipped, query: '', names: names.map((name) => name.trim())};
}

function readLines(text) {
  return {as: 'lines', documents: text.split(/\r?\n/).filter((line) => line.trim() !== ''), skipped: [], query: ''};
}

/** Tells CSV from lines of prose: short names first, then as many values in every record. */
function looksLikeCsv(text) {
  try {
    const records = csvRecords(text);
    const names = records[0] || [];
    return records.length > 1 && names.length > 1
      && names.every((name) => /^[^.!?:]{1,40}$/.test(name.trim()) && name.trim().split(/\s+/).length <= 3)
      && records.every((fields) => fields.length === names.length);
  } catch (notCsv) {
    return false;
  }
}

/** Returns the documents of a text; throws what is wrong with it. */
function readPasted(text, format) {
  const begin = text.trim();
  if (begin === '') {
    throw new Error('there is nothing yet');
  }
  if (format === 'json' || (format === 'auto' && /^[[{]/.test(begin))) {
    return readJson(text);
  }
  if (format === 'csv' || (format === 'auto' && looksLikeCsv(text))) {
    return readCsv(text);
  }
  return readLines(text);
}

function pasted() {
  return readPasted(byId('paste-text').value, byId('paste-format').value);
}

function previewPaste() {
  const preview = byId('paste-preview');
  let usable = false;
  try {
    const read = pasted();
    usable = read.documents.length > 0;
    let line = `Read as ${read.as}: ${plural(read.documents.length, 'document', 'documents')}`;
    if (read.names && read.names.length > 1) {
      line += ' with ' + read.names.join(', ');
    }
    if (read.skipped.length > 0) {
      line += read.as === 'CSV'
        ? `; more values than names in line ${read.skipped.slice(0, 8).join(', ')}, left out`
        : `; neither a text nor an object, left out: element ${read.skipped.slice(0, 8).join(', ')}`;
    }
    preview.textContent = line + '.';
    preview.classList.remove('bad');
  } catch (problem) {
    const empty = byId('paste-text').value.trim() === '';
    preview.textContent = empty ? '' : 'This cannot be used: ' + problem.message + '.';
    preview.classList.toggle('bad', !empty);
  }
  byId('paste-replace').disabled = !usable;
  byId('paste-append').disabled = !usable;
}

function openPaste(text) {
  byId('paste-text').value = text;
  byId('paste-format').value = 'auto';
  previewPaste();
  byId('paste-dialog').showModal();
  byId('paste-text').focus();
}

function takePasted(before) {
  const read = pasted();
  setRows([...before, ...read.documents]);
  if (read.query !== '' && byId('query').value.trim() === '') {
    byId('query').value = read.query;
    fit(byId('query'));
  }
  byId('paste-dialog').close();
  changed();
  say(plural(rowInputs().length, 'document', 'documents'));
  byId('query').focus();
}

// ------------------------------------------------------------------------------------------- the request and its code

function address(path) {
  return new URL(path, document.baseURI.split('#')[0]).href;
}

/** Returns a row as JSON: an object as it is written, everything else as a text. */
function rowJson(text) {
  return isObject(parsed(text)) ? compact(text) : JSON.stringify(text);
}

/** Returns the query's members, each value as JSON text, so that a filter's numbers keep their digits. */
function members(form) {
  const list = [['query', JSON.stringify(form.query)]];
  const add = (name, text, json) => {
    if (text !== '') {
      list.push([name, json === undefined ? text : json]);
    }
  };
  if (form.mode === 'search') {
    add('collection', form.collection, JSON.stringify(form.collection));
    add('retrieval', form.retrieval, JSON.stringify(form.retrieval));
    add('candidates', form.candidates);
    add('filter', form.filter, compact(form.filter));
  } else {
    list.push(['documents', '[\n    ' + form.documents.map(rowJson).join(',\n    ') + '\n  ]']);
  }
  add('top_n', form.top_n);
  const names = form.rank_fields.split(',').map((name) => name.trim()).filter((name) => name !== '');
  add('rank_fields', form.rank_fields, JSON.stringify(names));
  add('min_score', form.min_score);
  add('timeout_ms', form.timeout_ms);
  list.push(['return_documents', 'true']);
  if (form.reply) {
    list.push(['reply', 'true']);
  }
  return list;
}

function bodyOf(list) {
  return '{\n' + list.map(([name, json]) => `  "${name}": ${json}`).join(',\n') + '\n}';
}

/** Returns what the page sends: all candidates, so that it can show the order of retrieval too. */
function pageBody(form) {
  const all = form.mode === 'rerank' ? form.documents.length : Number(form.candidates);
  const topN = form.compare || form.mode === 'rerank' ? Math.max(all, Number(form.top_n)) : Number(form.top_n);
  return bodyOf(members({...form, top_n: String(Math.min(topN, Math.max(1000, Number(form.top_n))))}));
}

function asCohere(form) {
  const kept = ['query', 'documents', 'top_n', 'rank_fields', 'return_documents'];
  return [['model', '"streamrank"'], ...members(form).filter(([name]) => kept.includes(name))];
}

const inShell = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

function curl(url, body, withKey) {
  return ['curl -sS ' + inShell(url), "-H 'Content-Type: application/json'",
    ...(withKey ? ['-H "Authorization: Bearer $STREAMRANK_API_KEY"'] : []),
    '--data-raw ' + inShell(body)].join(' \\\n  ') + '\n';
}

/** Turns JSON into Python: texts as both languages write them, and three words that differ. */
function inPython(json) {
  const words = {true: 'True', false: 'False', null: 'None'};
  return json.replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g,
    (token) => words[token] || JSON.stringify(JSON.parse(token)));
}

function python(url, body, withKey) {
  return `import json${withKey ? '\nimport os' : ''}
import urllib.request

query = ${inPython(body)}
request = urllib.request.Request(
    ${JSON.stringify(url)},
    json.dumps(query).encode(),
    {"Content-Type": "application/json"${withKey ? ', "Authorization": "Bearer " + os.environ["STREAMRANK_API_KEY"]' : ''}},
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
for hit in answer["results"]:
    print(hit["index"], hit["relevance_score"])
`;
}

function java(url, body, withKey) {
  const block = body.replaceAll('\\', '\\\\').replaceAll('"""', '\\"""').replaceAll('\n', '\n                ');
  return `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

public class Ask {
    public static void main(String[] args) throws Exception {
        String query = """
                ${block}""";
        HttpRequest request = HttpRequest.newBuilder(URI.create(${JSON.stringify(url)}))
                .header("Content-Type", "application/json")
${withKey ? '                .header("Authorization", "Bearer " + System.getenv("STREAMRANK_API_KEY"))\n' : ''}                .POST(HttpRequest.BodyPublishers.ofString(query))
                .build();
        System.out.println(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }
}
`;
}

const LANGUAGES = {curl, python, java};

function showCode() {
  const form = readForm();
  const cohere = form.mode === 'rerank' && chosen('shape') === 'cohere';
  const body = bodyOf(cohere ? asCohere(form) : members(form));
  const url = address(cohere ? 'v2/rerank' : 'v1/search');
  byId('code').textContent = LANGUAGES[chosen('language')](url, body, key() !== '');
  const notes = [];
  if (form.mode === 'search' && form.compare && Number(form.candidates) > Number(form.top_n)) {
    notes.push('The page itself asks for all candidates, to show the order of retrieval too.');
  }
  if (key() !== '') {
    notes.push('The key is not in this code: set STREAMRANK_API_KEY.');
  }
  if (cohere) {
    notes.push('Clients of Cohere, Jina and Voyage need only another base URL: the reference has them all.');
  }
  byId('api-note').textContent = notes.join(' ');
}

function key() {
  return byId('key').value.trim();
}

function keepKey() {
  try {
    if (key() === '') {
      sessionStorage.removeItem(KEY);
    } else {
      sessionStorage.setItem(KEY, key());
    }
  } catch (refused) {
    // The browser keeps nothing: the field itself still works.
  }
  showKey();
  showCode();
}

function showKey() {
  byId('key-state').textContent = key() === '' ? '' : 'set';
}

function storedKey() {
  try {
    return sessionStorage.getItem(KEY) || '';
  } catch (refused) {
    return '';
  }
}

// ------------------------------------------------------------------------------------------------------- the answer

let underWay = null;
let shownAll = false;
let last = null;

async function ask() {
  const form = readForm();
  const wrong = check(form);
  if (wrong.length > 0) {
    firstWrong(wrong);
    return;
  }
  if (underWay) {
    underWay.abort();
  }
  const control = new AbortController();
  underWay = control;
  busy(true);
  const begin = performance.now();
  try {
    const headers = {'Content-Type': 'application/json'};
    if (key() !== '') {
      headers.Authorization = 'Bearer ' + key();
    }
    const response = await fetch(address('v1/search'), {method: 'POST', headers, body: pageBody(form), signal: control.signal, cache: 'no-store'});
    const text = await response.text();
    if (underWay === control) {
      took(form, response, text, performance.now() - begin);
    }
  } catch (gone) {
    if (underWay === control) {
      fail(unreachable());
    }
  } finally {
    if (underWay === control) {
      underWay = null;
      busy(false);
      checkHealth();
    }
  }
}

function busy(yes) {
  byId('ask').textContent = yes ? 'Asking…' : 'Ask';
  byId('ask').setAttribute('aria-busy', String(yes));
  byId('panel-ranking').classList.toggle('busy', yes);
  if (yes) {
    say('Asking');
  }
}

function took(form, response, text, roundTripMs) {
  const answer = parsed(text);
  showJson(answer === undefined ? text : indented(text));
  if (!response.ok || (isObject(answer) && answer.error !== undefined)) {
    fail(inWords(response.status, response.headers.get('Retry-After'), messageOf(answer)), paramOf(answer));
  } else if (!isObject(answer) || !Array.isArray(answer.results)) {
    fail({title: 'This is not an answer of StreamRank', text: 'Something else answers at ' + address('v1/search') + '.'});
  } else {
    last = {form, answer, roundTripMs};
    shownAll = false;
    show();
    say(summary(answer));
  }
}

function messageOf(answer) {
  if (!isObject(answer)) {
    return '';
  }
  const inner = isObject(answer.error) ? answer.error.message : answer.error;
  const found = [inner, answer.message, answer.detail].find((text) => typeof text === 'string' && text !== '');
  return found || '';
}

function paramOf(answer) {
  const param = isObject(answer) && isObject(answer.error) ? answer.error.param : null;
  return typeof param === 'string' ? param : '';
}

function sentence(text) {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : trimmed + '.';
}

function unreachable() {
  return {
    title: 'The gateway cannot be reached',
    text: `Nothing answers at ${location.origin}. Is it still running, and is this machine connected?`,
    again: true,
  };
}

/** Says in words what a status means and what to do. */
function inWords(status, retryAfter, message) {
  const seconds = /^\d+$/.test(retryAfter || '') ? Number(retryAfter) : 0;
  const wait = seconds > 0 ? `Try again in ${plural(seconds, 'second', 'seconds')}.` : 'Try again in a moment.';
  switch (status) {
    case 200:
    case 400:
    case 422:
      return {title: 'The question cannot be used as it is', text: sentence(message) || 'The gateway does not say why.', field: message};
    case 401:
      return {title: 'This gateway asks for an API key', text: key() === '' ? 'Enter yours under “API key”.' : 'It does not know the one that you gave.', access: true};
    case 403:
      return {title: 'The gateway does not allow this', text: sentence(message) || 'Ask those who run it for another key.'};
    case 404:
    case 405:
      return {title: 'There is no gateway at this address', text: `${address('v1/search')} is not known to the server.`};
    case 408:
      return {title: 'The request did not arrive in time', text: sentence(message) || 'Its body took too long.', again: true};
    case 504:
      return {title: 'No answer came in time', text: (sentence(message) || 'The job did not answer within the time limit.') + ' Is the job running, has it loaded its documents, and is it not overloaded? Fewer candidates take less time.', again: true};
    case 413:
      return {title: 'The request is too large', text: (sentence(message) || 'The gateway limits its size.') + (mode() === 'rerank' ? ' Rank fewer documents at once, or shorter ones.' : '')};
    case 429:
      return {title: 'StreamRank is busy', text: 'It has as many questions as it can answer in time. ' + wait, again: true};
    case 500:
      return {title: 'Something failed', text: (sentence(message) || 'The model or the gateway failed.') + ' The logs of the gateway and of the job say more.', again: true};
    case 502:
    case 503:
      return {title: 'The gateway cannot work just now', text: (sentence(message) || 'It does not reach Kafka.') + ' ' + wait, again: true};
    default:
      return {title: `The gateway answers with status ${status}`, text: sentence(message) || 'It does not say why.', again: status >= 500};
  }
}

/** Shows what went wrong: at the top, and at the field that it is about. */
function fail(problem, param) {
  const actions = [];
  if (problem.again) {
    actions.push(button('Try again', ask));
  }
  if (problem.access) {
    actions.push(button('Enter a key', () => {
      byId('access').open = true;
      byId('key').focus();
    }));
  }
  byId('welcome').hidden = true;
  byId('result').hidden = true;
  fill(byId('failure'), make('h3', problem.title), make('p', problem.text), ...actions);
  byId('failure').hidden = false;
  say('');
  showTab('ranking');
  comeIntoView();
  if (problem.field) {
    const name = [param, /^"?(\w+)/.exec(problem.field)?.[1]].find((word) => word && (FIELDS.includes(word) || word === 'documents'));
    if (name) {
      mark(name, sentence(problem.field));
    }
  }
}

function summary(answer) {
  if (answer.results.length === 0) {
    return 'No document was found';
  }
  const total = answer.timing_ms ? ` in ${answer.timing_ms.total} ms` : '';
  return plural(answer.results.length, 'document', 'documents') + (isReranked(answer) ? ' ranked' : ' in the order of retrieval, not reranked') + total;
}

function show() {
  const {form, answer} = last;
  byId('failure').hidden = true;
  byId('welcome').hidden = true;
  byId('result').hidden = false;
  byId('asked').textContent = form.query;
  showDegraded(answer);
  showReply(answer);
  showLists(form, answer);
  showTimes();
  showRemarks(answer);
  comeIntoView();
}

/** Shows the answer where it is below the form. The focus stays where it is. */
function comeIntoView() {
  const answer = document.querySelector('.answer');
  if (answer.getBoundingClientRect().top > window.innerHeight / 2) {
    answer.scrollIntoView({block: 'start'});
  }
}

const DEGRADED = {
  timeout: 'Time ran out.',
  overload: 'The job had too much to do to answer this in time.',
  model_error: 'A model failed.',
};

/** Returns whether the order is the cross-encoder's. It may be so even of a degraded answer. */
function isReranked(answer) {
  return !answer.degraded || answer.results.some((hit) => typeof hit.relevance_score === 'number');
}

function showDegraded(answer) {
  const box = byId('degraded');
  box.hidden = answer.degraded !== true;
  if (box.hidden) {
    return;
  }
  const reason = DEGRADED[answer.degraded_reason] || `The job gives the reason “${answer.degraded_reason}”.`;
  const effect = answer.results.length === 0
    ? 'Nothing was found: the question could not be embedded, and no document has its words.'
    : isReranked(answer) ? 'What was found in spite of that is reranked.'
      : last.form.mode === 'rerank' ? 'So the documents below are in your order and have no score.'
        : 'So this is the order of retrieval alone.';
  fill(box, make('h3', 'Degraded answer'), make('p', reason + ' ' + effect));
}

// ................................................................................................... its two lists

const NO_LABEL = ['id', 'collection'];

/** Returns a document's texts, whatever its form. */
function textsOf(shown) {
  if (typeof shown === 'string') {
    return [['text', shown]];
  }
  if (!isObject(shown)) {
    return [];
  }
  const fields = isObject(shown.fields) ? shown.fields : shown;
  return Object.entries(fields).filter(([name, value]) => typeof value === 'string' && !NO_LABEL.includes(name));
}

/** Returns the title of a hit and the text below it: a title if there is one, else the beginning of the text. */
function labelOf(hit, form) {
  let shown = hit.document;
  if (shown === undefined && form.mode === 'rerank') {
    const row = form.documents[hit.index] ?? '';
    shown = parsed(row);
    shown = isObject(shown) ? shown : row;
  }
  const texts = textsOf(shown).filter(([, text]) => text.trim() !== '');
  const preferred = ['title', 'name', 'text'].map((name) => texts.find((text) => text[0] === name)).find((found) => found);
  const title = preferred || texts[0];
  const others = texts.filter((text) => text !== title);
  const rest = others.map(([, text]) => text).join(' · ');
  const name = title ? title[1] : hit.id || 'document ' + (hit.index + 1);
  return {title: name, rest, shown, texts: others, heading: Boolean(title && title[0] !== 'text' && rest !== '')};
}

function number(value) {
  return typeof value === 'number' ? value.toFixed(3) : '–';
}

function bar(value, kind) {
  const inner = make('span');
  inner.style.width = (typeof value === 'number' ? Math.max(0, Math.min(1, value)) * 100 : 0) + '%';
  return forEyes(make('span.bar.' + kind, inner));
}

/** Returns the arrow of `./streamrank demo`, in words for those who do not see it. */
function move(places) {
  const [kind, sign, words] = places > 0 ? ['up', '↑' + places, `up ${plural(places, 'place', 'places')}`]
    : places < 0 ? ['down', '↓' + -places, `down ${plural(-places, 'place', 'places')}`]
      : ['same', '=', 'same place'];
  const element = make('span.move.' + kind, forEyes(make('span', sign)), make('span.hidden', ', ' + words));
  element.title = words;
  return element;
}

const rankText = (rank) => (typeof rank === 'number' ? String(rank + 1) : '–');

/** Returns what to show of the first stage: the score that ordered it, or the ranks in both lists that were fused. */
function firstStage(hits, own) {
  const best = Math.max(...hits.map((hit) => hit.retrieval?.sparse?.score ?? 0));
  if (own) {
    return {title: '', text: () => '', length: () => undefined};
  }
  if (hits.some((hit) => hit.retrieval?.dense_rank !== undefined)) {
    return {
      title: 'meaning / words',
      text: (hit) => `${rankText(hit.retrieval?.dense_rank)} / ${rankText(hit.retrieval?.sparse?.rank)}`,
      length: () => undefined,
    };
  }
  if (hits.some((hit) => hit.retrieval?.sparse)) {
    return {title: 'BM25', text: (hit) => number(hit.retrieval?.sparse?.score), length: (hit) => (hit.retrieval?.sparse?.score ?? 0) / best};
  }
  return {title: 'cosine', text: (hit) => number(hit.retrieval?.score), length: (hit) => hit.retrieval?.score};
}

function showLists(form, answer) {
  const lists = byId('lists');
  const ranked = answer.results;
  byId('note').hidden = true;
  byId('all').hidden = true;
  if (ranked.length === 0) {
    lists.classList.remove('both');
    fill(lists, ...(answer.degraded ? [] : [emptyAnswer(form)]));
    return;
  }
  const own = form.mode === 'rerank';
  const stage = firstStage(ranked, own);
  const reranked = isReranked(answer);
  const both = reranked && (own || form.compare);
  const before = ranked.slice().sort((a, b) => (own ? a.index - b.index : (a.retrieval?.rank ?? a.index) - (b.retrieval?.rank ?? b.index)));
  const count = shownAll ? ranked.length : Math.min(ranked.length, Number(form.top_n));
  const right = make('section.ranked', make('h3', reranked ? 'Reranked' : own ? 'Your documents' : 'Retrieved', make('span.unit', reranked ? 'score' : stage.title)),
    listOf(ranked.slice(0, count).map((hit, i) => rankedItem(hit, i, both ? before.indexOf(hit) - i : null, form, reranked ? null : stage))));
  lists.classList.toggle('both', both);
  lists.style.setProperty('--rows', String(count));
  if (both) {
    const left = make('section.retrieved', make('h3', own ? 'As you gave them' : 'Retrieved', make('span.unit', stage.title)),
      listOf(before.slice(0, count).map((hit, i) => retrievedItem(hit, i, ranked.indexOf(hit), form, stage))));
    fill(lists, left, right);
  } else {
    fill(lists, right);
  }
  byId('all').hidden = ranked.length <= count && !shownAll;
  byId('all').textContent = shownAll ? `Show the best ${form.top_n} only` : `Show all ${ranked.length}`;
  const scores = ranked.slice(0, count).map((hit) => hit.relevance_score).filter((score) => typeof score === 'number');
  if (!own && scores.some((score, i) => i > 0 && score > scores[i - 1])) {
    byId('note').hidden = false;
    byId('note').textContent = 'The order also uses the retrieval score, as the built-in models need it, so the scores do not always descend.';
  }
}

function emptyAnswer(form) {
  const why = form.mode === 'rerank' ? 'None of the documents could be ranked.'
    : form.filter !== '' ? 'No document matches the filter.'
      : form.min_score !== '' ? 'No document reaches the least score.'
        : 'The collection has no document yet.';
  return make('div.empty', make('p.lead', 'No document matches'), make('p', why));
}

function listOf(items) {
  const list = make('ol', ...items);
  list.setAttribute('role', 'list');
  list.addEventListener('pointerover', twin);
  list.addEventListener('pointerout', twin);
  list.addEventListener('focusin', twin);
  list.addEventListener('focusout', twin);
  return list;
}

/** Shows where the other list has the same document. */
function twin(event) {
  const item = event.target.closest('li');
  const on = event.type === 'pointerover' || event.type === 'focusin';
  if (item) {
    byId('lists').querySelectorAll('li').forEach((other) => other.classList.toggle('twin', on && other.dataset.hit === item.dataset.hit));
  }
}

function retrievedItem(hit, place, placeAfter, form, stage) {
  const {title} = labelOf(hit, form);
  const after = forEyes(make('span.after', '→ ' + (placeAfter + 1)));
  const text = stage.text(hit);
  const item = make('li', make('span.rank', String(place + 1)),
    make('span.title', title),
    make('span.numbers', make('span.hidden', `, now ${placeAfter + 1}`), after, text === '' ? null : make('span.score', text)),
    stage.length(hit) === undefined ? null : bar(stage.length(hit), 'cosine'));
  item.dataset.hit = String(hit.index);
  item.title = title;
  return item;
}

/** @param stage what to show in place of the score that there is not, or null */
function rankedItem(hit, place, places, form, stage) {
  const {title, rest, shown, texts, heading} = labelOf(hit, form);
  const snippet = rest === '' ? null : make('span.snippet', rest);
  const open = button(title, () => openHit(item, open.getAttribute('aria-expanded') !== 'true'));
  open.className = heading ? 'title heading' : 'title';
  open.setAttribute('aria-expanded', 'false');
  const score = make('span.score', stage ? stage.text(hit) : number(hit.relevance_score));
  if (!stage && typeof hit.relevance_score !== 'number') {
    score.title = 'not scored';
  }
  const item = make('li', make('span.rank', String(place + 1)), open,
    make('span.numbers', score, places === null ? null : move(places)),
    snippet, stage ? bar(stage.length(hit), 'cosine') : bar(hit.relevance_score, 'relevance'));
  item.dataset.hit = String(hit.index);
  item.id = 'hit-' + (place + 1);
  item.whole = () => whole(hit, shown, texts);
  return item;
}

/** Shows everything that is known of a hit, or its beginning only. */
function openHit(item, open) {
  const title = item.querySelector('button.title');
  if (title.getAttribute('aria-expanded') === String(open)) {
    return;
  }
  title.setAttribute('aria-expanded', String(open));
  const snippet = item.querySelector('.snippet');
  if (snippet) {
    snippet.hidden = open;
  }
  if (open) {
    item.querySelector('.bar').before(item.whole());
  } else {
    item.querySelector('.whole').remove();
  }
}

/** Returns everything that is known of a hit: its fields, its metadata, and where it came from. */
function whole(hit, shown, texts) {
  const list = make('dl');
  const row = (name, ...value) => list.append(make('dt', name), make('dd', ...value));
  texts.forEach(([name, text]) => row(name, text));
  if (isObject(shown)) {
    const others = Object.entries(shown).filter(([name, value]) => typeof value !== 'string' && !['id', 'metadata', 'fields'].includes(name));
    [...others, ...Object.entries(isObject(shown.metadata) ? shown.metadata : {})].forEach(([name, value]) => row(name, ...values(name, value)));
  }
  const facts = [];
  if (hit.id !== undefined) {
    facts.push('id ' + hit.id);
  }
  if (hit.retrieval) {
    facts.push(`retrieved at place ${hit.retrieval.rank + 1}`);
    if (typeof hit.retrieval.score === 'number') {
      facts.push(`cosine ${number(hit.retrieval.score)}`);
    }
    if (typeof hit.retrieval.dense_rank === 'number') {
      facts.push(`by meaning at place ${hit.retrieval.dense_rank + 1}`);
    }
    if (isObject(hit.retrieval.sparse)) {
      facts.push(`by words at place ${hit.retrieval.sparse.rank + 1} (BM25 ${number(hit.retrieval.sparse.score)})`);
    }
  } else {
    facts.push('document ' + (hit.index + 1));
  }
  return make('div.whole', list, make('p.facts', facts.join(' · ')));
}

/** Returns the values of one member of the metadata; those that a filter can compare are buttons that do so. */
function values(name, value) {
  const list = Array.isArray(value) ? value : [value];
  return list.map((element) => {
    const text = typeof element === 'string' ? element : JSON.stringify(element);
    if (mode() !== 'search' || (element !== null && typeof element === 'object')) {
      return make('span.value', text);
    }
    const narrow = button(text === '' ? '(empty)' : text, () => addToFilter(name, element));
    narrow.className = 'chip';
    narrow.title = `Add ${name} = ${text} to the filter`;
    return narrow;
  });
}

function addToFilter(name, value) {
  const current = parsed(byId('filter').value.trim() || '{}');
  const condition = {[name]: value};
  const filter = !isObject(current) || name in current ? condition : {...current, ...condition};
  byId('filter').value = JSON.stringify(filter);
  checkFilter();
  changed();
  byId('filter').focus();
  say('The filter is now ' + byId('filter').value);
}

// ............................................................................................... its time and remarks

const PHASES = ['queue', 'embed', 'retrieve', 'rerank'];

function showTimes() {
  const {answer, roundTripMs} = last;
  const time = answer.timing_ms || {};
  const usage = answer.usage || {};
  const parts = PHASES.filter((name) => time[name] > 0);
  fill(byId('time-bar'), ...parts.map((name) => {
    const part = make('span.' + name);
    part.style.flexGrow = String(time[name]);
    part.title = `${name} ${time[name]} ms`;
    return part;
  }));
  const item = (kind, text) => make('span.time.' + kind, text);
  fill(byId('times'),
    ...[...PHASES, 'total'].filter((name) => typeof time[name] === 'number' && (name !== 'queue' || time.queue > 0))
      .map((name) => item(name, `${name} ${time[name].toLocaleString('en')} ms`)),
    item('plain', plural(usage.pairs || 0, 'pair', 'pairs')),
    item('plain', plural(usage.tokens || 0, 'token', 'tokens')),
    item('plain', `in the browser after ${Math.round(roundTripMs).toLocaleString('en')} ms`),
    item('plain', String(answer.model || '')));
}

const quoted = (names) => [].concat(names).map((name) => `“${name}”`).join(', ');

const REMARKS = {
  truncated: (count) => `The reranker did not read all of ${plural(count, 'document', 'documents')}: too long for the model.`,
  duplicates: (count) => `${plural(count, 'document has', 'documents have')} the same text as a candidate and ${count === 1 ? 'was' : 'were'} left out.`,
  no_text: (count) => `${plural(count, 'document has', 'documents have')} no text in the ranked fields and so no score.`,
  below_min_score: (count) => `${plural(count, 'document was', 'documents were')} left out, below the least score.`,
  omitted_documents: (count) => `${plural(count, 'result has', 'results have')} no document, as the answer would have been too large for its topic.`,
  omitted_hits: (count) => `${plural(count, 'result was', 'results were')} left out, as the answer would have been too large for its topic.`,
  ignored: (names) => `The job did not use ${quoted(names)}.`,
  invalid_documents: (reasons) => `Some documents could not be read: ${[].concat(reasons).join('; ')}.`,
  missing_rank_fields: (names) => `No candidate has the field ${quoted(names)} to rank by.`,
  missing_filter_fields: (names) => `No document of the collection has ${quoted(names)}, which the filter asks for.`,
  missing_collection: (name) => `The collection ${quoted(name)} has no document.`,
};

function showRemarks(answer) {
  const usage = isObject(answer.usage) ? answer.usage : {};
  const remarks = Object.entries(usage)
    .filter(([name, value]) => name !== 'pairs' && name !== 'tokens' && value !== 0 && value !== null && typeof value !== 'object' || Array.isArray(value))
    .map(([name, value]) => (REMARKS[name] ? REMARKS[name](value) : `${name.replaceAll('_', ' ')}: ${[].concat(value).join(', ')}`));
  const coverage = usage.coverage;
  if (isObject(coverage) && coverage.shards < coverage.of) {
    remarks.push(`Only ${coverage.shards} of ${coverage.of} parts of the corpus answered in time.`);
  }
  [].concat(answer.warnings || []).forEach((warning) => remarks.push(sentence(typeof warning === 'string' ? warning : JSON.stringify(warning))));
  byId('remarks').hidden = remarks.length === 0;
  fill(byId('remarks'), ...remarks.map((text) => make('li', text)));
}

// ......................................................................................................... its reply

const REPLY_ERRORS = {
  timeout: 'The language model took too long.',
  overload: 'The language model has too much to do.',
  model_error: 'The language model failed.',
  refused: 'The language model refuses to answer this.',
  too_long: 'The language model did not come to an end within its limit.',
  no_sources: 'No document is good enough to write a reply from, so the language model was not asked.',
};

function showReply(answer) {
  const reply = answer.reply;
  byId('reply-box').hidden = !isObject(reply);
  if (!isObject(reply)) {
    return;
  }
  if (typeof reply.text !== 'string') {
    fill(byId('reply-text'), make('p', (REPLY_ERRORS[reply.error] || `There is none: ${reply.error}.`) + ' The ranking is not affected.'));
    return;
  }
  const citations = Array.isArray(reply.citations) ? reply.citations : [];
  const text = make('p.text');
  let end = 0;
  for (const found of reply.text.matchAll(/\[(\d+)\]/g)) {
    const citation = citations.find((one) => one.n === Number(found[1]));
    if (citation) {
      text.append(reply.text.slice(end, found.index), citationLink(citation, answer, `[${citation.n}]`));
      end = found.index + found[0].length;
    }
  }
  text.append(reply.text.slice(end));
  const sources = make('ol.sources', ...citations.map((citation) => make('li', citationLink(citation, answer, `[${citation.n}] ${citationTitle(citation, answer)}`))));
  sources.setAttribute('role', 'list');
  const facts = [reply.model, reply.finish_reason === 'length' ? 'cut at its limit' : null].filter((fact) => fact);
  fill(byId('reply-text'), text, sources, make('p.facts', facts.join(' · ')));
}

function citationPlace(citation, answer) {
  return answer.results.findIndex((hit) => hit.id !== undefined && hit.id === citation.id || hit.id === undefined && hit.index === citation.id);
}

function citationTitle(citation, answer) {
  const place = citationPlace(citation, answer);
  return place < 0 ? String(citation.id) : labelOf(answer.results[place], last.form).title;
}

function citationLink(citation, answer, text) {
  const place = citationPlace(citation, answer);
  const link = button(text, () => {
    if (place >= Number(last.form.top_n) && !shownAll) {
      shownAll = true;
      showLists(last.form, answer);
    }
    const item = byId('hit-' + (place + 1));
    if (item) {
      openHit(item, true);
      item.scrollIntoView({block: 'center'});
      item.querySelector('button.title').focus();
    }
  });
  link.className = 'cite';
  link.title = citationTitle(citation, answer);
  return link;
}

// ----------------------------------------------------------------------------------------------------- tabs and start

function showJson(text) {
  byId('json').textContent = text;
  byId('json-box').hidden = false;
  byId('copy-json').hidden = false;
  byId('json-note').textContent = 'The answer as it came.';
}

const TABS = ['ranking', 'api', 'json'];

function showTab(name) {
  TABS.forEach((tab) => {
    const on = tab === name;
    byId('tab-' + tab).setAttribute('aria-selected', String(on));
    byId('tab-' + tab).tabIndex = on ? 0 : -1;
    byId('panel-' + tab).hidden = !on;
  });
}

function tabKey(event) {
  const at = TABS.indexOf(event.target.id.slice(4));
  const to = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1}[event.key];
  if (to !== undefined) {
    event.preventDefault();
    const name = TABS[(to + TABS.length) % TABS.length];
    showTab(name);
    byId('tab-' + name).focus();
  }
}

const JOB = {
  answers: (health) => ['good', 'ready' + (health.model ? ' · ' + health.model : '')],
  silent: () => ['bad', 'the job does not answer'],
  unknown: () => ['', 'the job has not answered yet'],
};

/** Says whether the gateway and the job are there. */
async function checkHealth() {
  const line = byId('health');
  let [kind, text] = ['bad', 'no connection to the gateway'];
  try {
    const response = await fetch(address('health'), {cache: 'no-store'});
    const health = await response.json();
    [kind, text] = response.ok ? (JOB[health.job] || (() => ['good', 'ready']))(health) : ['bad', 'the gateway does not reach Kafka'];
  } catch (gone) {
    // The text says so already.
  }
  line.className = 'health ' + kind;
  line.textContent = text;
}

function listen() {
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    showTab('ranking');
    ask();
  });
  byId('form').addEventListener('input', (event) => {
    const name = event.target.id.replace('-range', '');
    if (event.target.id.endsWith('-range')) {
      byId(name).value = event.target.value;
    }
    if (event.target.closest('#rows')) {
      fit(event.target);
      labelRows();
      mark('documents', '');
    }
    mark(name, '');
    if (name === 'query') {
      fit(byId('query'));
    }
    if (name === 'filter') {
      checkFilter();
    }
    syncSliders();
    if (event.target.id !== 'key') {
      changed();
    }
  });
  document.querySelectorAll('input[name=mode]').forEach((input) => input.addEventListener('change', () => {
    clearMarks();
    showMode();
  }));
  document.addEventListener('keydown', (event) => {
    const asks = event.ctrlKey || event.metaKey || (event.target.id === 'query' && !event.shiftKey);
    if (event.key === 'Enter' && asks && !event.isComposing && event.target.closest('#form')) {
      event.preventDefault();
      byId('form').requestSubmit();
    }
  });
  byId('key').addEventListener('input', keepKey);
  byId('add').addEventListener('click', () => {
    addRow('').focus();
    rowsChanged();
  });
  byId('clear').addEventListener('click', () => {
    setRows([]);
    rowsChanged();
    rowInputs()[0].focus();
  });
  byId('example').addEventListener('click', () => {
    byId('query').value = EXAMPLE.query;
    fit(byId('query'));
    setRows(EXAMPLE.documents);
    clearMarks();
    rowsChanged();
    byId('query').focus();
  });
  byId('paste').addEventListener('click', () => openPaste(''));
  byId('paste-text').addEventListener('input', previewPaste);
  byId('paste-format').addEventListener('change', previewPaste);
  byId('paste-file').addEventListener('change', async (event) => {
    const file = event.target.files[0];
    if (file) {
      byId('paste-text').value = await file.text();
      previewPaste();
    }
    event.target.value = '';
  });
  byId('paste-replace').addEventListener('click', () => takePasted([]));
  byId('paste-append').addEventListener('click', () => takePasted(rowTexts()));
  byId('share').addEventListener('click', () => copyFrom(byId('share'), () => address('') + '#' + hashOf(readForm())));
  byId('copy-code').addEventListener('click', () => copyFrom(byId('copy-code'), () => byId('code').textContent));
  byId('copy-json').addEventListener('click', () => copyFrom(byId('copy-json'), () => byId('json').textContent));
  byId('all').addEventListener('click', () => {
    shownAll = !shownAll;
    showLists(last.form, last.answer);
  });
  document.querySelectorAll('input[name=language], input[name=shape]').forEach((input) => input.addEventListener('change', showCode));
  TABS.forEach((name) => {
    byId('tab-' + name).addEventListener('click', () => showTab(name));
    byId('tab-' + name).addEventListener('keydown', tabKey);
  });
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault(); // the hash is the form's
    byId('answer-heading').focus();
  });
  window.addEventListener('hashchange', applyHash);
}

listen();
byId('key').value = storedKey();
showKey();
applyHash();
checkHealth();
byId('query').focus();
