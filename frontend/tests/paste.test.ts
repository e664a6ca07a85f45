import assert from 'node:assert/strict'
import { test } from 'node:test'

import { cleanPastedHtml } from '../editor/paste'
import { parseHtml } from './browser'

function cleaned(html: string): string {
  return cleanPastedHtml(html, parseHtml).replace(/>\s+</g, '><')
}

/** As Word 2016 for Windows puts it on the clipboard, shortened; the markers are text between comments. */
const WORD_LIST = `
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm;} @list l0 {mso-list-id:1;} --></style></head><body lang=EN-US style='tab-interval:36.0pt'>
<!--StartFragment-->
<p class=MsoNormal><b><span lang=EN-GB style='mso-bidi-font-weight:normal'>What we do</span></b><o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><!--[if !supportLists]--><span
style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;
</span></span></span><!--[endif]-->First<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;text-indent:-18.0pt;mso-list:l0 level2 lfo1'><!--[if !supportLists]--><span
style='font-family:"Courier New"'><span style='mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><!--[endif]-->Inner</p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><!--[if !supportLists]--><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><!--[endif]-->Second <i>one</i></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp; </span></span></span><![endif]>Numbered</p>
<!--EndFragment--></body></html>`

test('Word: list paragraphs become nested lists, markers and empty paragraphs go', () => {
  assert.equal(
    cleaned(WORD_LIST),
    '<p><b>What we do</b></p>' +
      '<ul><li><p>First</p><ul><li><p>Inner</p></li></ul></li><li><p>Second <i>one</i></p></li></ul>' +
      '<ol><li><p>Numbered</p></li></ol>',
  )
})

test('Word through another program: "·  First" paragraphs are a list', () => {
  const html = '<p>Scope</p><p>·&nbsp;&nbsp;&nbsp; First</p><p><span>•</span><span>&nbsp; </span>Second</p><p>After</p>'
  assert.equal(cleaned(html), '<p>Scope</p><ul><li><p>First</p></li><li><p>Second</p></li></ul><p>After</p>')
})

test('a sentence that begins with a dash or a number stays a sentence', () => {
  const html = '<p>– and then we stop.</p><p>1. January is a holiday.</p><p>o no</p>'
  assert.equal(cleaned(html), html)
})

test('Google Docs: its wrapper goes, styles become marks, nested lists go into their item', () => {
  const html = `<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.38">
<span style="font-weight:700;font-style:normal">Bold</span><span style="font-weight:400;font-style:italic"> italic</span><span style="text-decoration:line-through"> gone</span></p>
<ul><li dir="ltr" aria-level="1"><p role="presentation"><span style="font-weight:400">One</span></p></li><ul><li aria-level="2"><p><span>Inner</span></p></li></ul><li><p>Two</p></li></ul></b>`
  assert.equal(
    cleaned(html).replace(/<p>\s+/g, '<p>'),
    '<p><strong>Bold</strong><em> italic</em><s> gone</s></p><ul><li><p>One</p><ul><li><p>Inner</p></li></ul></li><li><p>Two</p></li></ul>',
  )
})

test('Word on the web: one list per item becomes one list', () => {
  const item = (text: string): string =>
    `<div class="ListContainerWrapper"><ul class="BulletListStyle1" role="list"><li role="listitem"><p class="Paragraph"><span class="TextRun">${text}</span></p></li></ul></div>`
  assert.equal(cleaned(item('One') + item('Two')), '<ul><li><p>One</p></li><li><p>Two</p></li></ul>')
})

test('a table becomes a paragraph per row', () => {
  const html = '<table><tr><th>Phase</th><th>Days</th></tr><tr><td><p>Design</p></td><td>14</td></tr></table>'
  assert.equal(cleaned(html), '<p>Phase | Days</p><p>Design | 14</p>')
})

test('headings fit under the section title', () => {
  assert.equal(
    cleaned('<h1>A</h1><h2>B</h2><h3>C</h3><h5>D</h5>'),
    '<h3>A</h3><h3>B</h3><h3>C</h3><h4>D</h4>',
  )
})

test('styles, scripts, pictures and handlers go; links keep their address', () => {
  const html = '<p onclick="x()" style="color:red"><a href="https://a.example" class="b">link</a><img src="x"><script>1</script></p>'
  assert.equal(cleaned(html), '<p><a href="https://a.example">link</a></p>')
})

test("the editor's own clipboard is left alone", () => {
  const html = '<h1 data-pm-slice="1 1 []">kept</h1>'
  assert.equal(cleanPastedHtml(html, parseHtml), html)
})
