/** The harness's pages: what the templates render, in small, with every attribute the scripts read. */

export const ROOM_ID = '0192f000-0000-7000-8000-000000000000'
export const SECTIONS = [
  { id: 'summary', title: 'Summary', locked: true, text: 'Your front desk answers about ninety booking calls a day, and a third of callers hang up before anyone can pick up. We will give patients a portal that books, moves and cancels visits on a phone in under a minute, and connect it to the calendar you already use.' },
  { id: 'timeline', title: 'Timeline', locked: false, text: 'We start on 12 January and open the portal to your staff on 2 March. Patients can book from 16 March, once two weeks at the front desk have gone by without a double booking.' },
  { id: 'terms', title: 'Terms', locked: false, text: 'The clinic owns the portal and its data from the first day.' },
]
const PERSONS = {
  seller: { user: 'maya', name: 'Maya Lindqvist', initials: 'ML' },
  client: { user: 'tomas', name: 'Tomás Reyes', initials: 'TR' },
}

const L = 'M10 1.5a8.5 8.5 0 0 0 0 17z'
const R = 'M10 1.5a8.5 8.5 0 0 1 0 17z'
const seal = (classes) =>
  `<svg class="seal ${classes}" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><path class="l" d="${L}"/><path class="r" d="${R}"/></svg>`

function layout({ title, main, script, top = '' }) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/static/app.css"><script type="module" src="/static/app.js"></script>
${script ? `<script type="module" src="/static/${script}"></script>` : ''}</head><body>
<a class="skip" href="#doc">Skip to the proposal</a>
<header class="top"><a class="mark" href="/">${seal('s c')}Sameside</a><span class="doc">${title}</span>${top}</header>
${main}<div class="vh" role="status" aria-live="polite" id="live"></div><div class="vh" role="alert" id="live-now"></div></body></html>`
}

export function priceTable(quantity) {
  const total = (Number(quantity.replace(',', '.')) * 900).toFixed(2)
  return `<div id="pricing-table"><table class="price"><caption class="vh">Pricing</caption>
<thead><tr><th scope="col">Item</th><th scope="col">Quantity</th><th scope="col">Unit price</th><th scope="col" class="d">Discount and why</th><th scope="col">Total</th></tr></thead>
<tbody>${row('portal', 'Booking portal', quantity, total)}${row('migration', 'Patient record migration', '4', '3600.00')}</tbody>
<tfoot><tr class="sum"><td colspan="3"></td><th scope="row">Total</th><td class="num" id="total">€${total}</td></tr></tfoot></table></div>`
}

function row(id, name, quantity, total) {
  return `<tr id="line-${id}"><th scope="row">${name}<small>As described above</small>
<form id="option-${id}" data-command method="post" action="/commands/option"><label class="tick"><input type="checkbox" name="chosen" data-autosubmit> Include this option</label></form></th>
<td data-l="Quantity, days" class="q"><form id="form-${id}-quantity" data-command data-cell class="cellwrap" method="post" action="/commands/quantity">
<input type="hidden" name="field" value="quantity"><input class="cell num" id="line-${id}-quantity" name="value" value="${quantity}" data-was="${quantity}" inputmode="decimal" autocomplete="off" aria-label="Quantity in days, ${name}"><small aria-hidden="true">days</small></form></td>
<td data-l="Unit price, €"><span class="cellwrap"><span class="num rate" data-cell-id="line-${id}-rate">900.00</span></span></td><td class="d"></td><td class="t num" data-l="Total">€${total}</td></tr>`
}

function section({ id, title, locked, text }, side) {
  return `<section class="sec" id="section-${id}" data-section="${id}" data-kind="prose" data-locked="${locked}" aria-labelledby="h-${id}">
<div class="sec-head" id="head-${id}" data-locked="${locked}"><header><h2 id="h-${id}">${title}</h2><div class="head-side"><div class="agree">
<form id="agree-${id}" data-command data-agree data-part="section:${id}" method="post" action="/commands/agree"><input type="hidden" name="part" value="section:${id}">
<input type="hidden" name="fingerprint" value="v1:first"><input type="hidden" name="text_seq" value="1">
<button class="pill" data-party="${side}"><span class="face sm" data-party="${side}" aria-hidden="true">${PERSONS[side].initials}</span>Agree<span class="vh"> to ${title}</span></button></form></div></div></header></div>
<div class="prose" data-fragment="section:${id}" data-label="${title}"><p>${text}</p></div>
<button class="link unlock" type="button" data-unlock="${id}">Change this<span class="vh"> in ${title}</span></button></section>`
}

export function sections(list, side) {
  return `<div id="sections">${list.map((one) => section(one, side)).join('')}</div>`
}

function roomPage(url, room) {
  const side = url.searchParams.get('as') ?? 'client'
  const person = PERSONS[side]
  const mayWrite = url.searchParams.get('may-write') ?? 'true'
  const links = SECTIONS.map(({ id, title }, index) => `<li><a href="#section-${id}"${index === 1 ? ' aria-current="location"' : ''}>${seal('s')}<span>${title}</span><span></span><small>Waiting for you</small></a></li>`)
  const main = `<main class="room" id="room" data-proposal="${ROOM_ID}" data-socket="/ws/proposals/${ROOM_ID}" data-epoch="1" data-schema="1" data-event="${room.event}"
data-user="${person.user}" data-name="${person.name}" data-initials="${person.initials}" data-side="${side}" data-may-write="${mayWrite}" data-frozen="false">
<nav class="outline" aria-label="Sections"><h2>Sections</h2><ol>${links.join('')}</ol></nav>
<article class="sheet" id="doc" tabindex="-1"><header class="title"><p class="to">Proposal from Northlight Studio to Harbour Street Clinic</p><h1>A booking portal your patients can use without calling</h1></header>
${sections(SECTIONS, side)}<section class="sec" aria-labelledby="h-pricing"><header><h2 id="h-pricing">Pricing</h2></header>${priceTable(room.quantity)}</section></article>
<aside class="rail" aria-label="Questions"><h2>Open questions <button class="link" type="button" data-opens="ask-dialog">Ask a question</button></h2><label class="tick"><input type="checkbox" data-mute> Say nothing aloud</label></aside></main>
<section class="bar" aria-label="Agreement"><div class="side"><span class="face" data-party="seller" aria-hidden="true">ML</span><p><b>Northlight Studio</b>Agrees to 1 of 3</p></div>
<div class="track">${seal('s c')}${seal('s')}${seal('')}<p class="mini"><b>1 of 3 agreed</b></p><div class="acts"><form data-command data-agree data-agree-all method="post" action="/commands/agree-all">
${SECTIONS.map(({ id }) => `<input type="hidden" name="part" value="section:${id}"><input type="hidden" name="fingerprint:section:${id}" value="v1:first">`).join('')}<button class="btn primary">Fine with all 3</button></form></div></div>
<div class="side r"><p><b>Harbour Street Clinic</b>You agree to 1 of 3</p><span class="face" data-party="client" aria-hidden="true">TR</span></div></section>
<div id="room-notice" hidden></div><div id="set-aside" hidden></div>
<dialog class="panel" id="confirm-dialog" aria-labelledby="confirm-title"><h2 id="confirm-title">Confirm who you are</h2><form data-command method="post" action="/commands/confirm"><div class="field"><label for="code">Code</label><input class="code" id="code" name="code"></div><button class="btn primary">Confirm</button></form></dialog>
<dialog class="panel" id="ask-dialog" aria-labelledby="ask-title"><h2 id="ask-title">Ask a question</h2><form data-command data-closes data-resets method="post" action="/commands/ask"><div class="field"><label for="question">Question</label><textarea id="question" name="question"></textarea></div><div class="acts"><button class="btn primary">Ask</button><button class="btn" type="button" data-dismiss>Cancel</button></div></form></dialog>`
  const top = `<span class="saved" id="status" data-state="saved"><span>Saved</span></span><div class="faces" id="faces" role="img" aria-label="Here now: you"></div>
<details class="menu"><summary class="btn sm">More</summary><div><a href="#history">History</a><button type="button" data-copy="#h-terms">Copy the title</button></div></details>`
  return layout({ title: 'Booking portal for Harbour Street Clinic', main, script: 'room.js', top })
}

function signPage() {
  const main = `<main class="signpage"><section class="sheet" id="doc"><h1>Sign the proposal</h1><p class="lede">Both parties agree to all six sections.</p>
<dl class="terms"><div><dt>Between</dt><dd>Northlight Studio and Harbour Street Clinic</dd></div><div class="big"><dt>Total with VAT</dt><dd class="num">€23,038.40</dd></div></dl>
<form data-command data-sign method="post" action="/commands/sign"><div class="field"><label for="n">Your full name</label><input id="n" name="name" autocomplete="name" value="Tomás Reyes"></div>
<fieldset class="field"><legend>Your signature</legend><div class="mark-kinds"><label><input type="radio" name="mark_kind" value="typed" checked> From my name</label><label><input type="radio" name="mark_kind" value="drawn"> Draw it</label></div>
<div class="pad" role="img" aria-label="Signature preview: Tomás Reyes"><span>Tomás Reyes</span></div><p class="pad-tools" hidden><button class="btn sm" type="button" data-undo>Undo</button><button class="btn sm" type="button" data-clear>Clear</button></p><input type="hidden" name="mark_path"><p class="cell-error" data-error="mark" hidden></p></fieldset>
<label class="consent"><input type="checkbox" required> <span>I agree to sign electronically.</span></label><div class="go"><button class="btn primary big">Sign for €23,038.40</button></div></form></section>
<aside class="card"><h2>When you sign</h2><ol class="steps"><li>Both signatures are sealed into one PDF.</li><li>You get it by email.</li></ol></aside></main>`
  return layout({ title: 'Sign', main })
}

function homePage() {
  const row = (classes, title, small, state, mine) => `<li>${seal(classes)}<p><a href="/">${title}</a><small>${small}</small></p><span class="num">€23,038.40</span><span class="state" data-mine="${mine}">${state}</span></li>`
  const main = `<main class="home" id="doc"><header><h1>Your proposals</h1><a class="btn primary" href="/new">New proposal</a></header>
<section class="rel"><header class="rel-head"><h2>Harbour Street Clinic</h2><p>Client since 2024</p></header><ol class="proposals">${row('s', 'A booking portal your patients can use without calling', 'Four of six sections agreed', 'Waiting for you', true)}${row('s c', 'Care plan for 2027', 'Signed on 9 December', 'Signed', false)}</ol></section>
<section class="rel"><header class="rel-head"><h2>Ötzi &amp; Söhne GmbH</h2><p>New</p></header><ol class="proposals">${row('', 'Managed IT for three offices', 'Preparing, seen by your firm only', 'Not shared yet', false)}</ol></section><p class="empty">Nothing else is waiting for you.</p></main>`
  return layout({ title: 'Your proposals', main, top: '<nav><a class="link" href="/firm">Northlight Studio</a></nav>' })
}

function otherPages() {
  const choice = (name, text, checked) => `<label class="choice"><input type="radio" name="template" ${checked}><b>${name}</b><small>${text}</small></label>`
  const main = `<main class="formpage" id="doc"><h1>New proposal</h1><p>Under two minutes to a first draft. Nobody outside your firm sees it before you share it.</p>
<form class="sheet"><p class="errorlist nonfield" role="alert">Two things need your attention.</p><fieldset><legend class="vh">Template</legend><div class="choices">${choice('Consulting engagement', 'Questions, findings, a day rate', 'checked')}${choice('Web agency project', 'Phases, fixed price, care plan', '')}${choice('Managed IT service', 'Per seat and month', '')}</div></fieldset>
<div class="pair"><div class="field"><label for="who">Whom with</label><input id="who"></div><div class="field"><label for="mail">E-mail</label><input id="mail" aria-invalid="true" aria-describedby="mail-error"><ul class="errorlist" id="mail-error"><li>This is not an e-mail address.</li></ul></div></div><button class="btn primary">Create the draft</button></form>
<div class="drop"><p>Drop a sealed PDF here, or choose it.</p><label class="vh" for="pdf">PDF</label><input id="pdf" type="file"></div>
<section class="verdict" data-ok="true"><h2>Intact</h2><p>Signed by Maya Lindqvist and Tomás Reyes.</p></section><section class="verdict" data-ok="false"><h2>Changed after signing</h2><p>One byte differs.</p></section>
<div class="sheet"><h2>Audit trail</h2><ol class="trail"><li><span class="n">1</span><span class="face sm" data-party="seller" aria-hidden="true">ML</span><span>Maya created the proposal</span><time>9 Dec, 10:31</time><span class="fp">9f2c41d07be803aa5c1e6d94e7f012b39f2c41d07be803aa5c1e6d94e7f012b3</span></li></ol>
<div class="scroller"><table class="grid"><thead><tr><th>Token</th><th>Scope</th><th class="num">Used</th></tr></thead><tbody><tr><th>CRM</th><td>proposals:write</td><td class="num">12</td></tr></tbody></table></div></div>
<p class="notice" data-kind="ok">Sent.</p><p class="notice" data-kind="info">Explanation, not a term.</p></main><footer class="foot"><a href="/">About</a></footer>`
  return layout({ title: 'New proposal', main })
}

function narrowPage() {
  const main = `<main class="narrow" id="doc"><section class="card"><h1>Sign in</h1><p>We mail you a code; there is no password.</p><form><div class="field"><label for="mail">E-mail</label><input id="mail" type="email"></div><button class="btn primary">Send the code</button></form></section></main>`
  return layout({ title: 'Sign in', main })
}

export function pages(url, room) {
  const known = { '/': roomPage, '/sign': signPage, '/home': homePage, '/others': otherPages, '/narrow': narrowPage }
  return known[url.pathname]?.(url, room) ?? null
}
