// HTML mail: what is seen, what travels unseen, where links and pictures lead.
import { describe, expect, it } from "vitest";
import { hostOf, linksInText, readHtml } from "../../../extension/sites/codecs/html.ts";

describe("seen", () => {
  it("paragraphs, lists, signature", () => {
    const html = '<p>Hello <b>Bob</b>,</p><ul><li>one</li><li>two</li></ul><div id="_rc_sig">--<br>Alice</div>';
    expect(readHtml(html)).toMatchObject({ text: "Hello Bob,\n\none\n\ntwo\n\n--\nAlice", hidden: "", doubts: [] });
  });
  it.each([
    '<p style="color:#333">x</p>',
    '<p style="font-size: 1.2em">x</p>',
    '<p style="background:#fff;color:black">x</p>',
    '<div bgcolor="#000000" style="color:white">x</div>',
    '<p style="opacity:0.9">x</p>',
    '<p style="font-size:10pt; height: 100px">x</p>',
  ])("%s", (html) => {
    expect(readHtml(html)).toMatchObject({ text: "x", hidden: "" });
  });
});

describe("unseen", () => {
  it.each([
    '<div style="display:none">x</div>',
    '<div style="DISPLAY : none !important">x</div>',
    '<div style="display:/**/none">x</div>',
    '<span style="visibility:hidden">x</span>',
    '<span style="font-size:0">x</span>',
    '<span style="font-size:1px">x</span>',
    '<span style="opacity:0">x</span>',
    '<span style="color:#ffffff">x</span>',
    '<span style="color:#fefefe">x</span>',
    '<font color="white">x</font>',
    '<td bgcolor="#000"><span style="color:black">x</span></td>',
    '<div style="background-color:red"><p style="color:rgb(255,0,0)">x</p></div>',
    '<span style="color:transparent">x</span>',
    '<div style="position:absolute;left:-9999px">x</div>',
    '<div style="text-indent:-5000px">x</div>',
    '<div style="max-height:0;overflow:hidden">x</div>',
    '<div style="mso-hide:all">x</div>',
    "<div hidden>x</div>",
    "<!-- x -->",
    "<!--[if mso]>x<![endif]-->",
    "<style>x</style>",
    "<script>x</script>",
    "<template>x</template>",
    '<img alt="x" src="cid:1">',
    '<b title="x"></b>',
    '<div style="display:none"><p style="display:block">x</p></div>',
  ])("%s", (html) => {
    const { text, hidden } = readHtml(html);
    expect(hidden).toContain("x");
    expect(text).not.toContain("x");
  });
});

describe("links and pictures", () => {
  it("the real host of each link", () => {
    const { links } = readHtml(
      '<a href="https://evil.example/bank.test">bank.test</a><a href="//other.example/x">a</a><a href="mailto:bob@example.test?cc=x">b</a><a href="https://bücher.example">c</a><a href="/here">d</a><a href="ht\ntps://split.example/">e</a>',
    );
    expect(links.map((l) => l.host)).toEqual([
      "evil.example",
      "other.example",
      "example.test",
      "xn--bcher-kva.example",
      "(this mail server)",
      "split.example",
    ]);
  });
  it("pictures from everywhere, and what loads like one", () => {
    const { images, doubts } = readHtml(
      '<img src="https://track.example/p.gif?id=1"><img srcset="https://a.example/1 1x, https://b.example/2 2x"><div style="background:url(https://c.example/d)"><table background="http://d.example/x"></table><link rel="stylesheet" href="https://e.example/s.css"><img src="data:image/png;base64,AAAA"><iframe src="https://f.example/"></iframe>',
    );
    expect(images.map((i) => i.host)).toEqual(
      expect.arrayContaining([
        "track.example",
        "a.example",
        "b.example",
        "c.example",
        "d.example",
        "e.example",
        "(data)",
        "f.example",
      ]),
    );
    expect(doubts.length).toBe(1);
  });
  it("links in plain text", () => {
    expect(linksInText("see https://shop.example/x?a=1, and www.other.example.")).toEqual([
      { href: "https://shop.example/x?a=1", host: "shop.example" },
      { href: "www.other.example", host: "www.other.example" },
    ]);
    expect(hostOf("javascript:alert(1)")).toBe("(javascript)");
  });
});
